package audit_test

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

var ada = audit.Actor{
	Kind: audit.User, ID: "usr_01HWXYZABC123DEF4560000000", Name: "ada@example.com", Address: "192.0.2.7",
	Agent: "Mozilla/5.0",
}

// walk is what the verbs made so far.
type walk struct {
	*testworld.World
	ctx      context.Context
	key      account.Key
	other    account.Key
	template store.Template
	hook     hooks.Endpoint
	otp      id.OTP
	text     id.Message
}

// step is a change, and what it writes into the audit log: "action mode object: field before → after, …" with the names
// of ids. Nothing is written by a refused or empty change.
type step struct {
	name string
	do   func(w *walk) error
	want string
	// refused steps return a fault.
	refused bool
}

func text(s string) *string { return &s }

// once carries out a change of a template.
func (w *walk) once(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
	return w.Admin.Once(w.Account)(ctx, keys, change)
}

var accountSteps = []step{
	{
		name: "settings of both modes", want: "account.changed  ACCOUNT: from  → Acme",
		do: func(w *walk) error {
			_, err := w.Admin.Set(w.ctx, w.Account, []admin.Setting{{Key: "from", Value: "Acme"}})
			return err
		},
	},
	{
		name: "settings of one mode",
		want: "account.changed test ACCOUNT: from Acme → +3247•••••56, credits_low 0 → 1000000000",
		do: func(w *walk) error {
			return w.Admin.SetBy(w.ctx, w.Test, []admin.Setting{
				{Key: "from", Value: "+32470123456"}, {Key: "credits_low", Value: "1000000000"},
			})
		},
	},
	{
		name: "settings of both modes that differed", want: "account.changed  ACCOUNT: test from +3247•••••56 → Acme",
		do: func(w *walk) error {
			_, err := w.Admin.Set(w.ctx, w.Account, []admin.Setting{{Key: "from", Value: "Acme"}})
			return err
		},
	},
	{name: "the same settings", do: func(w *walk) error {
		_, err := w.Admin.Set(w.ctx, w.Account, []admin.Setting{{Key: "from", Value: "Acme"}})
		return err
	}},
	{name: "invalid settings", refused: true, do: func(w *walk) error {
		_, err := w.Admin.Set(w.ctx, w.Account, []admin.Setting{
			{Key: "name", Value: "New"}, {Key: "from", Value: "much too long a name"},
		})
		return err
	}},
	{name: "credits", want: "credits.added  ACCOUNT: credits 100 → 150", do: func(w *walk) error {
		_, err := w.Admin.Credit(w.ctx, w.Account, 50)
		return err
	}},
	{name: "credits taken back", want: "credits.removed  ACCOUNT: credits 150 → 120", do: func(w *walk) error {
		_, err := w.Admin.Credit(w.ctx, w.Account, -30)
		return err
	}},
	{name: "more credits than there are", refused: true, do: func(w *walk) error {
		_, err := w.Admin.Credit(w.ctx, w.Account, -1000)
		return err
	}},
}

var keySteps = []step{
	{
		name: "a key", want: "key.created live KEY: name  → Shop, scopes  → send, read",
		do: func(w *walk) error {
			out, err := w.Admin.IssueKey(w.ctx, admin.KeySpec{
				Account: w.Account, Mode: id.Live, Name: "Shop", Scopes: []account.Scope{account.ScopeSend, account.ScopeRead},
			}, w.once)
			w.key = out.Key
			return err
		},
	},
	{name: "a key of an account that does not exist", refused: true, do: func(w *walk) error {
		_, _, err := w.Admin.CreateKey(w.ctx, id.NewAccount(w.Clock.Now()), id.Live, nil)
		return err
	}},
	{
		name: "a rotation", want: "key.rotated live KEY: replaced_by  → OTHER, expires_at  → 2026-04-25T16:27:00Z",
		do: func(w *walk) error {
			other, _, err := w.Admin.RotateKey(w.ctx, w.key.ID, time.Hour)
			w.other = other
			return err
		},
	},
	{name: "a revocation", want: "key.revoked live KEY: name Shop → ", do: func(w *walk) error {
		_, err := w.Admin.RevokeKey(w.ctx, w.key.ID)
		return err
	}},
	{name: "the revocation again", do: func(w *walk) error {
		_, err := w.Admin.RevokeKey(w.ctx, w.key.ID)
		return err
	}},
	{name: "the rotation of a revoked key", refused: true, do: func(w *walk) error {
		_, _, err := w.Admin.RotateKey(w.ctx, w.key.ID, time.Hour)
		return err
	}},
}

var templateSteps = []step{
	{
		name: "a template", want: "template.created test TEMPLATE: name  → Login, translations.en  → {{code}} is your code",
		do: func(w *walk) (err error) {
			w.template, err = w.Admin.CreateTemplate(w.ctx, w.Test, template.Change{
				Name: text("Login"), Translations: map[string]string{"en": "{{code}} is your code"},
			}, w.once)
			return err
		},
	},
	{
		name: "a change of it",
		want: "template.changed test TEMPLATE: translations.en {{code}} is your code → , " +
			"translations.fr  → {{code}}, +3247•••••56",
		do: func(w *walk) error {
			_, err := w.Admin.ChangeTemplate(w.ctx, w.Test, w.template.ID,
				template.Change{Translations: map[string]string{"fr": "{{code}}, +32470123456"}})
			return err
		},
	},
	{name: "the same change", do: func(w *walk) error {
		_, err := w.Admin.ChangeTemplate(w.ctx, w.Test, w.template.ID,
			template.Change{Translations: map[string]string{"fr": "{{code}}, +32470123456"}})
		return err
	}},
	{name: "a template without a code", refused: true, do: func(w *walk) error {
		change := template.Change{Translations: map[string]string{"en": "Hello"}}
		_, err := w.Admin.ChangeTemplate(w.ctx, w.Test, w.template.ID, change)
		return err
	}},
	{name: "a template of the other mode", refused: true, do: func(w *walk) error {
		return w.Admin.DeleteTemplate(w.ctx, w.Live, w.template.ID)
	}},
	{name: "its deletion", want: "template.deleted test TEMPLATE: name Login → ", do: func(w *walk) error {
		return w.Admin.DeleteTemplate(w.ctx, w.Test, w.template.ID)
	}},
}

