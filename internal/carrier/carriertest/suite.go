// Package carriertest holds the suite that every carrier passes, and a fake HTTP gateway.
//
// The suite knows no protocol: the test of a carrier starts a fake that listens on a real socket and wraps it in a
// Peer. It compares results with what the fake received: a submit that may have been sent must end as Unknown, and the
// carrier must not repeat it, because only the dispatcher may decide on a copy.
package carriertest

import (
	"cmp"
	"context"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// Behaviour is how the fake answers one submit.
type Behaviour uint8

// The behaviours of a fake.
const (
	// Accept answers with a new id.
	Accept Behaviour = iota
	// RejectNumber rejects the number for good; the carrier's result is Rejected with Peer.Rejects.
	RejectNumber
	// Throttle answers that there are too many submits.
	Throttle
	// Slow accepts, but answers only after Peer.Release.
	Slow
	// Silent reads the submit and never answers; the link stays up.
	Silent
	// Reset reads the submit and cuts the link without an answer.
	Reset
	// Garbage answers with bytes that are not an answer of the protocol. It may cut the link afterwards.
	Garbage
	// ReceiptFirst sends a Delivered receipt, waits until it is acknowledged, and only then accepts.
	ReceiptFirst
	// Drip answers a byte each second.
	Drip
	// Endless answers with a body that has no end.
	Endless
	// EndlessHead answers with a head that has no end.
	EndlessHead
)

// lastCommon is the last behaviour that every scripted fake has.
const lastCommon = ReceiptFirst

func (b Behaviour) String() string {
	return [...]string{
		"accepts", "rejects the number", "throttles", "is slow", "hangs", "resets", "answers garbage", "reports first",
		"answers a byte a second", "answers without an end", "answers a head without an end",
	}[b]
}

// Submit is one submit as the fake received it.
type Submit struct {
	ID   string // the id that the fake gave; empty when it gave none
	Ref  string // our reference, where the protocol carries it
	To   string // E.164 with "+", whatever the wire had
	From string
	Body string
}

// Peer is a running carrier with the controls of the fake at its other end. A nil func is something that the carrier or
// its fake cannot do; the cases that need it are skipped.
type Peer struct {
	Carrier carrier.Carrier
	// From is the sender that the carrier is configured with.
	From string
	// CodeOnly: the other side writes the text and is the sender. It gets only the code, as Submit.Body.
	CodeOnly bool
	// Script sets how the fake answers the next submits, one behaviour each; after the last one it accepts.
	Script func(...Behaviour)
	// Release sends the answers that Slow holds back, now and later.
	Release func()
	// Submitted lists what the fake received so far, in order of arrival.
	Submitted func() []Submit
	// Receipt sends one receipt for the id that the fake gave, and returns nil when the carrier acknowledged it.
	Receipt func(id string, status carrier.Status) error
	// Inbound sends one message from a phone, and returns nil when the carrier acknowledged it.
	Inbound func(from, to, body string) error
	// NoIDs is set when answers have no ids: receipts name our reference.
	NoIDs bool
	// Rejects is the reason of RejectNumber; empty = invalid_destination.
	Rejects message.Reason
	// Streams is set when the fake has the behaviours after ReceiptFirst. Streamed is how many bytes without an end it
	// wrote.
	Streams  bool
	Streamed func() int64
	// Stall begins so many callbacks whose bodies never come.
	Stall func(n int)
	// Stop stops the fake: links are closed and connections refused.
	Stop func()
}

// Run checks a carrier against the contract. start is called once for each case: it starts a fake and the carrier (a
// Runner runs until the test ends), passes the sink to it, and stops both by t.Cleanup.
func Run(t *testing.T, start func(t *testing.T, sink carrier.Sink) Peer) {
	t.Helper()
	runIsolation(t, start)
	for _, c := range []struct {
		name  string
		needs func(Peer) bool
		check func(*harness)
	}{
		{name: "describes itself", check: describes},
		{name: "accepts", check: accepts},
		{name: "sends text and sender unchanged", check: carriesText},
		{name: "sends in parallel", check: sendsInParallel},
		{name: "rejects a number", needs: scripted, check: rejectsNumber},
		{name: "throttled, then accepted", needs: scripted, check: acceptsAfterThrottling},
		{name: "slow answer is unknown and delays no other", needs: canRelease, check: slowIsUnknown},
		{name: "silence is unknown at the deadline", needs: scripted, check: silenceIsUnknown},
		{name: "reset is unknown", needs: scripted, check: func(h *harness) { h.brokenIsUnknown(Reset) }},
		{name: "garbage is unknown", needs: scripted, check: func(h *harness) { h.brokenIsUnknown(Garbage) }},
		{name: "a canceled context sends nothing twice", check: canceledContext},
		{name: "a peer that is down means retry", needs: canStop, check: downMeansRetry},
		{name: "receipts in any order and twice", needs: canReceipt, check: receiptsAnyOrder},
		{name: "receipt before the answer", needs: scripted, check: receiptBeforeAnswer},
		{name: "receipt that was not stored is not acknowledged", needs: canReceipt, check: receiptNotStored},
		{name: "inbound", needs: canInbound, check: inbound},
		{name: "inbound that was not stored is not acknowledged", needs: canInbound, check: inboundNotStored},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			h.peer = start(t, h.sink())
			if c.needs != nil && !c.needs(h.peer) {
				t.Skip("this carrier or its fake cannot do it")
			}
			c.check(h)
		})
	}
}

