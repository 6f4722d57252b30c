package activity

import (
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
)

// eventsOf are what happened to a message after its request: each attempt, and the receipts.
func eventsOf(q *screen.Request, m query.Message) (out []screen.Event) {
	for i, a := range m.Attempts {
		step := m.StepOf(i)
		if at, exact := m.FirstSubmit(i); !exact {
			out = append(out, screen.Event{
				When: at, Class: screen.MeansInfo, Title: q.Textf("Given to %s as %s", step.Carrier, step.Channel),
				Text: q.Text("It was not settled by that, and was tried again later."),
			})
		}
		e := screen.Event{
			When: a.At, Class: screen.MeansInfo, Code: a.CarrierCode, Text: chosenText(q, m, i),
			Title: q.Textf("Given to %s as %s", step.Carrier, step.Channel),
		}
		switch a.Progress {
		case message.AttemptRejected:
			e.Class, e.Title = screen.MeansBad, q.Textf("%s could not deliver it (%s)", step.Carrier, step.Channel)
			e.Text = q.Reason(a.Reason)
		case message.AttemptUnknown:
			e.Class, e.Title = screen.MeansWarn, q.Textf("%s gave no answer (%s)", step.Carrier, step.Channel)
			e.Text = q.Text("It is not known whether the carrier accepted the message.")
		default:
		}
		if a.Repeated {
			e.Text = screen.Sentences(e.Text, q.Text("It was submitted again, although the phone may have received it before."))
		}
		out = append(out, e)
	}

	for _, r := range []struct {
		at          time.Time
		class, what string
	}{
		{m.DeliveredAt, screen.MeansOK, q.Text("Delivered to the phone")}, {m.ReadAt, screen.MeansOK, q.Text("Read")},
	} {
		if !r.at.IsZero() {
			out = append(out, screen.Event{When: r.at, Class: r.class, Title: r.what})
		}
	}
	if m.State == message.Failed {
		out = append(out, screen.Event{
			When: failedAt(m), Class: screen.MeansBad, Title: q.Text("Failed on every channel"),
			Text: q.Reason(m.Reason), Code: m.CarrierCode,
		})
	}

	return out
}

// chosenText says why an attempt was made over its carrier, as the API's "chosen" does, in words.
func chosenText(q *screen.Request, m query.Message, attempt int) string {
	c, text := m.StepOf(attempt).Choice, ""
	switch {
	case c.Basis == 0 || q.Mode == id.Test: // it was stored without a reason, or there is one carrier only
	case !c.Rated() && c.Route == 0:
		text = q.Text("No route names this number, so carriers come in the order of the configuration.")
	case !c.Rated():
		text = q.Textf("Route %d of the configuration has it at this place.", c.Route)
	case c.Sent == 0:
		text = q.Textf("Route %d prefers carriers whose codes are verified, and knows too little of this one.", c.Route)
	default:
		text = q.Textf("Route %d prefers carriers whose codes are verified: %d of %d were, lately.",
			c.Route, c.Verified, c.Sent)
	}

	switch c.Basis {
	case message.ByFloor:
		text = screen.Sentences(text, q.Text("It was its turn: each carrier gets a small part."))
	case message.ByTime:
		text = screen.Sentences(text, q.Text("Another was as good, but slower."))
	case message.ByCost:
		text = screen.Sentences(text, q.Text("Another was as good, but costs more."))
	default: // the text has said it
	}
	if skipped := m.SkippedBefore(attempt); len(skipped) > 0 {
		text = screen.Sentences(text, q.Textf("Skipped, because they were down or paused: %s.", strings.Join(skipped, ", ")))
	}

	return text
}

// failedAt is when a message failed; messages of older versions do not say.
func failedAt(m query.Message) time.Time {
	if m.FailedAt.IsZero() {
		return m.CreatedAt
	}
	return m.FailedAt
}
