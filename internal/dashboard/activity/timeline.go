package activity

import (
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/problem"
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
			When: a.At, Class: screen.MeansInfo, Code: a.CarrierCode, Text: m.Chosen(i), Lang: "en",
			Title: q.Textf("Given to %s as %s", step.Carrier, step.Channel),
		}
		switch a.Progress {
		case message.AttemptRejected:
			e.Class, e.Title = screen.MeansBad, q.Textf("%s could not deliver it (%s)", step.Carrier, step.Channel)
			e.Text, e.Lang = reasonText(q, a.Reason), ""
		case message.AttemptUnknown:
			e.Class, e.Title = screen.MeansWarn, q.Textf("%s gave no answer (%s)", step.Carrier, step.Channel)
			e.Text, e.Lang = q.Text("It is not known whether the carrier accepted the message."), ""
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
			Text: reasonText(q, m.Reason), Code: m.CarrierCode,
		})
	}

	return out
}

// failedAt is when a message failed; messages of older versions do not say.
func failedAt(m query.Message) time.Time {
	if m.FailedAt.IsZero() {
		return m.CreatedAt
	}
	return m.FailedAt
}

// reasonText says in words why an attempt failed, and what to do about it.
func reasonText(q *screen.Request, r message.Reason) string {
	for _, e := range problem.Failures {
		if e.Name == string(r) {
			return screen.Sentences(q.Text(e.Cause), q.Text(e.Cure))
		}
	}
	return string(r)
}