func scripted(p Peer) bool   { return p.Script != nil }
func canRelease(p Peer) bool { return p.Script != nil && p.Release != nil }
func canStop(p Peer) bool    { return p.Stop != nil }
func canReceipt(p Peer) bool { return p.Receipt != nil && p.Carrier.Receipts() }
func canInbound(p Peer) bool { return p.Inbound != nil }

func describes(h *harness) {
	if h.peer.Carrier.Name() == "" || len(h.peer.Carrier.Channels()) == 0 {
		h.t.Errorf("name %q, channels %v: neither may be empty", h.peer.Carrier.Name(), h.peer.Carrier.Channels())
	}

	for _, c := range h.peer.Carrier.Channels() {
		if c.String() == "" {
			h.t.Errorf("channel %d is not a published one", c)
		}
	}
}

func accepts(h *harness) {
	m := h.message()
	h.sameIDs(h.accepted(m), h.only(m))
}

// carriesText: a call speaks its text, so the fake reports none, and only a number can be its sender.
func carriesText(h *harness) {
	calls, other := h.peer.Carrier.Channels()[0] == message.Voice, "Other"
	if calls {
		other = "+3221234568"
	}

	for _, body := range []string{"123456 is your code", "Ваш код 123456 😀", "€ {[~]} \\ 123456"} {
		for _, from := range []string{"", other} {
			m := h.message()
			m.Body, m.From = secretText(body), from
			h.accepted(m)
			want := from
			if want == "" {
				want = h.peer.From
			}
			if h.peer.CodeOnly {
				body, want = m.Code.Reveal(), ""
			}
			if calls {
				body = ""
			}
			if got := h.only(m); got.Body != body || got.From != want {
				h.t.Errorf("the other side read body %q from %q, want %q from %q", got.Body, got.From, body, want)
			}
		}
	}
}

func sendsInParallel(h *harness) {
	h.accepted(h.message())
	const n = 64
	results := make([]carrier.Result, n)
	var all sync.WaitGroup

	for i := range n {
		m := h.message()
		all.Go(func() {
			ctx, cancel := context.WithTimeout(h.t.Context(), caseTimeout)
			defer cancel()
			for results[i] = h.peer.Carrier.Send(ctx, m); results[i].Outcome == carrier.Retry && ctx.Err() == nil; {
				results[i] = h.peer.Carrier.Send(ctx, m)
			}
		})
	}

	all.Wait()
	ids := map[string]bool{}
	for _, r := range results {
		if h.checked(r).Outcome != carrier.Accepted || len(r.IDs) != h.idCount() {
			h.t.Fatalf("got %+v, want accepted with %d ids", r, h.idCount())
		}
		for _, id := range r.IDs {
			ids[id] = true
		}
	}
	if got := len(h.peer.Submitted()); len(ids) != n*h.idCount() || got != n+1 {
		h.t.Errorf("%d ids and %d submits for %d messages", len(ids), got, n+1)
	}
}

func rejectsNumber(h *harness) {
	h.peer.Script(RejectNumber)
	m := h.message()
	want := cmp.Or(h.peer.Rejects, message.InvalidDestination)
	if got := h.send(m); got.Outcome != carrier.Rejected || got.Reason != want || got.CarrierCode == "" {
		h.t.Errorf("got %+v, want rejected, %s and the carrier's code", got, want)
	}
	h.only(m)
	h.accepted(h.message())
}

func acceptsAfterThrottling(h *harness) {
	h.peer.Script(Throttle, Throttle)
	m := h.message()
	h.sameIDs(h.accepted(m), h.received(m)[len(h.received(m))-1])
}

func slowIsUnknown(h *harness) {
	h.peer.Script(Slow)
	m := h.message()
	h.isUnknown(h.sendUntilReceived(m))
	h.peer.Release()
	h.only(m)
	next := h.message()
	h.sameIDs(h.accepted(next), h.only(next))
}

func silenceIsUnknown(h *harness) {
	h.accepted(h.message())
	h.peer.Script(Silent)
	m := h.message()
	ctx, cancel := context.WithTimeout(h.t.Context(), sendDeadline)
	defer cancel()
	got := h.peer.Carrier.Send(ctx, m)
	if ctx.Err() == nil {
		h.t.Error("gave up before the deadline")
	}

	h.isUnknown(got)
	h.only(m)
	next := h.message()
	h.sameIDs(h.accepted(next), h.only(next))
}

// brokenIsUnknown breaks a link that has worked before, since there a client library might repeat the submit.
func (h *harness) brokenIsUnknown(how Behaviour) {
	h.accepted(h.message())
	h.peer.Script(how)
	m := h.message()
	h.isUnknown(h.send(m))
	h.only(m)
	next := h.message()
	h.sameIDs(h.accepted(next), h.only(next))
}

func canceledContext(h *harness) {
	h.accepted(h.message())
	ctx, cancel := context.WithCancel(h.t.Context())
	cancel()
	for range 10 { // a carrier that lets chance choose between the end and the answer accepts some
		m := h.message()
		if got := h.peer.Carrier.Send(ctx, m); got.Outcome != carrier.Retry && got.Outcome != carrier.Unknown {
			h.t.Errorf("got %v, want retry or unknown", got.Outcome)
		}
		if n := len(h.received(m)); n > 1 {
			h.t.Errorf("the other side received it %d times", n)
		}
	}
}

func downMeansRetry(h *harness) {
	h.accepted(h.message())
	h.peer.Stop()
	h.eventually("retry", func() bool {
		got := h.send(h.message())
		if got.Outcome == carrier.Accepted || got.Outcome == carrier.Rejected {
			h.t.Fatalf("got %v from a peer that is down", got.Outcome)
		}
		return got.Outcome == carrier.Retry
	})
}
