package engine_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/testworld"
)

// makeTemplate saves a template of a caller.
func makeTemplate(t *testing.T, w *testworld.World, c account.Caller, change template.Change) store.Template {
	t.Helper()
	name := "Login"
	change.Name = &name
	row, err := w.Admin.CreateTemplate(t.Context(), c, change,
		func(ctx context.Context, keys []store.Key, fn func(*store.Tx) (any, error)) error {
			_, err := w.Answers.Once(ctx, c, nil, keys, fn)
			return err
		})
	if err != nil {
		t.Fatalf("make a template: %v", err)
	}

	return row
}

func english(text string) template.Change {
	return template.Change{Translations: map[string]string{"en": text}}
}

func withTemplate(r engine.OTPRequest, row store.Template) engine.OTPRequest {
	r.Template = row.ID.String()
	return r
}

// bodyOf is the last text that the carrier got, with # for its code.
func bodyOf(c *testworld.Carrier) string {
	sent := c.Sent()
	last := sent[len(sent)-1]
	return strings.ReplaceAll(last.Body.Reveal(), last.Code.Reveal(), "#")
}

// TestTemplate_EverySubmit: the first one, the fallback by timer and by receipt, and the resend, although the
// template was deleted after the first.
func TestTemplate_EverySubmit(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		row := makeTemplate(t, w.World, w.Live, english("{{code}} for {{metadata.user.name}}, {{app}}, {{minutes}}"))
		r := withTemplate(testworld.To(phoneA, message.WhatsApp, message.SMS, message.Telegram), row)
		r.Metadata, r.ExpiresIn = []byte(`{"user":{"name":"Ann"}}`), 10*time.Minute
		s := send(t, w.World, r)
		if err := w.Admin.DeleteTemplate(t.Context(), w.Live, row.ID); err != nil {
			t.Fatal(err)
		}

		elapse(t, w.World, 21*time.Second)
		receipt(t, w.World, s, 1, carrier.Failed, message.Unreachable)
		for c, minutes := range map[*testworld.Carrier]string{w.WhatsApp: "10", w.SMS: "9", w.Telegram: "9"} {
			if len(c.Sent()) != 1 || bodyOf(c) != "# for Ann, Acme, "+minutes {
				t.Errorf("%s got %d texts, the last is %q", c.Name(), len(c.Sent()), bodyOf(c))
			}
		}

		w.Clock.Add(time.Minute)
		if _, _, err := w.SendOTP(t.Context(), w.Live, r, nil); refused(t, err, fault.NotFound).
			Details.Field != "template" {
			t.Errorf("a new send with a deleted template: %v", err)
		}

		again, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, message.SMS, nil)
		if err != nil || again.OTP.ID != s.OTP.ID || bodyOf(w.SMS) != "# for Ann, Acme, 8" ||
			codeOf(w.SMS) != codeOf(w.WhatsApp) {
			t.Errorf("resend: %v, %q", err, bodyOf(w.SMS))
		}
	})
}

// TestTemplate_AfterCrash: the submit of a node that crashed is repeated with its text.
func TestTemplate_AfterCrash(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now, Backend: testworld.Backends["memory"](t)})
		row := makeTemplate(t, w.World, w.Live, english("{{code}} of mine"))
		zombie := make(chan carrier.Result)
		w.SMS.Script(testworld.Held(zombie), testworld.Accepts)
		go func() {
			_, _, _ = w.SendOTP(context.Background(), w.Live, withTemplate(testworld.To(phoneA), row), nil)
		}()

		synctest.Wait()
		next := w.Restart(t, nil)
		if err := next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		synctest.Wait()
		if n := len(w.SMS.Sent()); n != 2 || bodyOf(w.SMS) != "# of mine" {
			t.Errorf("%d submits, the last is %q", n, bodyOf(w.SMS))
		}
		zombie <- carrier.Result{Outcome: carrier.Accepted}
		w.Settle()
		next.Settle()
	})
}

func TestTemplate_PendingCode(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	one, two := makeTemplate(t, w.World, w.Live, english("{{code}} one")),
		makeTemplate(t, w.World, w.Live, english("{{code}} two"))
	first := send(t, w.World, withTemplate(testworld.To(phoneA), one))
	second := send(t, w.World, withTemplate(testworld.To(phoneA), two))
	none := send(t, w.World, testworld.To(phoneA))
	again := send(t, w.World, withTemplate(testworld.To(phoneA), one))
	if first.OTP.ID == second.OTP.ID || none.OTP.ID == first.OTP.ID || none.OTP.ID == second.OTP.ID ||
		again.OTP.ID != first.OTP.ID {
		t.Errorf("codes %s, %s, %s, %s", first.OTP.ID, second.OTP.ID, none.OTP.ID, again.OTP.ID)
	}
	if bodyOf(w.SMS) != "# one" {
		t.Errorf("the resend says %q", bodyOf(w.SMS))
	}
}

