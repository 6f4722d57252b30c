package connect

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webhook"
)

// typeGroup are the types of events about one thing.
type typeGroup struct {
	Title string
	Types []typeChoice
}

// typeChoice is a type of event in a form.
type typeChoice struct {
	Name, Text string
	Chosen     bool
}

// groups have the types of events by what they are about, in the order of the form.
var groups = []struct {
	title string
	types []webhook.Type
}{
	{screen.Text("Codes"), []webhook.Type{
		webhook.OTPVerified, webhook.OTPExpired, webhook.OTPFailed,
		webhook.OTPCanceled,
	}},
	{screen.Text("Messages"), []webhook.Type{
		webhook.MessageSent, webhook.MessageDelivered, webhook.MessageRead, webhook.MessageFailed,
	}},
	{screen.Text("From phones"), []webhook.Type{
		webhook.MessageReceived, webhook.ContactOptedOut,
		webhook.ContactOptedIn,
	}},
	{screen.Text("The account"), []webhook.Type{webhook.CreditsLow, webhook.WebhookDisabled}},
}

func groupsOf(q *screen.Request, chosen []webhook.Type) (out []typeGroup) {
	texts := map[webhook.Type]string{}
	for _, k := range webhook.Catalogue() {
		texts[k.Type] = k.Description
	}
	for _, g := range groups {
		one := typeGroup{Title: q.Text(g.title)}
		for _, t := range g.types {
			one.Types = append(one.Types, typeChoice{string(t), q.Text(texts[t]), slices.Contains(chosen, t)})
		}
		out = append(out, one)
	}

	return out
}

// endpointForm is the form of an endpoint.
type endpointForm struct {
	Heading, Button, Once, Back, BackText string
	URL, Description                      string
	// Every says that the endpoint gets every event, also those of later versions.
	Every  bool
	Groups []typeGroup
	Faults []fault.FieldError
}

// readEndpoint reads the form of an endpoint.
func readEndpoint(q *screen.Request) (n hooks.NewEndpoint, every bool, err error) {
	n = hooks.NewEndpoint{URL: q.Value("url"), Description: q.Value("description")}
	every = q.Value("which") != "some"
	var errs []error
	if len(n.URL) > 2048 {
		errs = append(errs, fault.Invalid("url", "url must have at most 2048 characters"))
	}
	if utf8.RuneCountInString(n.Description) > 200 {
		errs = append(errs, fault.Invalid("description", "description must have at most 200 characters"))
	}
	for _, t := range q.PostForm["events"] {
		n.Events = append(n.Events, webhook.Type(t))
	}
	if !every && len(n.Events) == 0 {
		errs = append(errs, fault.Invalid("events", "choose at least one type of event, or every event"))
	}

	return n, every, fault.Join(errs...)
}

// newWebhook asks where events are to be sent.
func newWebhook(q *screen.Request) (screen.Answer, error) {
	return newWebhookForm(q, endpointForm{Every: true, Groups: groupsOf(q, nil)}, nil), nil
}

