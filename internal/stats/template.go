package stats

import "slices"

// What a report calls messages that no id of a template stands for.
const (
	// BuiltIn are codes with the built-in text.
	BuiltIn = "built-in"
	// OtherTemplates are the templates of a cell beyond MaxTemplates.
	OtherTemplates = "other"
)

// MaxTemplates is how many templates a cell counts by id. An account can delete templates and create others all day, so
// without a bound the statistics of one account could fill the disk.
const MaxTemplates = 50

// NameOfTemplate is what a report calls the template of a line.
func NameOfTemplate(template string) string {
	if template == "" {
		return BuiltIn
	}
	return template
}

// placeOf is the template as which a message counts in a cell that counts n others by id, when it has no place there
// yet.
func placeOf(template string, n int) string {
	if template != "" && n >= MaxTemplates {
		return OtherTemplates
	}
	return template
}

// Merge adds lines to those of a day, with or without prefixes, and does not change them. Cells that become one have no
// more templates than one may have.
func Merge(day, lines []Line, prefixes bool) []Line {
	day = slices.Clone(day)
	at, byID := make(map[Cell]int, len(day)), map[Cell]int{}
	note := func(c Cell, i int) {
		if at[c] = i; ByID(c.Template) {
			byID[c.whole()]++
		}
	}
	for i, l := range day {
		note(l.Cell, i)
	}

	for _, l := range lines {
		if !prefixes {
			l.Prefix = ""
		}
		i, ok := at[l.Cell]
		if !ok {
			l.Template = placeOf(l.Template, byID[l.whole()])
			i, ok = at[l.Cell]
		}
		if !ok {
			note(l.Cell, len(day))
			day = append(day, l)
			continue
		}
		day[i].Counts = day[i].Plus(l.Counts)
	}

	return day
}

// whole is the cell without its template.
func (c Cell) whole() Cell {
	c.Template = ""
	return c
}

// Share is what one template has of a cell.
type Share struct {
	Template string
	Counts
}

// Split is the counts of a cell by template. Most cells have one template, so it is a line, with the shares of other
// templates beside it: of at most MaxTemplates by id, of OtherTemplates, and of the built-in text.
type Split struct {
	Line
	Shares []Share
}

// Add adds o in place; nothing else may use the memory of the split.
func (s *Split) Add(o Split) {
	s.of(o.Template).Add(o.Counts)
	for _, share := range o.Shares {
		s.of(share.Template).Add(share.Counts)
	}
}

// Plus is the sum of both, and changes neither.
func (s Split) Plus(o Split) Split {
	s.Shares = slices.Clone(s.Shares)
	add := func(template string, n Counts) {
		c := s.of(template)
		*c = c.Plus(n)
	}

	add(o.Template, o.Counts)
	for _, share := range o.Shares {
		add(share.Template, share.Counts)
	}

	return s
}

// Lines are the counts of each template.
func (s Split) Lines() []Line {
	out := make([]Line, 0, 1+len(s.Shares))
	out = append(out, s.Line)
	for _, share := range s.Shares {
		l := Line{s.Cell, share.Counts}
		l.Template = share.Template
		out = append(out, l)
	}

	return out
}

// of finds the counts of a template, for which it makes a place.
func (s *Split) of(template string) *Counts {
	if c := s.find(template); c != nil {
		return c
	}
	template = placeOf(template, s.byID())
	if c := s.find(template); c != nil {
		return c
	}
	s.Shares = append(s.Shares, Share{Template: template})

	return &s.Shares[len(s.Shares)-1].Counts
}

func (s *Split) find(template string) *Counts {
	if s.Template == template {
		return &s.Counts
	}
	for i := range s.Shares {
		if s.Shares[i].Template == template {
			return &s.Shares[i].Counts
		}
	}
	return nil
}

// byID is how many templates are counted by id.
func (s *Split) byID() (n int) {
	for _, share := range s.Shares {
		if ByID(share.Template) {
			n++
		}
	}
	if ByID(s.Template) {
		n++
	}

	return n
}

// ByID reports whether the template of a line is an id.
func ByID(template string) bool { return template != "" && template != OtherTemplates }
