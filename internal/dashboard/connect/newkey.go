package connect

import (
	"context"
	"slices"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/store"
)

// scopeTexts say what each scope allows.
var scopeTexts = map[account.Scope]string{
	account.ScopeSend:   screen.Text("Send codes and texts, send again, cancel."),
	account.ScopeVerify: screen.Text("Check the codes that users enter."),
	account.ScopeRead:   screen.Text("Read verifications, messages, lists and reports."),
	account.ScopeAdmin:  screen.Text("Change templates, webhooks, settings, opt-outs and keys. For scripts that set things up, not for your application."),
	account.ScopeOperator: screen.Text(
		"Operate the whole installation: carriers, routes, accounts. For the scripts of those who run the server."),
}

// scopeChoice is a scope in a form or on the screen of a key.
type scopeChoice struct {
	Name, Text string
	Chosen     bool
}

// newKeyPage is the form of a new key.
type newKeyPage struct {
	Name, Once, Back string
	Scopes           []scopeChoice
	Faults           []fault.FieldError
}

// newKey asks what the key is for.
func newKey(q *screen.Request) (screen.Answer, error) {
	return newKeyForm(q, []string{string(account.ScopeSend), string(account.ScopeVerify)}, nil), nil
}

func newKeyForm(q *screen.Request, chosen []string, wrong error) screen.Answer {
	out := newKeyPage{
		Name: q.Value("name"), Once: screen.NewOnce(), Back: q.At("/keys"), Faults: q.FaultsOf(wrong),
	}
	for _, s := range append(slices.Clone(account.Scopes), account.ScopeOperator) {
		if q.Caller.May(s) {
			out.Scopes = append(out.Scopes, scopeChoice{string(s), q.Text(scopeTexts[s]), slices.Contains(chosen, string(s))})
		}
	}

	p := screen.Page{
		Template: "key-new", Title: q.Text("Create a key"), Section: q.At("/keys"), Data: out,
		API: "POST /v2/keys", Body: `{"name": "Shop backend", "scopes": ["send", "verify"]}`,
	}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// createKey makes a key and shows it once.
func createKey(q *screen.Request) (screen.Answer, error) {
	chosen := q.PostForm["scopes"]
	scopes, wrong := readScopes(chosen)
	var unnamed error
	if q.Value("name") == "" {
		unnamed = fault.Invalid("name", "name is empty; give the key the name of the application that has it")
	}
	once, incomplete := q.Once(issuedSecret)
	if err := fault.Join(unnamed, wrong, incomplete); err != nil {
		return newKeyForm(q, chosen, err), nil
	}

	made, err := onceKey(q, once, func(once admin.Once) error {
		_, err := q.Verbs.Admin.IssueKeyBy(q.Context(), q.Caller, q.Value("name"), scopes, once)
		return err
	})
	if err != nil && screen.FormFault(err) {
		return newKeyForm(q, chosen, err), nil
	} else if err != nil {
		return nil, err
	}

	if ended, err := keyEnded(q, made.ID); ended != nil || err != nil {
		return ended, err
	}
	out := shownKey(q, made, q.Value("name"), scopes)
	out.Heading = q.Text("Your new key")

	return shownPage(q, out, "/keys"), nil
}

func readScopes(chosen []string) ([]account.Scope, error) {
	if len(chosen) == 0 {
		return nil, fault.Invalid("scopes", "choose at least one scope; a key without scopes can do nothing")
	}
	scopes, err := account.ParseScopes(chosen)
	if err != nil {
		return nil, fault.Invalid("scopes", "scopes: %v", err)
	}

	return scopes, nil
}

// onceKey carries out a verb that makes a key, and gives the key of the first time when the form was sent twice.
func onceKey(q *screen.Request, idem *idempotency.Request, verb func(admin.Once) error) (screen.Secret, error) {
	var answer *idempotency.Answer
	err := verb(func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) (err error) {
		answer, err = q.Verbs.Answers.Once(ctx, q.Caller, idem, keys, change)
		return err
	})
	if err != nil {
		return screen.Secret{}, err
	}

	return screen.SecretOf(answer)
}

// keyEnded leads to the key when it does not work any more: a form that is sent again shows no key that was revoked.
func keyEnded(q *screen.Request, key string) (screen.Answer, error) {
	k, err := findKey(q, key)
	if err != nil || rowOfKey(q, k).Works {
		return nil, err
	}
	return screen.Redirect{
		To: q.At("/keys/" + key), Notice: q.Text("This form was sent before. The key that it made has ended since."),
	}, nil
}

// shown is a page with a secret, which is shown once.
type shown struct {
	Heading, Text, Name, ID, Secret string
	// Env is the line of a .env file, and Curl a call that works.
	Env, Curl string
	// Old says what happens to the secret before, which ends at OldEnds.
	Old     string
	OldEnds screen.Moment
	// Guide is the documentation of what to do next, and Done where the user goes on.
	Guide, GuideText, Done string
}

func shownKey(q *screen.Request, made screen.Secret, name string, scopes []account.Scope) shown {
	out := shown{
		Name: name, ID: made.ID, Secret: made.Text, Env: "SYSSECURE_API_KEY=" + made.Text,
		Done: q.At("/keys/" + made.ID),
		Text: q.Text("Copy it now: it is not shown again. Keep it where your application reads its secrets, never in a browser or an app."),
	}

	call := screen.Page{API: "GET /v2/otp"}
	switch {
	case q.Mode == id.Test && slices.Contains(scopes, account.ScopeSend):
		call = screen.Page{API: "POST /v2/otp/send", Body: `{"to": "+15005550006", "channels": ["sms"]}`}
	case slices.Contains(scopes, account.ScopeRead):
	case slices.Contains(scopes, account.ScopeSend):
		call = screen.Page{API: "POST /v2/otp/send", Body: `{"to": "+…", "channels": ["sms"]}`}
	case slices.Contains(scopes, account.ScopeVerify):
		call = screen.Page{API: "POST /v2/otp/verify", Body: `{"otp_id": "otp_…", "code": "…"}`}
	case slices.Contains(scopes, account.ScopeAdmin):
		call = screen.Page{API: "GET /v2/keys"}
	default:
		call = screen.Page{API: "GET /v2/carriers"}
	}
	out.Curl = screen.WithKey(q.Curl(&call), made.Text)

	return out
}

func shownPage(q *screen.Request, out shown, section string) screen.Page {
	return screen.Page{Template: "shown-once", Title: out.Heading, Data: out, Section: q.At(section)}
}
