package screen

import (
	"slices"
	"strings"
	"time"
)

// Classes of an event, by its meaning.
const (
	MeansNothing = "grey"
	MeansInfo    = "info"
	MeansOK      = "ok"
	MeansWarn    = "warn"
	MeansBad     = "bad"
)

// Event is one line of a timeline.
type Event struct {
	When  time.Time
	Class string
	// Title says what happened, Text what it means, and Code is the carrier's own code.
	Title, Text, Code string
	// Lang is the language of Text when it is not the user's, as with sentences of the API, and TitleLang that of Title.
	Lang, TitleLang string
	// At is When as the page shows it, and Delta the time since the first event; Timeline sets both.
	At    Moment
	Delta string
}

// Timeline sorts events and completes their times.
func (q *Request) Timeline(events []Event) []Event {
	slices.SortStableFunc(events, func(x, y Event) int { return x.When.Compare(y.When) })
	for i := range events {
		e := &events[i]
		e.At = q.When(e.When)
		if since := e.When.Sub(events[0].When); i > 0 && since > 0 {
			e.Delta = "+" + q.Took(since)
		}
	}

	return events
}

// Took writes a duration: milliseconds below a second, else seconds or minutes.
func (q *Request) Took(d time.Duration) string {
	switch {
	case d < time.Second:
		return q.Textf("%d ms", d.Milliseconds())
	case d < time.Minute && d%time.Second >= 50*time.Millisecond:
		return q.Textf("%.1f s", d.Seconds())
	}

	var parts []string
	for rest, units := d.Round(time.Second), lengths; rest > 0; units = units[1:] {
		if n := rest / units[0].size; n > 0 {
			parts, rest = append(parts, q.Textf(units[0].text, int64(n))), rest%units[0].size
		}
	}

	return strings.Join(parts, " ")
}

// lengths are the units in which what takes minutes is written.
var lengths = []struct {
	size time.Duration
	text string
}{{24 * time.Hour, Text("%d d")}, {time.Hour, Text("%d h")}, {time.Minute, Text("%d min")}, {time.Second, Text("%d s")}}
