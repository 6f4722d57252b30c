package inbound_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
	"github.com/syssecure/syssecure/internal/webhook"
)

const person = "whatsapp:US.13491208655302741918"

// writes makes a person without a visible number write over WhatsApp.
func writes(t *testing.T, w *testworld.World, text string) (matched bool) {
	t.Helper()
	matched, err := w.Inbound(t.Context(), carrier.Inbound{
		Carrier: "wa", From: person, To: "32460000001", Body: secret.NewString(text),
	})
	if err != nil {
		t.Fatal(err)
	}
	return matched
}

// got makes the carrier report that the person got a code.
func got(t *testing.T, w *testworld.World, s engine.OTPSent, status carrier.Status) {
	t.Helper()
	_, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{
		Carrier: "wa", Ref: dispatch.RefOf(testworld.MessageOf(t, w, s), 0), Status: status, User: person,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A person's number is that of the message that the person got.
func TestUser_Known(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		theirs := second(t, w.World)
		got(t, theirs, send(t, theirs, testworld.To(testworld.Number(7), message.WhatsApp)), carrier.Delivered)
		pass(t, w.World, time.Minute)
		s := send(t, w.World, testworld.To(phoneA, message.WhatsApp))
		got(t, w.World, s, carrier.Delivered)
		got(t, w.World, s, carrier.Read)

		if !writes(t, w.World, "Hello") {
			t.Error("a text was dropped")
		}
		list, _, err := w.Dispatcher.Query.ListInbound(t.Context(), w.Live, query.InboundFilter{}, [16]byte{}, 10)
		if err != nil || len(list) != 1 || list[0].From.E164() != phoneA {
			t.Errorf("received %+v, %v", list, err)
		}

		if writes(t, w.World, "STOP"); !optedOut(t, w.World, phoneA) || optedOut(t, theirs, testworld.Number(7)) {
			t.Error("STOP must opt out the number of the last message, and no other")
		}
		if optedOut(t, w.World, person) {
			t.Error("the person's id is opted out beside the number")
		}
		if writes(t, w.World, "START"); optedOut(t, w.World, phoneA) {
			t.Error("START did not opt in")
		}
	})
}

// An opt-out of a person whose number is not known is kept under the id in every account, until the number is known.
func TestUser_Unknown(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newTrio(t, testworld.Options{Backend: b})
		theirs := second(t, w.World)
		if writes(t, w.World, "Hello") {
			t.Error("a text without an account was matched")
		}
		if writes(t, w.World, "STOP"); !optedOut(t, w.World, person) || !optedOut(t, theirs, person) {
			t.Error("the opt-out was not stored under the id")
		}
		list := func() (out []string) {
			rows, _, err := w.OptOuts.List(t.Context(), w.Live, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				out = append(out, r.Number.E164()+" "+r.Source+" "+r.Keyword)
			}
			return out
		}
		if got := list(); !slices.Equal(got, []string{person + " keyword STOP"}) {
			t.Errorf("listed %q", got)
		}

		got(t, w.World, send(t, w.World, testworld.To(phoneA, message.WhatsApp)), carrier.Delivered)
		if got := list(); !slices.Equal(got, []string{phoneA + " keyword STOP"}) {
			t.Errorf("listed %q after the number was known", got)
		}
		if !optedOut(t, theirs, person) {
			t.Error("the other account has lost the opt-out")
		}
		if _, err := theirs.OptOuts.Remove(t.Context(), theirs.Live, person); err != nil || optedOut(t, theirs, person) {
			t.Errorf("the opt-out of an id cannot be removed: %v", err)
		}
		if writes(t, w.World, "START"); optedOut(t, w.World, phoneA) {
			t.Error("START did not opt in")
		}
	})
}

// The number of a person may change, and an opt-out that a number has already is not replaced.
func TestUser_Changes(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	other := testworld.Number(7)
	got(t, w.World, send(t, w.World, testworld.To(phoneA, message.WhatsApp)), carrier.Delivered)
	pass(t, w.World, time.Minute)
	got(t, w.World, send(t, w.World, testworld.To(other, message.WhatsApp)), carrier.Failed)
	if writes(t, w.World, "STOP"); !optedOut(t, w.World, other) || optedOut(t, w.World, phoneA) {
		t.Error("STOP must opt out the newer number")
	}

	row := w.Contact(t, id.Live, person)
	if n, err := w.Dispatcher.PhoneOf(row); err != nil || n != phone.Number(other) {
		t.Errorf("the person has %q, %v", n, err)
	}
}

// The customer learns of an opt-out under the id, and of the number's once that is known.
func TestUser_Events(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, hooks.NewEndpoint{
		URL: "https://example.com", Events: []webhook.Type{webhook.ContactOptedOut},
	}, nil); err != nil {
		t.Fatal(err)
	}

	writes(t, w.World, "Stop!")
	got(t, w.World, send(t, w.World, testworld.To(phoneA, message.WhatsApp)), carrier.Delivered)
	w.Receiver.Wait(t, 2)
	w.Hooks.Settle()
	for i, want := range []string{person, phoneA} {
		body := w.Receiver.Got(webhook.ContactOptedOut)[i].Body
		if !strings.Contains(body, `"to":"`+want+`"`) || !strings.Contains(body, `"channel":"whatsapp"`) ||
			!strings.Contains(body, `"keyword":"STOP"`) {
			t.Errorf("event %d is %s, want one of %s", i, body, want)
		}
	}
}
