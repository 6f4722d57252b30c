package connect

import (
	"time"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webhook"
)

// webhookForm is what the small forms of an endpoint show.
type webhookForm struct {
	endpointRow
	Back, BackText, Once string
	Faults               []fault.FieldError
	// Overlap and Hours are how long an old secret goes on signing.
	Overlap, Hours string
	Typed          string
	// Types are the types of events that can be tried, Since and Until the range of a recovery.
	Types        []typeGroup
	Since, Until string
	// Result is how a test went.
	Result *testResult
}

// testResult is the answer to a test event.
type testResult struct {
	OK                 bool
	Answer, Took, Text string
	Type               string
}

// formOf makes the page of a form; wrong is why it was refused.
func formOf(q *screen.Request, e hooks.Endpoint, p screen.Page, f webhookForm, wrong error) screen.Page {
	f.endpointRow = rowOfEndpoint(q, e)
	f.Back, f.BackText, f.Once, f.Faults = f.Href, e.URL, screen.NewOnce(), q.FaultsOf(wrong)
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}
	p.Section, p.Data = q.At("/webhooks"), f

	return p
}

// askRotateWebhook asks how long the old secret goes on signing.
func askRotateWebhook(q *screen.Request) (screen.Answer, error) {
	return rotateWebhookForm(q, webhookForm{Overlap: "86400"}, nil)
}

func rotateWebhookForm(q *screen.Request, f webhookForm, wrong error) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	return formOf(q, e, screen.Page{
		Template: "webhook-rotate", Title: q.Text("Rotate secret"), Body: `{"overlap": 86400}`,
		API: "POST /v2/webhooks/" + e.ID.String() + "/rotate-secret",
	}, f, wrong), nil
}

// rotateWebhook gives an endpoint a new secret and shows it once.
func rotateWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	form := webhookForm{Overlap: q.Value("overlap"), Hours: q.Value("hours")}
	overlap, wrong := overlapOf(q, webhook.MaxOverlap)
	once, incomplete := q.Once(endpointSecret)
	if err := fault.Join(wrong, incomplete); err != nil {
		return rotateWebhookForm(q, form, err)
	}

	_, answer, err := q.Verbs.Hooks.RotateSecret(q.Context(), q.Caller, e.ID, overlap, once)
	if err != nil && screen.FormFault(err) {
		return rotateWebhookForm(q, form, err)
	} else if err != nil {
		return nil, err
	}

	return shownSecret(q, answer, oldSecret(q, overlap))
}

// oldSecret says what happens to the secret before.
func oldSecret(q *screen.Request, overlap time.Duration) shown {
	out := shown{
		Heading: q.Text("The new signing secret"),
		Old:     q.Text("The old secret does not sign any more."),
	}
	if overlap > 0 {
		out.Old = q.Text("Events are signed with the old secret, too, at most until")
		out.OldEnds = q.When(q.Verbs.Now().Add(overlap))
	}

	return out
}

// askRotateCallback is the same for the secret of callback URLs.
func askRotateCallback(q *screen.Request) (screen.Answer, error) {
	return callbackForm(q, webhookForm{Overlap: "86400"}, nil), nil
}

func callbackForm(q *screen.Request, f webhookForm, wrong error) screen.Answer {
	f.Back, f.BackText, f.Once, f.Faults = q.At("/webhooks"), q.Text("Webhooks"), screen.NewOnce(), q.FaultsOf(wrong)
	p := screen.Page{
		Template: "webhook-rotate", Title: q.Text("Rotate secret"), Data: f, Section: q.At("/webhooks"),
		API: "POST /v2/webhooks/callback/rotate-secret", Body: `{"overlap": 86400}`,
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// rotateCallback gives callback URLs a new secret and shows it once.
func rotateCallback(q *screen.Request) (screen.Answer, error) {
	form := webhookForm{Overlap: q.Value("overlap"), Hours: q.Value("hours")}
	overlap, wrong := overlapOf(q, webhook.MaxOverlap)
	once, incomplete := q.Once(func(result any) (string, secret.String) {
		text, _ := result.(secret.String)
		return "", text
	})
	if err := fault.Join(wrong, incomplete); err != nil {
		return callbackForm(q, form, err), nil
	}

	_, answer, err := q.Verbs.Hooks.RotateCallback(q.Context(), q.Caller, overlap, once)
	if err != nil {
		return nil, err
	}

	return shownSecret(q, answer, oldSecret(q, overlap))
}

// askDeleteWebhook asks to type the endpoint's address.
func askDeleteWebhook(q *screen.Request) (screen.Answer, error) { return deleteWebhookForm(q, nil) }

func deleteWebhookForm(q *screen.Request, wrong error) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	return formOf(q, e, screen.Page{
		Template: "webhook-delete", Title: q.Text("Delete endpoint"), API: "DELETE /v2/webhooks/" + e.ID.String(),
	}, webhookForm{Typed: q.Value("confirm")}, wrong), nil
}

// deleteWebhook removes an endpoint.
func deleteWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	if q.Value("confirm") != e.URL {
		return deleteWebhookForm(q, fault.Invalid("confirm", "type %s to delete this endpoint", e.URL))
	}
	if err := q.Verbs.Hooks.Delete(q.Context(), q.Caller, e.ID); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/webhooks"), Notice: q.Text("The endpoint was deleted.")}, nil
}