// TestTemplate_ResendPrice: a resend has the metadata, and so the text and price, of the first send.
func TestTemplate_ResendPrice(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	row := makeTemplate(t, w.World, w.Live, english("{{code}} "+strings.Repeat("{{metadata.x}} ", 3)))
	r := withTemplate(testworld.To(phoneA), row)
	r.Metadata = []byte(`{"x":"` + strings.Repeat("y", 100) + `"}`)
	if s := send(t, w.World, r); s.Message.Plan[0].Segments != 3 {
		t.Fatalf("%d segments", s.Message.Plan[0].Segments)
	}

	before, text := w.Balance(t).Credits, bodyOf(w.SMS)
	r.Metadata = []byte(`{"x":"y"}`)
	for range 2 {
		s := send(t, w.World, r)
		if s.Message.Plan[0].Segments != 3 || bodyOf(w.SMS) != text || string(s.OTP.Metadata) == string(r.Metadata) {
			t.Errorf("%d segments of %q", s.Message.Plan[0].Segments, bodyOf(w.SMS))
		}
		r.Metadata = []byte(`{"x":"` + strings.Repeat("€", 100) + `"}`)
	}
	if _, _, err := w.ResendOTP(t.Context(), w.Live, lastOTP(t, w), 0, nil); err != nil || bodyOf(w.SMS) != text {
		t.Errorf("resend: %v, %q", err, bodyOf(w.SMS))
	}
	if spent := before - w.Balance(t).Credits; spent != 3*3*smsPrice.Credits {
		t.Errorf("three resends cost %d", spent)
	}
}

// lastOTP is the newest live code.
func lastOTP(t *testing.T, w trio) id.OTP {
	t.Helper()
	list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d codes, %v", len(list), err)
	}
	return list[0].ID
}

func TestTemplate_Changed(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	row := makeTemplate(t, w.World, w.Live, english("{{code}} old"))
	r := withTemplate(testworld.To(phoneA), row)
	send(t, w.World, r)
	if _, err := w.Admin.ChangeTemplate(t.Context(), w.Live, row.ID, english("{{code}} new")); err != nil {
		t.Fatal(err)
	}
	if send(t, w.World, r); bodyOf(w.SMS) != "# new" || codeOf(w.SMS) != w.SMS.Sent()[0].Code.Reveal() {
		t.Errorf("the resend says %q", bodyOf(w.SMS))
	}
}

func TestTemplate_Channels(t *testing.T) {
	t.Parallel()
	voice := testworld.NewCarrier("sip", message.Voice)
	whatsapp, sms := testworld.NewCarrier("wa", message.WhatsApp), testworld.NewCarrier("smsc", message.SMS)
	w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{whatsapp, sms, voice}})
	for _, set := range []struct{ key, value string }{{"origin", "acme.example"}, {"app_hash", "FA+9qCX9VSu"}} {
		settings, err := w.Live.Settings.Set(set.key, set.value)
		if err != nil {
			t.Fatal(err)
		}
		w.Live.Settings = settings
	}

	storeSettings(t, w, w.Live.Settings)
	row := makeTemplate(t, w, w.Live, template.Change{
		Translations: map[string]string{"en": "{{code}} {{metadata.o}} {{app}} {{code}}"},
		Channels: &template.Channels{
			WhatsApp: &template.WhatsApp{Name: "login", Language: "en_US"},
			Voice:    map[string]string{"en": "Your code: {{code}}"},
		},
	})

	whatsapp.Script(testworld.Rejects(message.NotOnChannel))
	sms.Script(testworld.Rejects(message.Unreachable))
	r := withTemplate(testworld.To(phoneA, message.WhatsApp, message.SMS, message.Voice), row)
	r.Metadata = []byte(`{"o":"a\n@b"}`)
	send(t, w, r)
	const text = "# a b Acme #\nFA+9qCX9VSu\n@acme.example ##"
	if bodyOf(whatsapp) != text || bodyOf(sms) != text || bodyOf(voice) != "Your code: #" {
		t.Errorf("whatsapp %q, sms %q, voice %q", bodyOf(whatsapp), bodyOf(sms), bodyOf(voice))
	}

	got := whatsapp.Sent()[0].Template
	var variables []string
	for _, v := range got.Variables {
		variables = append(variables, v.Name+"="+strings.ReplaceAll(v.Value.Reveal(), codeOf(whatsapp), "#"))
	}
	if got.Name != "login" || got.Language != "en_US" ||
		strings.Join(variables, " ") != "code=# metadata.o=a b app=Acme" {
		t.Errorf("whatsapp: %s %s %v", got.Name, got.Language, variables)
	}
	if sms.Sent()[0].Template.Name != "" || voice.Sent()[0].Template.Name != "" {
		t.Error("the approved template was given to another channel")
	}

	// When it is read out, the built-in text has no hash and no origin line.
	built := testworld.To(testworld.Number(1), message.Voice)
	if send(t, w, built); strings.Contains(bodyOf(voice), "@") || strings.Contains(bodyOf(voice), "FA+") ||
		!strings.HasPrefix(bodyOf(voice), "# is your Acme") {
		t.Errorf("voice: %q", bodyOf(voice))
	}
}

