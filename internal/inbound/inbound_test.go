package inbound_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// says makes a phone send a text over a carrier.
func says(t *testing.T, w *testworld.World, number, over, text string) {
	t.Helper()
	in := carrier.Inbound{Carrier: over, From: number[1:], To: "32460000001", Body: secret.NewString(text)}
	if _, err := w.Inbound(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

// second makes another account with credits.
func second(t *testing.T, w *testworld.World) *testworld.World {
	t.Helper()
	other, err := w.Admin.CreateAccount(t.Context(), "Other", 1000)
	if err != nil {
		t.Fatal(err)
	}

	theirs := *w
	theirs.Account = other.ID
	theirs.Live, theirs.Test = testworld.CallerOf(other.Account, id.Live), testworld.CallerOf(other.Account, id.Test)

	return &theirs
}

func optedOut(t *testing.T, w *testworld.World, number string) bool {
	t.Helper()
	return !w.Contact(t, id.Live, number).OptOut.At.IsZero()
}

func TestInbound_LastSender(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		theirs := second(t, w.World)
		for i, c := range []struct {
			name         string
			send         func(number string)
			over         string
			ours, theirs bool
		}{
			{"only we sent", func(n string) { send(t, w.World, testworld.To(n)) }, "smsc", true, false},
			{"no one sent over it", func(n string) { send(t, w.World, testworld.To(n)) }, "wa", true, true},
			{"no one sent at all", func(string) {}, "smsc", true, true},
			{"they sent later, over another", func(n string) {
				send(t, w.World, testworld.To(n))
				w.Clock.Add(time.Second)
				send(t, theirs, testworld.To(n, message.WhatsApp))
			}, "smsc", true, false},
			{"they sent later, over the same", func(n string) {
				send(t, w.World, testworld.To(n))
				w.Clock.Add(time.Second)
				send(t, theirs, testworld.To(n))
			}, "smsc", false, true},
			{"we sent over many and they before", func(n string) {
				send(t, theirs, testworld.To(n, message.WhatsApp))
				for _, ch := range []message.Channel{message.SMS, message.WhatsApp, message.Telegram} {
					w.Clock.Add(time.Second)
					send(t, w.World, testworld.To(n, ch))
				}
			}, "wa", true, false},
			{"a fallback after a rejection", func(n string) {
				w.Telegram.Script(testworld.Rejects(message.NotOnChannel))
				send(t, w.World, testworld.To(n, message.Telegram, message.SMS))
			}, "smsc", true, false},
			{"a fallback after the timer", func(n string) {
				w.Telegram.Script(testworld.Accepts)
				send(t, w.World, testworld.To(n, message.Telegram, message.WhatsApp))
				pass(t, w.World, 16*time.Second)
			}, "wa", true, false},
		} {
			number := testworld.Number(100 + i)
			c.send(number)
			says(t, w.World, number, c.over, "Stop.")
			ours, other := optedOut(t, w.World, number), optedOut(t, theirs, number)
			if ours != c.ours || other != c.theirs {
				t.Errorf("%s: we %v, they %v; want %v, %v", c.name, ours, other, c.ours, c.theirs)
			}
		}
	})
}

func TestInbound_SecondStop(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	send(t, w.World, testworld.To(phoneA))
	says(t, w.World, phoneA, "smsc", "STOP")
	first := w.Contact(t, id.Live, phoneA).OptOut
	w.Clock.Add(time.Hour)
	says(t, w.World, phoneA, "smsc", "unsubscribe")
	if got := w.Contact(t, id.Live, phoneA).OptOut; got != first || got.Keyword != "STOP" {
		t.Errorf("%+v, first %+v", got, first)
	}

	says(t, w.World, phoneA, "smsc", "don't stop")
	says(t, w.World, phoneA, "smsc", "yes")
	if optedOut(t, w.World, phoneA) {
		t.Error("START did not opt in")
	}
}

