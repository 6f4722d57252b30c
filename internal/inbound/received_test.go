package inbound_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/inbound"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

// received lists an account's texts, newest first.
func received(t *testing.T, w *testworld.World, c account.Caller) (out []query.Inbound) {
	t.Helper()
	out, next, err := w.Dispatcher.Query.ListInbound(t.Context(), c, query.InboundFilter{}, [16]byte{}, 100)
	if err != nil || next != ([16]byte{}) {
		t.Fatalf("list: %v, next page %x", err, next)
	}
	return out
}

func textsOf(list []query.Inbound) (out []string) {
	for _, i := range list {
		out = append(out, i.Text)
	}
	return out
}

func TestInbound_StoresText(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		theirs := second(t, w.World)
		_, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com"}, nil)
		if err != nil {
			t.Fatal(err)
		}

		send(t, w.World, testworld.To(phoneA))
		w.Clock.Add(time.Minute)
		says(t, w.World, phoneA, "smsc", "Is my parcel\non its <way>?")

		list := received(t, w.World, w.Live)
		if len(list) != 1 {
			t.Fatalf("stored %v", textsOf(list))
		}

		got := list[0]
		if got.Text != "Is my parcel\non its <way>?" || got.From.E164() != phoneA || got.To != "+32460000001" ||
			got.Carrier != "smsc" ||
			got.Channel.String() != "sms" || !got.At.Equal(w.Clock.Now()) || !strings.HasPrefix(got.ID.String(), "inb_") {
			t.Errorf("stored %+v", got)
		}
		if n := len(received(t, w.World, w.Test)) + len(received(t, theirs, theirs.Live)); n != 0 {
			t.Errorf("%d texts in other lists", n)
		}

		w.Receiver.Wait(t, 1)
		w.Hooks.Settle()
		event := w.Receiver.Got(webhook.MessageReceived)
		want := `{"event":"message.received","inbound_id":"` + got.ID.String() + `","channel":"sms","from":"` + phoneA +
			`","to":"+32460000001","body":"Is my parcel\non its <way>?","received_at":"2026-04-25T15:28:00Z"}`
		if len(event) != 1 || event[0].Body != want {
			t.Errorf("%d events: %s", len(event), event[0].Body)
		}
	})
}

// Without a destination, the event has an empty "to", as the list has.
func TestInbound_NoDestination(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com"}, nil); err != nil {
		t.Fatal(err)
	}

	send(t, w.World, testworld.To(phoneA))
	w.Clock.Add(time.Minute)
	in := carrier.Inbound{Carrier: "smsc", From: phoneA[1:], Body: secret.NewString("Hello")}
	if _, err := w.Inbound(t.Context(), in); err != nil {
		t.Fatal(err)
	}

	w.Receiver.Wait(t, 1)
	w.Hooks.Settle()
	event := w.Receiver.Got(webhook.MessageReceived)
	if len(event) != 1 || !strings.Contains(event[0].Body, `"to":"","body":"Hello"`) {
		t.Errorf("events %+v", event)
	}
}

// Keywords that opt out or in are not stored as texts; all other messages are.
func TestInbound_KeywordsAndTexts(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	set(t, w.World, "opt_out_replies=true")
	send(t, w.World, testworld.To(phoneA))
	for _, body := range []string{
		"yes", "help", "Hello", "STOP", "stop", "yes", "START", "start", "No", "", "please stop by tomorrow", "Yes!",
	} {
		w.Clock.Add(time.Second)
		says(t, w.World, phoneA, "smsc", body)
	}

	got := textsOf(received(t, w.World, w.Live))
	slices.Reverse(got)
	if want := []string{"yes", "help", "Hello", "No", "", "please stop by tomorrow", "Yes!"}; !slices.Equal(got, want) {
		t.Errorf("stored %q, want %q", got, want)
	}
	if optedOut(t, w.World, phoneA) {
		t.Error("yes did not opt in")
	}

	// HELP also has a reply.
	w.Sweep(t)
	isHelp := func(m carrier.Message) bool { return strings.Contains(m.Body.Reveal(), "reply STOP to get no more") }
	if !slices.ContainsFunc(w.SMS.Sent(), isHelp) {
		t.Error("HELP has no reply")
	}
}

