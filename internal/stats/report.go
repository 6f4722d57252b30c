package stats

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
)

// By is a set of dimensions to group by.
type By uint8

// The dimensions.
const (
	ByDay By = 1 << iota
	ByCountry
	ByPrefix
	ByChannel
	ByCarrier
	ByTemplate
)

var dimensions = []struct {
	name string
	by   By
}{
	{"day", ByDay},
	{"country", ByCountry},
	{"prefix", ByPrefix},
	{"channel", ByChannel},
	{"carrier", ByCarrier},
	{"template", ByTemplate},
}

// ParseBy reads names such as country and channel, of the allowed dimensions.
func ParseBy(names []string, allowed By) (out By, err error) {
	var known []string
	by := map[string]By{}
	for _, d := range dimensions {
		if allowed&d.by != 0 {
			known, by[d.name] = append(known, d.name), d.by
		}
	}

	for _, name := range names {
		switch {
		case by[name] == 0:
			return 0, fmt.Errorf("must be some of %s with commas between them, has %q", strings.Join(known, ", "), name)
		case out&by[name] != 0:
			return 0, fmt.Errorf("has %s twice", name)
		}
		out |= by[name]
	}

	return out, nil
}

// Bounds of a report. MaxDays bounds what is read, MaxGroups the answer.
const (
	DefaultDays = 30
	MaxDays     = 92
	MaxGroups   = 10_000
)

// Query asks for a report on an account's messages of a mode.
type Query struct {
	Mode id.Mode
	By   By
	// From and To are the first and the last day; 0 = the last 30 days.
	From, To Day
	// Kind is the kind of messages; 0 = all.
	Kind Kind
	// Only are the lines that count; what is zero is not asked for.
	Only Only
}

// Only narrows a report to a country, a channel, a carrier and a template.
type Only struct {
	Country string
	Channel message.Channel
	Carrier string
	// Template is an id, BuiltIn or OtherTemplates.
	Template string
}

// leavesOut reports whether a line is not asked for.
func (o Only) leavesOut(l *Line) bool {
	return o.Country != "" && l.Country != o.Country || o.Channel != 0 && l.Channel != o.Channel ||
		o.Carrier != "" && l.Carrier != o.Carrier || o.Template != "" && NameOfTemplate(l.Template) != o.Template
}

// Errors of Resolve, each about one field.
var (
	ErrOrder = errors.New("must not be after to")
	ErrRange = fmt.Errorf("must be at most %d days before to", MaxDays-1)
)

// Resolve fills in the days that were left out, and checks the range.
func (q Query) Resolve(today Day) (Query, error) {
	if q.To == 0 {
		q.To = today
	}
	if q.From == 0 {
		q.From = q.To - DefaultDays + 1
	}

	switch {
	case q.From > q.To:
		return q, ErrOrder
	case q.To-q.From >= MaxDays:
		return q, ErrRange
	}

	return q, nil
}

// Group is the group of a line of a report; dimensions that are not grouped by are zero.
type Group struct {
	Day     Day
	Country string
	Prefix  string
	Channel message.Channel
	Carrier string
	// Template is an id, BuiltIn or OtherTemplates.
	Template string
}

// Summary is a line of a report.
type Summary struct {
	Group
	Codes, Sent, Delivered, Verified, Segments, Credits, Cost int64

	times histogram
}

// Conversion is the share of codes that were verified; for a line of one channel or carrier, the share of what was sent
// over it, because a fallback's codes began elsewhere. It is false when nothing was sent. It is at most 1, although
// more can be verified than was sent: a code may arrive whose carrier never answered.
func (s *Summary) Conversion() (float64, bool) {
	of := s.Codes
	if s.Channel != 0 || s.Carrier != "" {
		of = s.Sent
	}
	return round(min(1, float64(s.Verified)/float64(max(1, of))), 4), of > 0
}

// CreditsPerVerified is the credits for each verified code; false when none was.
func (s *Summary) CreditsPerVerified() (float64, bool) {
	return round(float64(s.Credits)/float64(max(1, s.Verified)), 4), s.Verified > 0
}

// Quantile is the time, in seconds, within which the share q of the verified codes were verified.
func (s *Summary) Quantile(q float64) (float64, bool) {
	v, ok := s.times.quantile(q)
	return round(v, 2), ok
}

func round(v float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(v*scale) / scale
}

func (s *Summary) add(c Counts) {
	s.Codes += c.Codes
	s.Sent += c.Sent
	s.Delivered += c.Delivered
	s.Verified += c.Verified
	s.Segments += c.Segments
	s.Credits += c.Credits
	s.Cost += c.Cost
	s.times.add(c.Times)
}

// Report sums lines by group. Make it with NewReport.
type Report struct {
	Query
	Total Summary

	groups map[Group]*Summary
	// order are the groups of the lines of a day, in their order; day and position are those of the last line. Most
	// days have the same lines in the same order, and comparing names costs less than hashing them.
	day      Day
	position int
	order    []*Summary
}

// NewReport makes an empty report.
func NewReport(q Query) *Report {
	r := &Report{Query: q, groups: map[Group]*Summary{}}
	r.Total.Group = r.only()
	return r
}

// only is the group of every line of a narrowed report: shares of one channel or carrier are of what was sent over it.
func (r *Report) only() Group {
	return Group{
		Country: r.Only.Country, Channel: r.Only.Channel, Carrier: r.Only.Carrier, Template: r.Only.Template,
	}
}

// Add counts a line of a day. It ignores what the query does not ask for.
func (r *Report) Add(day Day, l *Line) {
	if r.Kind != 0 && l.Kind != r.Kind || day < r.From || day > r.To || r.Only.leavesOut(l) {
		return
	}
	g := r.only()
	if r.By&ByDay != 0 {
		g.Day = day
	}
	if r.By&ByCountry != 0 {
		g.Country = l.Country
	}
	if r.By&ByPrefix != 0 {
		g.Prefix = l.Prefix
	}
	if r.By&ByChannel != 0 {
		g.Channel = l.Channel
	}
	if r.By&ByCarrier != 0 {
		g.Carrier = l.Carrier
	}
	if r.By&ByTemplate != 0 {
		g.Template = NameOfTemplate(l.Template)
	}
	r.find(day, g).add(l.Counts)
	r.Total.add(l.Counts)
}

// find returns the sums of a group.
func (r *Report) find(day Day, g Group) *Summary {
	if day != r.day {
		r.day, r.position = day, 0
	}
	r.position++
	if r.position <= len(r.order) && r.order[r.position-1].Group == g {
		return r.order[r.position-1]
	}

	s, ok := r.groups[g]
	if !ok {
		s = &Summary{Group: g}
		r.groups[g] = s
	}

	if r.position <= len(r.order) {
		r.order[r.position-1] = s
	} else {
		r.order = append(r.order, s)
		r.position = len(r.order)
	}

	return s
}

// Full reports whether the report has too many groups for an answer.
func (r *Report) Full() bool { return len(r.groups) > MaxGroups }

// Lines are the report's lines, in the order of their groups.
func (r *Report) Lines() []*Summary {
	out := make([]*Summary, 0, len(r.groups))
	for _, s := range r.groups {
		out = append(out, s)
	}

	slices.SortFunc(out, func(a, b *Summary) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Country, b.Country), cmp.Compare(a.Prefix, b.Prefix),
			cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Carrier, b.Carrier),
			cmp.Compare(a.Template, b.Template))
	})

	return out
}
