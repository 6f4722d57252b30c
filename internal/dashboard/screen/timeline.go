package screen

import (
	"slices"
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
	case d < time.Minute:
		return q.Textf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