var hookSteps = []step{
	{
		name: "an endpoint",
		want: "webhook.created test HOOK: url  → https://example.com/…, events  → credits.low, enabled false → true",
		do: func(w *walk) (err error) {
			w.hook, _, err = w.Hooks.Create(w.ctx, w.Test, hooks.NewEndpoint{
				URL: "https://example.com/hook?token=hunter2", Events: []webhook.Type{webhook.CreditsLow},
			}, nil)
			return err
		},
	},
	{name: "an endpoint without TLS", refused: true, do: func(w *walk) error {
		_, _, err := w.Hooks.Create(w.ctx, w.Test, hooks.NewEndpoint{URL: "ftp://example.com"}, nil)
		return err
	}},
	{
		name: "a change of it", want: "webhook.changed test HOOK: url https://example.com/… → https://example.com/…",
		do: func(w *walk) error {
			_, err := w.Hooks.Update(w.ctx, w.Test, w.hook.ID, hooks.Change{URL: text("https://example.com/other")})
			return err
		},
	},
	{name: "no change", do: func(w *walk) error {
		_, err := w.Hooks.Update(w.ctx, w.Test, w.hook.ID, hooks.Change{})
		return err
	}},
	{name: "its secret", want: "webhook.secret_rotated test HOOK: overlap  → 1h0m0s", do: func(w *walk) error {
		_, _, err := w.Hooks.RotateSecret(w.ctx, w.Test, w.hook.ID, time.Hour, nil)
		return err
	}},
	{name: "the callback secret", want: "callback_secret.rotated live ACCOUNT: overlap  → 0s", do: func(w *walk) error {
		_, _, err := w.Hooks.RotateCallback(w.ctx, w.Live, 0, nil)
		return err
	}},
	{name: "a test event", want: "webhook.tested test HOOK: event  → credits.low", do: func(w *walk) error {
		_, _, err := w.Hooks.Test(w.ctx, w.Test, w.hook.ID, webhook.CreditsLow, nil)
		return err
	}},
	{name: "a recovery of nothing", do: func(w *walk) error {
		_, _, err := w.Hooks.Recover(w.ctx, w.Test, w.hook.ID, w.Clock.Now().Add(-time.Hour), time.Time{}, nil)
		return err
	}},
	{name: "its deletion", want: "webhook.deleted test HOOK: url https://example.com/… → ", do: func(w *walk) error {
		return w.Hooks.Delete(w.ctx, w.Test, w.hook.ID)
	}},
	{name: "the deletion again", refused: true, do: func(w *walk) error {
		return w.Hooks.Delete(w.ctx, w.Test, w.hook.ID)
	}},
}

var numberSteps = []step{
	{name: "an opt-out", want: "opt_out.added live +3247•••••56: ", do: func(w *walk) error {
		_, err := w.OptOuts.Add(w.ctx, w.Live, "+32470123456")
		return err
	}},
	{name: "the opt-out again", do: func(w *walk) error {
		_, err := w.OptOuts.Add(w.ctx, w.Live, "+32470123456")
		return err
	}},
	{name: "an opt-out of no number", refused: true, do: func(w *walk) error {
		_, err := w.OptOuts.Add(w.ctx, w.Live, "12")
		return err
	}},
	{name: "its removal", want: "opt_out.removed live +3247•••••56: ", do: func(w *walk) error {
		_, err := w.OptOuts.Remove(w.ctx, w.Live, "+32470123456")
		return err
	}},
	{name: "the removal again", refused: true, do: func(w *walk) error {
		_, err := w.OptOuts.Remove(w.ctx, w.Live, "+32470123456")
		return err
	}},
	{name: "a pause", want: "carrier.paused  smsc: ", do: func(w *walk) error { return w.pause(true) }},
	{name: "the pause again", do: func(w *walk) error { return w.pause(true) }},
	{name: "its end", want: "carrier.resumed  smsc: ", do: func(w *walk) error { return w.pause(false) }},
	{name: "a test without a message", do: func(w *walk) error { return w.test("") }},
	{name: "a test too soon", refused: true, do: func(w *walk) error { return w.test("+32470123456") }},
	{name: "a test with a message", want: "carrier.tested  smsc: to  → +3247•••••56", do: func(w *walk) error {
		w.Clock.Add(time.Minute)
		return w.test("+32470123456")
	}},
}

func (w *walk) test(to string) error {
	_, _, err := w.TestCarrier(w.ctx, w.Live, "smsc", to, nil)
	return err
}

func (w *walk) pause(paused bool) error {
	_, err := carrierwatch.SetPaused(w.ctx, w.Dispatcher.Config.Store, "smsc", paused, w.Clock.Now())
	return err
}