func newWebhookForm(q *screen.Request, f endpointForm, wrong error) screen.Answer {
	f.Heading, f.Button = q.Text("Add an endpoint"), q.Text("Add endpoint")
	f.Back, f.BackText, f.Once, f.Faults = q.At("/webhooks"), q.Text("Webhooks"), screen.NewOnce(), q.FaultsOf(wrong)
	p := screen.Page{
		Template: "webhook-form", Title: f.Heading, Section: q.At("/webhooks"), Data: f,
		API: "POST /v2/webhooks", Body: `{"url": "https://example.com/hooks/syssecure", "events": ["otp.verified"]}`,
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// createWebhook makes an endpoint and shows its secret once.
func createWebhook(q *screen.Request) (screen.Answer, error) {
	n, every, wrong := readEndpoint(q)
	form := endpointForm{URL: n.URL, Description: n.Description, Every: every, Groups: groupsOf(q, n.Events)}
	if every {
		n.Events = nil
	}
	once, incomplete := q.Once(endpointSecret)
	if err := fault.Join(wrong, incomplete); err != nil {
		return newWebhookForm(q, form, err), nil
	}

	_, answer, err := q.Verbs.Hooks.Create(q.Context(), q.Caller, n, once)
	if err != nil && screen.FormFault(err) {
		return newWebhookForm(q, form, err), nil
	} else if err != nil {
		return nil, err
	}

	return shownSecret(q, answer, shown{Heading: q.Text("The endpoint's signing secret")})
}

// endpointSecret is what is shown once of an endpoint.
func endpointSecret(result any) (of string, text secret.String) {
	e, _ := result.(hooks.Endpoint)
	return e.ID.String(), e.Secret
}

// shownSecret is the page with a signing secret.
func shownSecret(q *screen.Request, a *idempotency.Answer, out shown) (screen.Answer, error) {
	made, err := screen.SecretOf(a)
	if err != nil {
		return nil, err
	}

	out.ID, out.Secret, out.Env = made.ID, made.Text, "SYSSECURE_WEBHOOK_SECRET="+made.Text
	out.Text = q.Text("Copy it now: it is not shown again. Your server checks with it that an event comes from here.")
	out.Guide, out.GuideText = "/docs/webhooks", q.Text("How to check a signature")
	out.Done = q.At("/webhooks")
	if made.ID != "" {
		out.Done += "/" + made.ID
	}

	return shownPage(q, out, "/webhooks"), nil
}

// askChangeWebhook shows an endpoint to change.
func askChangeWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	f := endpointForm{URL: e.URL, Description: e.Description, Every: len(e.Events) == 0, Groups: groupsOf(q, e.Events)}

	return changeForm(q, e, f, nil), nil
}

func changeForm(q *screen.Request, e hooks.Endpoint, f endpointForm, wrong error) screen.Answer {
	f.Heading, f.Button = q.Text("Change endpoint"), q.Text("Save")
	f.Back, f.BackText, f.Faults = q.At("/webhooks/"+e.ID.String()), e.URL, q.FaultsOf(wrong)
	body, _ := json.Marshal(map[string]string{"url": e.URL}) //nolint:errchkjson // a string
	p := screen.Page{
		Template: "webhook-form", Title: f.Heading, Section: q.At("/webhooks"), Data: f,
		API: "PATCH /v2/webhooks/" + e.ID.String(), Body: string(body),
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// changeWebhook changes an endpoint.
func changeWebhook(q *screen.Request) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	n, every, wrong := readEndpoint(q)
	form := endpointForm{URL: n.URL, Description: n.Description, Every: every, Groups: groupsOf(q, n.Events)}
	if wrong != nil {
		return changeForm(q, e, form, wrong), nil
	}
	if every {
		n.Events = nil
	}

	_, err = q.Verbs.Hooks.Update(q.Context(), q.Caller, e.ID, hooks.Change{
		URL: &n.URL, Description: &n.Description, Events: &n.Events,
	})
	if err != nil && screen.FormFault(err) {
		return changeForm(q, e, form, err), nil
	} else if err != nil {
		return nil, err
	}

	return screen.Redirect{
		To:     q.At("/webhooks/" + e.ID.String()),
		Notice: q.Text("The endpoint was changed."),
	}, nil
}

// enableWebhook sends events to an endpoint again.
func enableWebhook(q *screen.Request) (screen.Answer, error) {
	return switchWebhook(q, true, q.Text("The endpoint is enabled. What waits for it is sent now; recover what it missed."))
}

// disableWebhook sends no more events to an endpoint.
func disableWebhook(q *screen.Request) (screen.Answer, error) {
	return switchWebhook(q, false, q.Text("The endpoint is disabled. Events that happen now are not sent to it."))
}

func switchWebhook(q *screen.Request, on bool, notice string) (screen.Answer, error) {
	e, err := endpointOfPath(q)
	if err != nil {
		return nil, err
	}
	if _, err := q.Verbs.Hooks.Update(q.Context(), q.Caller, e.ID, hooks.Change{Enabled: &on}); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/webhooks/" + e.ID.String()), Notice: notice}, nil
}
