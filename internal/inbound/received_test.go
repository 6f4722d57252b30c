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
		t.Fatalf("list: %v, rest from %x", err, next)
	}
	return out
}

func textsOf(list []query.Inbound) (out []string) {
	for _, i := range list {
		out = append(out, i.Text)
	}
	return out
}

func TestReceived_Text(t *testing.T) {
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
		if got.Text != "Is my parcel\non its <way>?" || got.From.E164() != phoneA || got.To != "+32460000001" || got.Carrier != "smsc" ||
			got.Channel.String() != "sms" || !got.At.Equal(w.Clock.Now()) || !strings.HasPrefix(got.ID.String(), "inb_") {
			t.Errorf("stored %+v", got)
		}
		if n := len(received(t, w.World, w.Test)) + len(received(t, theirs, theirs.Live)); n != 0 {
			t.Errorf("%d texts are seen by others", n)
		}

		w.Receiver.Wait(t, 1)
		w.Hooks.Settle()
		event := w.Receiver.Got(webhook.MessageReceived)
		want := `{"event":"message.received","inbound_id":"` + got.ID.String() + `","channel":"sms","from":"` + phoneA +
			`","to":"+32460000001","body":"Is my parcel\non its <way>?","received_at":"2026-04-25T15:28:00Z"}`
		if len(event) != 1 || event[0].Body != want {
			t.Errorf("told %d times: %s", len(event), event[0].Body)
		}
	})
}

// TestReceived_NoDestination: what a carrier does not say is empty in the event, as it is in the list, and not missing.
func TestReceived_NoDestination(t *testing.T) {
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
		t.Errorf("told %+v", event)
	}
}

// TestReceived_Keywords: what opts out or in is not received; what does not is.
func TestReceived_Keywords(t *testing.T) {
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
		t.Errorf("received %q, want %q", got, want)
	}
	if optedOut(t, w.World, phoneA) {
		t.Error("yes did not opt in")
	}

	// Help is answered as well.
	w.Sweep(t)
	if !slices.ContainsFunc(w.SMS.Sent(), func(m carrier.Message) bool { return strings.Contains(m.Body.Reveal(), "reply STOP to get no more") }) {
		t.Error("HELP was not answered")
	}
}

// TestReceived_NoAccount is logged, without the text and with the number masked, and dropped.
func TestReceived_NoAccount(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newTrio(t, testworld.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	send(t, w.World, testworld.To(phoneA))
	for _, in := range []carrier.Inbound{
		{Carrier: "wa", From: phoneA}, {Carrier: "smsc", From: testworld.Number(7)}, {Carrier: "nobody", From: phoneA},
	} {
		log.Reset()
		in.Body = secret.NewString("a private word")
		matched, err := w.Inbound(t.Context(), in)
		if matched || err != nil {
			t.Errorf("%s: matched %v, %v", in.Carrier, matched, err)
		}
		if s := log.String(); !strings.Contains(s, "no account has sent") || strings.Contains(s, "private") || strings.Contains(s, in.From) {
			t.Errorf("%s: logged %s", in.Carrier, s)
		}
	}
	if list := received(t, w.World, w.Live); len(list) != 0 {
		t.Errorf("stored %v", textsOf(list))
	}
}

// TestReceived_Repeat: a text that a carrier sends again under its id is taken once; STOP counts each time.
func TestReceived_Repeat(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		send(t, w.World, testworld.To(phoneA))
		say := func(over, ref, body string) {
			t.Helper()
			matched, err := w.Inbound(t.Context(), carrier.Inbound{Carrier: over, ID: ref, From: phoneA, Body: secret.NewString(body)})
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
			t.Error("a STOP was missed because its id had been seen")
		}
	})
}

// TestReceived_Bound: the oldest go, of this account and mode alone.
func TestReceived_Bound(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		phones := inbound.New(w.Dispatcher, w.OptOuts)
		phones.SetBound(5)
		w.Dispatcher.Sink.Inbound = phones.Take
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
			t.Errorf("of the other account %q are left", got)
		}
	})
}

// TestReceived_Age: seven days by the real clock, whatever the sandbox's says.
func TestReceived_Age(t *testing.T) {
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

	replies(t, w.World)
	for _, c := range []struct {
		pass time.Duration
		want int
	}{{7*24*time.Hour - time.Minute, 1}, {2 * time.Minute, 0}} {
		w.Clock.Add(c.pass)
		w.Do(t, w.Janitor.RemoveExpired)
		if live, test := len(received(t, w.World, w.Live)), len(received(t, w.World, w.Test)); live != c.want || test != c.want {
			t.Errorf("after %v more: %d live, %d of the sandbox, want %d", c.pass, live, test, c.want)
		}
		// The text is in the event, too; what was told of the send stays.
		if events, deliveries := told(t, w.World, made.ID); events != 1+c.want || deliveries != 1+c.want {
			t.Errorf("after %v more: %d events, %d deliveries, want %d", c.pass, events, deliveries, 1+c.want)
		}
	}
}

