package screen

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
)

// Option is a choice of a filter.
type Option struct{ Value, Text string }

// FilterField is a field of a filter bar; with options it is a select.
type FilterField struct {
	Name, Label, Value, Kind, Placeholder string
	Options                               []Option
	// Error says what is wrong with the value; empty when nothing is.
	Error string
}

// Filters is the bar above a list. Its values stand in the page's address.
type Filters struct {
	Fields []FilterField
	// Active says that a filter is set, and Clear is the list without one.
	Active bool
	Clear  string
	// CSV is the address of the same rows as a file; empty for none. File is its name.
	CSV, File string
}

// Bar makes the filter bar of a list, with the values of the request.
func (q *Request) Bar(csv string, fields ...FilterField) Filters {
	f := Filters{Fields: fields, Clear: q.URL.Path}
	values := url.Values{}
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Kind == "" {
			one.Kind = "text"
		}
		if q.typed(one); one.Value == "" {
			continue
		}
		if f.Active = true; one.Error == "" {
			values.Set(one.Name, q.sent(one))
		}
	}
	if csv != "" {
		f.CSV, f.File = csv, q.FileName(strings.TrimSuffix(path.Base(csv), ".csv"))
		if len(values) > 0 {
			f.CSV += "?" + values.Encode()
		}
	}

	return f
}

// sent is the value of a filter as addresses have it, which is in UTC for a time. The field itself shows it in the
// user's zone.
func (q *Request) sent(f *FilterField) string {
	if f.Kind != "datetime-local" {
		return f.Value
	}
	t, err := q.Instant(f.Name)
	if err != nil {
		return f.Value
	}

	layout := localLayouts[0]
	if t.Second() != 0 {
		layout = localLayouts[1]
	}
	f.Value = t.In(q.Zone()).Format(layout)

	return Stamp(t)
}

// Choices makes the options of a select, the first of which is every row.
func Choices(every string, values ...string) []Option {
	out := []Option{{"", every}}
	for _, v := range values {
		out = append(out, Option{v, v})
	}
	return out
}

// Options are the options of a table in the user's language.
func (q *Request) Options(of []Option) []Option {
	out := make([]Option, len(of))
	for i, o := range of {
		out[i] = Option{o.Value, q.Text(o.Text)}
	}
	return out
}

// Pager leads to the other pages of a list.
type Pager struct{ Older, Newest string }

// Pages makes the pager of a list: next is the position of the next page, empty after the last.
func (q *Request) Pages(next string) (p Pager) {
	if q.Value("before") != "" {
		p.Newest = q.With()
	}
	if next != "" {
		p.Older = q.With("before", next)
	}
	return p
}

// ListSize is how many rows a page of a list has.
const ListSize = 50

// PageOf is a page of a list that was read whole: the rows after the one named before, and the name of the page's last
// row when others follow.
func PageOf[R any](all []R, before string, name func(R) string) (page []R, next string, err error) {
	if before != "" {
		at := slices.IndexFunc(all, func(r R) bool { return name(r) == before })
		if at < 0 {
			return nil, "", noPosition()
		}
		all = all[at+1:]
	}
	if len(all) <= ListSize {
		return all, "", nil
	}

	return all[:ListSize], name(all[ListSize-1]), nil
}

func noPosition() error {
	return fault.Invalid("before", "before is no position of this list; open the list again")
}

// Has reports whether one of the texts has the part that a search asks for, in capitals or not.
func Has(part string, texts ...string) bool {
	part = strings.ToLower(part)
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), part) })
}

// Empty is what a list shows that has no rows.
type Empty struct {
	Icon, Title, Text string
	// Code is something to copy; empty for none.
	Code         string
	Href, Action string
	Primary      bool
}

// EmptyList is what a list without rows shows: that nothing matches while a filter is set, else what to do first. It is
// nil for a list with rows. A search reads only so many rows for a page, so older is where it goes on, empty at the end.
// An older page says nothing of the whole list.
func (q *Request) EmptyList(f Filters, older string, rows int, none string, first Empty) *Empty {
	switch {
	case rows > 0:
		return nil
	case older != "":
		return &Empty{
			Icon: "search", Title: q.Text("Nothing matches so far"),
			Text: q.Text("Only some of the rows were searched. There are more."), Href: older, Action: q.Text("Search on"),
		}
	case q.Value("before") != "": // they were removed since the page before was shown
		return &Empty{
			Icon: "search", Title: q.Text("No older rows"), Text: q.Text("There are none any more."),
			Href: q.With(), Action: q.Text("Newest"),
		}
	case !f.Active:
		return &first
	}

	return &Empty{
		Icon: "search", Title: q.Text("Nothing matches"),
		Text: none, Href: f.Clear, Action: q.Text("Clear the filters"),
	}
}

// API is a call with a query: name, value, name, value. What is empty is left out.
func API(call string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return call
	}

	return call + "?" + query.Encode()
}

// Stamp writes a time as the API takes it; "" for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Fact is a line of a list of facts.
type Fact struct {
	Name, Text, Href string
	// ID is shown with a copy button instead of Text, and leads to Href if there is one; When is shown as a time.
	ID   string
	When Moment
	// Badge is a state, shown as a badge instead of Text.
	Badge string
}

// Position reads where a page of a list begins.
func Position[T ~[16]byte](parse func(string) (T, error), text string) (T, error) {
	var none T
	if text == "" {
		return none, nil
	}
	at, err := parse(text)
	if err != nil {
		return none, noPosition()
	}

	return at, nil
}