// askTestWebhook asks which event to send.
func askTestWebhook(q *screen.Request) (screen.Answer, error) { return testForm(q, nil, nil) }

func testForm(q *screen.Request, result *testResult, wrong error) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	chosen := webhook.OTPVerified
	if v := q.Value("event"); v != "" {
		chosen = webhook.Type(v)
	}

	return formOf(q, e, screen.Page{
		Template: "webhook-test", Title: q.Text("Send a test event"), Body: `{"event": "otp.verified"}`,
		API: "POST /v2/webhooks/" + e.ID.String() + "/test",
	}, webhookForm{Types: groupsOf(q, []webhook.Type{chosen}), Result: result}, wrong), nil
}

// testWebhook sends the example of an event and shows the answer.
func testWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	t := webhook.Type(q.Value("event"))
	try, _, err := q.Verbs.Hooks.Test(q.Context(), q.Caller, e.ID, t, nil)
	if err != nil && screen.FormFault(err) {
		return testForm(q, nil, err)
	} else if err != nil {
		return nil, err
	}

	return testForm(q, &testResult{
		OK: webhook.Response{Status: try.Status}.OK(), Answer: answerText(try), Took: q.Took(try.Took),
		Type: string(t),
		Text: q.Text(errorTexts[try.Error]) + string(try.Answer),
	}, nil)
}

// askRecoverWebhook asks since when events were missed: since the endpoint fails, when it does.
func askRecoverWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	f := webhookForm{}
	if !e.FailingSince.IsZero() {
		f.Since = e.FailingSince.In(q.Zone()).Format("2006-01-02T15:04")
	}

	return recoverForm(q, e, f, nil), nil
}

func recoverForm(q *screen.Request, e hooks.Endpoint, f webhookForm, wrong error) screen.Answer {
	return formOf(q, e, screen.Page{
		Template: "webhook-recover", Title: q.Text("Recover events"), Body: `{"since": "2026-04-25T00:00:00Z"}`,
		API: "POST /v2/webhooks/" + e.ID.String() + "/recover",
	}, f, wrong)
}

// recoverWebhook sends what an endpoint missed.
func recoverWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	form := webhookForm{Since: q.Value("since"), Until: q.Value("until")}
	since, errSince := q.Instant("since")
	until, errUntil := q.Instant("until")
	if errSince == nil && since.IsZero() {
		errSince = fault.Invalid("since", "since: say from when on events were missed")
	}
	if err := fault.Join(errSince, errUntil); err != nil {
		return recoverForm(q, e, form, err), nil
	}

	done, _, err := q.Verbs.Hooks.Recover(q.Context(), q.Caller, e.ID, since, until, nil)
	if err != nil && screen.FormFault(err) {
		return recoverForm(q, e, form, err), nil
	} else if err != nil {
		return nil, err
	}

	notice := q.Count(done.Queued, "%d event is sent again.", "%d events are sent again.")
	if !done.Next.IsZero() {
		notice = screen.Sentences(notice, q.Textf("There are more: recover again since %s.", q.When(done.Next).Text))
	}

	return screen.Redirect{To: q.At("/webhooks/" + e.ID.String()), Notice: notice}, nil
}