// told counts the live account's events, and what an endpoint was sent of them.
func told(t *testing.T, w *testworld.World, endpoint id.Webhook) (events, deliveries int) {
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

// replies lets the sandbox's phone reply "Hello".
func replies(t *testing.T, w *testworld.World) {
	t.Helper()
	if _, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: "+15005550021", From: "Acme", Body: "x"}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestReceived_Sandbox(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	if _, _, err := w.Advance(t.Context(), w.Test, time.Hour); err != nil {
		t.Fatal(err)
	}

	replies(t, w.World)
	list := received(t, w.World, w.Test)
	if len(list) != 1 || list[0].Text != "Hello" || list[0].From.E164() != "+15005550021" || list[0].To != "Acme" || list[0].Carrier != "sandbox" ||
		!list[0].At.Equal(w.Clock.Now().Add(time.Hour)) || list[0].Mode != id.Test {
		t.Errorf("received %+v", list)
	}
	if n := len(received(t, w.World, w.Live)); n != 0 {
		t.Errorf("%d live texts", n)
	}

	events, err := w.Hooks.Events(t.Context(), w.Test, nil, id.Event{}, 10)
	isReply := func(e hooks.Event) bool {
		return e.Type == webhook.MessageReceived && strings.Contains(string(e.Body), `"body":"Hello"`)
	}
	if err != nil || !slices.ContainsFunc(events, isReply) {
		t.Errorf("none of %d events is the reply, %v", len(events), err)
	}
}

// TestReceived_ForgottenAccount: a reference to an account that is not there makes no rows.
func TestReceived_ForgottenAccount(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	ref := id.NewMessage(w.Clock.Now()).String() + "-" + strings.TrimPrefix(id.NewAccount(w.Clock.Now()).String(), "acct_") + "-0"
	for _, body := range []string{"Hello", "STOP"} {
		matched, err := w.Inbound(t.Context(), carrier.Inbound{Carrier: "smsc", From: phoneA, Ref: ref, Body: secret.NewString(body)})
		if matched || err != nil {
			t.Errorf("%s: matched %v, %v", body, matched, err)
		}
	}
}

// TestReceived_Filters: from any form of the sender, to, and times.
func TestReceived_Filters(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		const mobile, plain = "+5491123456789", "+541123456789"
		send(t, w.World, testworld.To(phoneA))
		send(t, w.World, testworld.To(mobile))
		begun := w.Clock.Now()
		for i, in := range []carrier.Inbound{
			{From: phoneA, To: "Acme"}, {From: plain, To: "8080"}, {From: mobile, To: "32460000001"}, {From: phoneA, To: "8080"},
		} {
			w.Clock.Add(time.Minute)
			in.Carrier, in.Body = "smsc", secret.NewString(fmt.Sprint(i))
			if _, err := w.Inbound(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}

		for _, c := range []struct {
			name   string
			filter query.InboundFilter
			want   []string
		}{
			{"all", query.InboundFilter{}, []string{"3", "2", "1", "0"}},
			{"from", query.InboundFilter{From: phoneA}, []string{"3", "0"}},
			{"from the other form", query.InboundFilter{From: plain}, []string{"2", "1"}},
			{"to", query.InboundFilter{To: "8080"}, []string{"3", "1"}},
			{"to a number", query.InboundFilter{To: "+32460000001"}, []string{"2"}},
			{"since", query.InboundFilter{Since: begun.Add(2 * time.Minute)}, []string{"3", "2", "1"}},
			{"before", query.InboundFilter{Before: begun.Add(2 * time.Minute)}, []string{"0"}},
			{"all together", query.InboundFilter{From: phoneA, To: "8080", Since: begun, Before: begun.Add(time.Hour)}, []string{"3"}},
		} {
			list, next, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, c.filter, [16]byte{}, 100)
			if got := textsOf(list); err != nil || next != ([16]byte{}) || !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
			}
		}
		// Both forms are shown as the number that the account wrote to.
		if list, _, _ := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, query.InboundFilter{From: plain}, [16]byte{}, 1); list[0].From.E164() != mobile {
			t.Errorf("from %s", list[0].From.E164())
		}
	})
}

// TestReceived_LongPages end before they are too large, and lose nothing.
func TestReceived_LongPages(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	send(t, w.World, testworld.To(phoneA))
	for range 30 {
		w.Clock.Add(time.Second)
		says(t, w.World, phoneA, "smsc", strings.Repeat("x", 60_000))
	}

	total, pages := 0, 0
	for below := ([16]byte{}); ; pages++ {
		list, next, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, query.InboundFilter{}, below, 100)
		if err != nil || len(list) == 0 || len(list) > 12 {
			t.Fatalf("a page of %d, %v", len(list), err)
		}

		total += len(list)
		if below = next; next == ([16]byte{}) {
			break
		}
	}
	if total != 30 || pages < 2 {
		t.Errorf("%d texts in %d pages", total, pages)
	}
}