func TestInbound_ReplyOnceADay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		send(t, w.World, testworld.To(phoneA))
		replies := func(want int, what string) {
			t.Helper()
			w.Sweep(t)
			if n := len(w.SMS.Sent()) - 1; n != want {
				t.Fatalf("%s: %d replies, want %d", what, n, want)
			}
		}

		says(t, w.World, phoneA, "smsc", "STOP")
		replies(0, "replies are off")
		says(t, w.World, phoneA, "smsc", "START")
		set(t, w.World, "opt_out_replies=true", "default_locale=fr-BE", "name=Acme")
		before := w.Balance(t)
		says(t, w.World, phoneA, "smsc", "STOP")
		replies(1, "stop")
		got := w.SMS.Sent()[1]
		if !strings.HasPrefix(got.Body.Reveal(), "Acme : vous ne recevrez plus") || got.From != "+32460000001" ||
			got.To.E164() != phoneA || got.Code.Reveal() != "" || got.Channel != message.SMS {
			t.Errorf("the phone got %+v: %s", got, got.Body.Reveal())
		}
		if after := w.Balance(t); after.Credits != before.Credits-8 || after.Held != 0 {
			t.Errorf("balance %+v, before %+v", after, before)
		}

		says(t, w.World, phoneA, "smsc", "STOP")
		replies(1, "stop again")
		says(t, w.World, phoneA, "smsc", "START")
		replies(2, "start")
		says(t, w.World, phoneA, "smsc", "START")
		replies(2, "start without an opt-out")
		set(t, w.World, "help_text=Acme, +32 2 123 45 67")
		says(t, w.World, phoneA, "smsc", "help")
		replies(3, "help")
		if text := w.SMS.Sent()[3].Body.Reveal(); text != "Acme, +32 2 123 45 67" {
			t.Errorf("help is %q", text)
		}

		for range 50 { // a machine that sends every keyword
			for _, word := range []string{"STOP", "START", "HELP", w.SMS.Sent()[1].Body.Reveal()} {
				w.Clock.Add(time.Minute)
				says(t, w.World, phoneA, "smsc", word)
			}
		}

		replies(3, "the same day")
		w.Clock.Add(24 * time.Hour)
		says(t, w.World, phoneA, "smsc", "STOP")
		replies(4, "the next day")
	})
}

func TestInbound_NoReply(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{Credits: 3})
	set(t, w.World, "opt_out_replies=true")
	says(t, w.World, phoneA, "smsc", "STOP") // no account sent to it
	says(t, w.World, phoneA, "smsc", "HELP")
	if !optedOut(t, w.World, phoneA) {
		t.Error("STOP was not stored")
	}

	n := testworld.Number(1)
	send(t, w.World, testworld.To(n, message.WhatsApp)) // uses up the credits
	says(t, w.World, n, "wa", "STOP")
	if !optedOut(t, w.World, n) {
		t.Error("STOP was not stored without credits")
	}

	w.Sweep(t)
	if len(w.SMS.Sent()) != 0 || len(w.WhatsApp.Sent()) != 1 {
		t.Errorf("%d texts, %d over WhatsApp", len(w.SMS.Sent()), len(w.WhatsApp.Sent()))
	}
	if got := w.Contact(t, id.Live, n).Acknowledged; len(got) != 0 {
		t.Errorf("stored as acknowledged: %v", got)
	}
	if _, err := w.Admin.Credit(t.Context(), w.Account, 100); err != nil {
		t.Fatal(err)
	}

	tg := testworld.Number(2)
	send(t, w.World, testworld.To(tg, message.Telegram))
	says(t, w.World, tg, "tg", "STOP") // a channel for codes only
	says(t, w.World, n, "wa", "STOP")
	w.Sweep(t)
	if len(w.Telegram.Sent()) != 1 || len(w.WhatsApp.Sent()) != 2 {
		t.Errorf("%d over Telegram, %d over WhatsApp", len(w.Telegram.Sent()), len(w.WhatsApp.Sent()))
	}
	if c := w.Contact(t, id.Live, testworld.Number(3)); c.Number != nil {
		t.Error("a contact was stored without an opt-out")
	}
}

// The reply is sent by the next run, because it is a row that is due.
func TestInbound_ReplyAfterRestart(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/reply.db"
	w := newTrio(t, testworld.Options{Backend: testworld.OpenSQLite(t, path)})
	set(t, w.World, "opt_out_replies=true")
	send(t, w.World, testworld.To(phoneA))
	says(t, w.World, phoneA, "smsc", "STOP")
	if err := w.Dispatcher.Config.Store.Close(); err != nil {
		t.Fatal(err)
	}

	next := w.Restart(t, testworld.OpenSQLite(t, path))
	says(t, next, phoneA, "smsc", "STOP")
	next.Sweep(t)
	if n := len(w.SMS.Sent()); n != 2 {
		t.Errorf("%d texts, want the code and one reply", n)
	}
	if got := next.Balance(t); got.Credits != 1000-16 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}

// A reply is tried again when the carrier is busy. One that is never accepted gives its credits back.
func TestInbound_ReplyRetried(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "opt_out_replies=true")
	send(t, w.World, testworld.To(phoneA))
	w.SMS.Script(testworld.Throttles(time.Second), testworld.Accepts)
	says(t, w.World, phoneA, "smsc", "STOP")
	pass(t, w.World, 3*time.Second)
	if n := len(w.SMS.Sent()); n != 3 {
		t.Errorf("%d submits, want the code and two of the reply", n)
	}

	w.SMS.Script(testworld.Throttles(time.Minute))
	says(t, w.World, phoneA, "smsc", "HELP")
	w.Sweep(t)
	w.Clock.Add(2 * time.Hour)
	w.Sweep(t)
	if got := w.Balance(t); got.Credits != 1000-16 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}