// A message to no account is dropped, and logged without its text and with its number masked.
func TestInbound_NoAccount(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newTrio(t, testworld.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	send(t, w.World, testworld.To(phoneA))
	for _, in := range []carrier.Inbound{
		{Carrier: "wa", From: phoneA}, {Carrier: "smsc", From: testworld.Number(7)}, {Carrier: "other", From: phoneA},
	} {
		log.Reset()
		in.Body = secret.NewString("a private word")
		matched, err := w.Inbound(t.Context(), in)
		if matched || err != nil {
			t.Errorf("%s: matched %v, %v", in.Carrier, matched, err)
		}
		s := log.String()
		if !strings.Contains(s, "no account has sent") || strings.Contains(s, "private") || strings.Contains(s, in.From) {
			t.Errorf("%s: logged %s", in.Carrier, s)
		}
	}
	if list := received(t, w.World, w.Live); len(list) != 0 {
		t.Errorf("stored %v", textsOf(list))
	}
}

// A text that a carrier sends again under its id is stored once. STOP counts each time.
func TestInbound_Repeated(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		send(t, w.World, testworld.To(phoneA))
		say := func(over, ref, body string) {
			t.Helper()
			in := carrier.Inbound{Carrier: over, ID: ref, From: phoneA, Body: secret.NewString(body)}
			matched, err := w.Inbound(t.Context(), in)
			if !matched || err != nil {
				t.Fatalf("matched %v, %v", matched, err)
			}
		}

		for range 3 {
			say("smsc", "mo-1", "Hello")
		}

		say("smsc", "mo-2", "Hello")
		say("smsc", "", "Hello")
		say("smsc", "", "Hello")
		if n := len(received(t, w.World, w.Live)); n != 4 {
			t.Errorf("%d texts, want 4", n)
		}

		say("smsc", "mo-1", "another text under the same id")
		if n := len(received(t, w.World, w.Live)); n != 5 {
			t.Errorf("%d texts, want 5", n)
		}

		say("smsc", "mo-3", "STOP")
		say("smsc", "mo-4", "START")
		say("smsc", "mo-3", "STOP")
		if !optedOut(t, w.World, phoneA) {
			t.Error("a STOP with the id of an earlier message was ignored")
		}
	})
}

// The oldest texts beyond the bound are removed, of one account and mode.
func TestInbound_Bound(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		phones := inbound.New(w.Dispatcher, w.OptOuts)
		phones.SetBound(5)
		w.Dispatcher.Sink.Inbound = phones.Receive
		theirs := second(t, w.World)
		other := testworld.Number(9)
		send(t, w.World, testworld.To(phoneA))
		send(t, theirs, testworld.To(other))
		says(t, w.World, other, "smsc", "theirs")
		for i := range 8 {
			w.Clock.Add(time.Second)
			says(t, w.World, phoneA, "smsc", fmt.Sprint(i))
		}
		if got := textsOf(received(t, w.World, w.Live)); !slices.Equal(got, []string{"7", "6", "5", "4", "3"}) {
			t.Errorf("kept %q", got)
		}
		if got := textsOf(received(t, theirs, theirs.Live)); len(got) != 1 {
			t.Errorf("the other account has %q", got)
		}
	})
}