// TestTemplate_NoneReadsNoRow: a send without a template needs no extra read.
func TestTemplate_NoneReadsNoRow(t *testing.T) {
	t.Parallel()
	b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
	w := newTrio(t, testworld.Options{Backend: b})
	row := makeTemplate(t, w.World, w.Live, english("{{code}}"))
	views := 0
	b.AfterView(func() { views++ })
	if send(t, w.World, testworld.To(phoneA)); views != 0 {
		t.Error("a send without a template read a row")
	}
	if send(t, w.World, withTemplate(testworld.To(phoneA), row)); views != 1 {
		t.Error("the send with a template did not read its row")
	}
}

// TestTemplate_DeletedAreRemoved: two hours after their deletion. A code whose template is missing has the built-in
// text.
func TestTemplate_DeletedAreRemoved(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		kept := makeTemplate(t, w.World, w.Live, english("{{code}} kept"))
		gone := makeTemplate(t, w.World, w.Live, english("{{code}} gone"))
		if err := w.Admin.DeleteTemplate(t.Context(), w.Live, gone.ID); err != nil {
			t.Fatal(err)
		}

		there := func(row store.Template) (found bool) {
			err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
				rows, err := v.Load(row.Key())
				_, found = rows[row.Key()]
				return err
			})
			if err != nil {
				t.Fatal(err)
			}

			return found
		}

		w.Clock.Add(bound.KeepDeleted - time.Second)
		if w.Do(t, w.Janitor.RemoveExpired); !there(gone) {
			t.Error("gone too early")
		}

		w.Clock.Add(2 * time.Second)
		if w.Do(t, w.Janitor.RemoveExpired); there(gone) || !there(kept) {
			t.Errorf("deleted one there: %v, other one there: %v", there(gone), there(kept))
		}

		s := send(t, w.World, withTemplate(testworld.To(phoneA, message.WhatsApp, message.SMS), kept))
		err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{kept.Key()},
			func(tx *store.Tx) error { tx.Delete(kept.Key()); return nil })
		if err != nil {
			t.Fatal(err)
		}

		receipt(t, w.World, s, 0, carrier.Failed, message.Unreachable)
		if !strings.HasPrefix(bodyOf(w.SMS), "# is your Acme verification code") ||
			codeOf(w.SMS) != codeOf(w.WhatsApp) {
			t.Errorf("the fallback says %q", bodyOf(w.SMS))
		}
		if _, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil); err != nil {
			t.Errorf("resend: %v", err)
		}
	})
}

// storeSettings makes live settings the account's: a fallback's text is made with what is stored.
func storeSettings(t *testing.T, w *testworld.World, s account.Settings) {
	t.Helper()
	k := store.AccountKey(w.Account)
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, []store.Key{k}, func(tx *store.Tx) error {
		a, _ := store.Get[store.Account](tx, k)
		a.Settings.Live = s
		tx.Put(a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTemplate_Counted: a code counts for its template, with its resends and its verification, also after the template
// was deleted.
func TestTemplate_Counted(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		row := makeTemplate(t, w.World, w.Live, english("{{code}} is yours"))
		s := send(t, w.World, withTemplate(testworld.To(testworld.Number(0)), row))
		send(t, w.World, testworld.To(testworld.Number(1)))
		if err := w.Admin.DeleteTemplate(t.Context(), w.Live, row.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.ResendOTP(t.Context(), w.Live, s.OTP.ID, 0, nil); err != nil {
			t.Fatal(err)
		}
		verify(t, w.World, s.OTP.ID, codeOf(w.SMS))

		r, err := w.Admin.Report(t.Context(), w.Live, stats.Query{By: stats.ByTemplate})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][3]int64{}
		for _, l := range r.Lines() {
			got[l.Template] = [3]int64{l.Codes, l.Sent, l.Verified}
		}
		if want := map[string][3]int64{stats.BuiltIn: {1, 1, 0}, row.ID.String(): {1, 2, 1}}; !maps.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}