func TestInbound_OptOutBlocksCodes(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	says(t, w.World, phoneA, "smsc", "STOP")
	send(t, w.World, testworld.To(phoneA))
	set(t, w.World, "opt_out_blocks_otp=true")
	for caller, number := range map[*account.Caller]string{&w.Live: phoneA, &w.Test: "+15005550004"} {
		_, _, err := w.SendOTP(t.Context(), *caller, testworld.To(number), nil)
		f := refused(t, err, fault.InvalidPhone)
		if f.Status != 422 || f.Details.Reason != "opted_out" || f.Details.Field != "to" {
			t.Errorf("got %+v", f)
		}
	}

	// Other numbers and the other mode are not affected.
	send(t, w.World, testworld.To(testworld.Number(1)))
	if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(phoneA), nil); err != nil {
		t.Error(err)
	}

	says(t, w.World, phoneA, "smsc", "START")
	send(t, w.World, testworld.To(phoneA))
	if n := len(w.SMS.Sent()); n != 3 {
		t.Errorf("%d texts, want 3", n)
	}
}

// The sandbox's phone answers STOP to everything, including the reply.
func TestInbound_SandboxAnswersStop(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "opt_out_replies=true", "name=Acme")
	const number = "+15005550018"
	if _, _, err := w.SendOTP(t.Context(), w.Test, testworld.To(number), nil); err != nil {
		t.Fatal(err)
	}

	for range 5 {
		w.Sweep(t)
	}

	texts, err := w.Inbox(t.Context(), w.Test, number, id.Message{}, 10)
	code, reply := 0, 0
	for _, text := range texts {
		if text.Channel == message.SMS && strings.HasPrefix(text.Body, "Acme: you are unsubscribed") {
			reply++
		} else if strings.Contains(text.Body, "000000") {
			code++
		}
	}
	if err != nil || len(texts) != 2 || code != 1 || reply != 1 {
		t.Errorf("the phone shows %+v, %v", texts, err)
	}
	if w.Contact(t, id.Test, number).OptOut.Keyword != "STOP" || optedOut(t, w.World, number) {
		t.Error("STOP was not stored in the sandbox, or also in live mode")
	}
}

// A carrier may write a subscriber's number in another form than the customer.
func TestInbound_SenderForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, to string
		in       carrier.Inbound
	}{
		{"another form of the number", "+525512345678", carrier.Inbound{From: "+5215512345678"}},
		{"the reverse", "+5491123456789", carrier.Inbound{From: "541123456789"}},
		{"international prefix", "+32470123456", carrier.Inbound{From: "0032470123456"}},
		{"national", "+32470123456", carrier.Inbound{From: "0470123456", Country: "BE"}},
		{"type of number national", "+32470123456", carrier.Inbound{From: "0470123456", National: true, Country: "BE"}},
		{"the likelier reading was not sent to", "+6598765432", carrier.Inbound{From: "6598765432", Country: "US"}},
		{"the likelier reading was", "+16598765432", carrier.Inbound{From: "6598765432", Country: "US"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{})
			theirs := second(t, w.World)
			text := engine.SMSRequest{To: c.to, Body: "Hello"}
			if _, _, err := w.SendSMS(t.Context(), w.Live, text, nil); err != nil {
				t.Fatal(err)
			}

			c.in.Carrier, c.in.To, c.in.Body = "smsc", "Acme", secret.NewString("STOP")
			if matched, err := w.Inbound(t.Context(), c.in); err != nil || !matched {
				t.Fatalf("matched %v, %v", matched, err)
			}

			_, _, err := w.SendSMS(t.Context(), w.Live, text, nil)
			if f := refused(t, err, fault.InvalidPhone); f.Details.Reason != "opted_out" {
				t.Errorf("got %+v", f.Details)
			}
			if sent := w.SMS.Sent(); len(sent) != 1 || sent[0].To.E164() != c.to {
				t.Errorf("sent %v", sent)
			}
			if optedOut(t, theirs, c.to) {
				t.Error("an account that did not send to the number has the opt-out")
			}
		})
	}
}

// A message from a sender that cannot be read is dropped, and logged with the number masked.
func TestInbound_UnreadableSender(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"0470123456", "Acme", "12345", "", "+"} {
		var log bytes.Buffer
		w := newTrio(t, testworld.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		in := carrier.Inbound{Carrier: "smsc", From: from, Body: secret.NewString("STOP")}
		matched, err := w.Inbound(t.Context(), in)
		if matched || err != nil {
			t.Errorf("%q: matched %v, %v", from, matched, err)
		}

		s, shown := log.String(), len(from) > 7 && strings.Contains(log.String(), from)
		if shown || !strings.Contains(s, "sender cannot be read") || !strings.Contains(s, "carrier=smsc") {
			t.Errorf("%q: logged %s", from, s)
		}
	}
}