// Texts are kept for seven days of real time, in the sandbox as well.
func TestInbound_Age(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	made, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{URL: "https://example.com"}, nil)
	if err != nil {
		t.Fatal(err)
	}

	send(t, w.World, testworld.To(phoneA))
	says(t, w.World, phoneA, "smsc", "live")
	w.Receiver.Wait(t, 2)
	w.Hooks.Settle()
	if _, _, err := w.Advance(t.Context(), w.Test, 48*time.Hour); err != nil {
		t.Fatal(err)
	}

	answerHello(t, w.World)
	for _, c := range []struct {
		pass time.Duration
		want int
	}{{7*24*time.Hour - time.Minute, 1}, {2 * time.Minute, 0}} {
		w.Clock.Add(c.pass)
		w.Do(t, w.Janitor.RemoveExpired)
		live, test := len(received(t, w.World, w.Live)), len(received(t, w.World, w.Test))
		if live != c.want || test != c.want {
			t.Errorf("after %v more: %d live, %d of the sandbox, want %d", c.pass, live, test, c.want)
		}
		// The event has the text, and is removed with it. The events of the send stay.
		if events, deliveries := eventsOf(t, w.World, made.ID); events != 1+c.want || deliveries != 1+c.want {
			t.Errorf("after %v more: %d events, %d deliveries, want %d", c.pass, events, deliveries, 1+c.want)
		}
	}
}

// eventsOf counts the account's live events, and their deliveries to an endpoint.
func eventsOf(t *testing.T, w *testworld.World, endpoint id.Webhook) (events, deliveries int) {
	t.Helper()
	err := w.Dispatcher.Config.Store.View(t.Context(), func(v store.Reader) error {
		list, err := v.Events(w.Account, id.Live, id.Event{}, id.Event{}, true, 100)
		if err != nil {
			return err
		}
		sent, err := v.Deliveries(w.Account, webhook.Target(endpoint), id.Event{}, 100)
		events, deliveries = len(list), len(sent)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return events, deliveries
}

// answerHello makes the sandbox's phone answer "Hello".
func answerHello(t *testing.T, w *testworld.World) {
	t.Helper()
	request := engine.SMSRequest{To: "+15005550021", From: "Acme", Body: "x"}
	if _, _, err := w.SendSMS(t.Context(), w.Test, request, nil); err != nil {
		t.Fatal(err)
	}
}

func TestInbound_Sandbox(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	if _, _, err := w.Advance(t.Context(), w.Test, time.Hour); err != nil {
		t.Fatal(err)
	}

	answerHello(t, w.World)
	list := received(t, w.World, w.Test)
	if len(list) != 1 || list[0].Text != "Hello" || list[0].From.E164() != "+15005550021" ||
		list[0].To != "Acme" || list[0].Carrier != "sandbox" ||
		!list[0].At.Equal(w.Clock.Now().Add(time.Hour)) || list[0].Mode != id.Test {
		t.Errorf("received %+v", list)
	}
	if n := len(received(t, w.World, w.Live)); n != 0 {
		t.Errorf("%d live texts", n)
	}

	events, err := w.Hooks.FindEvents(t.Context(), w.Test, hooks.EventSearch{Limit: 10})
	isReply := func(e hooks.Event) bool {
		return e.Type == webhook.MessageReceived && strings.Contains(string(e.Body), `"body":"Hello"`)
	}
	if err != nil || !slices.ContainsFunc(events.Rows, isReply) {
		t.Errorf("none of %d events is for the text, %v", len(events.Rows), err)
	}
}

// A reference to an account that does not exist matches nothing.
func TestInbound_UnknownAccount(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	now := w.Clock.Now()
	ref := id.NewMessage(now).String() + "-" + strings.TrimPrefix(id.NewAccount(now).String(), "acct_") + "-0"
	for _, body := range []string{"Hello", "STOP"} {
		in := carrier.Inbound{Carrier: "smsc", From: phoneA, Ref: ref, Body: secret.NewString(body)}
		matched, err := w.Inbound(t.Context(), in)
		if matched || err != nil {
			t.Errorf("%s: matched %v, %v", body, matched, err)
		}
	}
}
