package activity

import (
	"fmt"
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// verificationPage is what the screen of one verification shows.
type verificationPage struct {
	ID, To, Status string
	Facts          []screen.Fact
	Timeline       []screen.Event
	Metadata       string
	// Events are what webhooks were told of it. JSON is what the API answers, with the number as it is shown.
	Events []told
	JSON   string
	// List leads back; the screen is shown at two addresses.
	List string
	// Reveal is where the whole number is asked for; empty when it is shown, or not for this user.
	Reveal string
	// Cancel and Resend are where the buttons send; empty when the state or the user does not allow it.
	Cancel, Resend string
	// History is everything about this number in the last 24 hours.
	History string
}

// verification is the screen of one verification.
func verification(q *screen.Request) (screen.Answer, error) { return showVerification(q, false) }

// revealVerification is the same screen with the whole number. Who saw it is in the audit log.
func revealVerification(q *screen.Request) (screen.Answer, error) { return showVerification(q, true) }

func showVerification(q *screen.Request, whole bool) (screen.Answer, error) {
	o, err := findOTP(q)
	if err != nil {
		return nil, err
	}
	if whole {
		if err := q.NoteReveal(o.ID.String()); err != nil {
			return nil, err
		}
	}

	o.Metadata, o.Purpose = q.Metadata(o.Metadata), q.WithoutNumbers(o.Purpose)
	out := verificationPage{
		ID: o.ID.String(), Status: o.State(), Metadata: string(o.Metadata),
		History: q.At("/history/" + o.ID.String()), List: q.At("/verifications"),
	}
	path := q.At("/verifications/" + out.ID)
	out.To, out.Reveal = q.Revealed(o.To, whole, path)
	out.JSON = screen.Indented(q.Verbs.OTPBody(o, out.To))
	if out.Facts, err = factsOf(q, o); err != nil {
		return nil, err
	}
	subjects := [][]byte{o.ID[:]}
	for _, m := range o.Sent {
		subjects = append(subjects, m.ID[:])
	}
	if out.Events, err = eventsAbout(q, spansOfOTP(q, o), subjects...); err != nil {
		return nil, err
	}
	if open := out.Status == "pending" || out.Status == "sent" || out.Status == "delivered"; open && q.MaySend() {
		out.Cancel = path + "/cancel"
		out.Resend = path + "/resend"
	}

	out.Timeline = q.Timeline(eventsOfOTP(q, o))

	return screen.Page{
		Template: "verification", Title: q.Text("Verification"), Data: out, API: "GET /v2/otp/" + out.ID,
		Section: q.At("/verifications"),
	}, nil
}

// findOTP reads the verification of the path.
func findOTP(q *screen.Request) (query.OTP, error) {
	o, err := id.ParseOTP(q.PathValue("id"))
	if err != nil {
		return query.OTP{}, fault.NoSuch("verification")
	}
	return q.Verbs.Query.GetOTP(q.Context(), q.Caller, o)
}

func factsOf(q *screen.Request, o query.OTP) ([]screen.Fact, error) {
	facts := []screen.Fact{
		{Name: q.Text("Id"), ID: o.ID.String()},
		{Name: q.Text("Country"), Text: phone.Locate(o.To).Country},
		{Name: q.Text("Purpose"), Text: o.Purpose},
		{Name: q.Text("Created"), When: q.When(o.CreatedAt)},
		{Name: untilText(q, o), When: q.When(o.ExpiresAt)},
		{Name: q.Text("Checks left"), Text: q.Textf("%d of %d", o.Left(), o.MaxAttempts)},
	}
	if o.Template != "" {
		facts = append(facts, factOfTemplate(q, o.Template))
	}
	if o.TestNumber {
		facts = append(facts, screen.Fact{
			Name: q.Text("Test number"),
			Text: q.Text("No message was sent: the code is in the configuration."),
		})
	}

	var credits int64
	for _, m := range o.Sent {
		credits += m.Charged
		facts = append(facts, screen.Fact{
			Name: q.Text("Message"), ID: m.ID.String(), Href: q.At("/messages/" + m.ID.String()),
		})
	}
	facts = append(facts, screen.Fact{Name: q.Text("Credits"), Text: fmt.Sprint(credits)})
	if len(o.Sent) == 0 {
		return facts, nil
	}
	more, err := factsOfRequest(q, o.Sent[0].Request)

	return append(facts, more...), err
}

// untilText names the time until which the code is or was valid.
func untilText(q *screen.Request, o query.OTP) string {
	if o.Now.Before(o.ExpiresAt) {
		return q.Text("Valid until")
	}
	return q.Text("Was valid until")
}

// eventsOfOTP are what happened to a verification, from the request to its end.
func eventsOfOTP(q *screen.Request, o query.OTP) []screen.Event {
	events := []screen.Event{{
		When: o.CreatedAt, Title: q.Text("Requested"), Class: screen.MeansInfo,
		Text: q.Text("A code was made for this number."),
	}}
	for i, row := range o.Sent {
		m := q.Verbs.Query.Show(row, o.To)
		if i > 0 {
			events = append(events, screen.Event{When: m.CreatedAt, Title: q.Text("Sent again"), Class: screen.MeansInfo})
		}
		events = append(events, eventsOf(q, m)...)
	}
	if n := o.FailedGuesses; n > 0 {
		last := o.CreatedAt
		for _, e := range events {
			last = latest(last, e.When)
		}
		events = append(events, screen.Event{
			When: last, Class: screen.MeansWarn, Text: q.Text("The times of wrong codes are not stored."),
			Title: q.Count(n, "%d wrong code was entered", "%d wrong codes were entered"),
		})
	}

	switch o.State() {
	case "verified":
		events = append(events, screen.Event{
			When: o.VerifiedAt, Class: screen.MeansOK, Title: q.Text("Verified"),
			Text: q.Text("The right code was entered."),
		})
	case "expired":
		events = append(events, screen.Event{
			When: o.ExpiresAt, Class: screen.MeansWarn, Title: q.Text("Expired"),
			Text: q.Text("Nobody entered the right code in time."),
		})
	default:
	}

	return events
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// cancelVerification ends a verification.
func cancelVerification(q *screen.Request) (screen.Answer, error) {
	o, err := findOTP(q)
	if err != nil {
		return nil, err
	}
	if _, _, err := q.Verbs.Engine.CancelOTP(q.Context(), q.Caller, o.ID, nil); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/verifications/" + o.ID.String()), Notice: q.Text("The verification was canceled.")}, nil
}

// resendVerification sends the code again.
func resendVerification(q *screen.Request) (screen.Answer, error) {
	o, err := findOTP(q)
	if err != nil {
		return nil, err
	}
	if _, _, err := q.Verbs.Engine.ResendOTP(q.Context(), q.Caller, o.ID, 0, nil); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/verifications/" + o.ID.String()), Notice: q.Text("The code was sent again.")}, nil
}
