// Package carriertest owns the suite that every carrier passes, and a fake HTTP gateway to pass it against.
//
// It must not know any protocol: a carrier's own test starts a fake that listens on a real socket and wraps it in a
// Peer. Its one hard idea is that the suite judges by what the other side saw: a submit that may have left must end as
// Unknown and must not be repeated by the carrier itself, because only the engine knows what a second code costs.
package carriertest

import (
	"context"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// Behaviour is how the fake answers one submit.
type Behaviour uint8

// What a fake can play.
const (
	// Accept answers with a new id.
	Accept Behaviour = iota
	// RejectNumber refuses the number for good; the carrier's answer is Rejected with invalid_destination.
	RejectNumber
	// Throttle says "too many now".
	Throttle
	// Slow accepts, but answers only after Peer.Release.
	Slow
	// Silent takes the submit and never answers; the link stays up.
	Silent
	// Reset takes the submit and cuts the link without an answer.
	Reset
	// Garbage answers with bytes that are no answer of the protocol. It may cut the link afterwards.
	Garbage
	// ReceiptFirst sends a Delivered receipt, waits until it is acknowledged, and only then accepts.
	ReceiptFirst
)

// Submit is one submit as the fake received it.
type Submit struct {
	ID   string // the id that the fake gave; empty when it gave none
	Ref  string // our reference, where the protocol carries it
	To   string // E.164 with "+", whatever the wire had
	From string
	Body string
}

// Peer is a carrier that runs, and the hands on the fake at its other end. A nil func is something that this carrier
// cannot do; the cases that need it are skipped.
type Peer struct {
	Carrier carrier.Carrier
	// From is the sender that the carrier is configured with.
	From string
	// Script sets how the fake answers the next submits, one behaviour each; after the last one it accepts.
	Script func(...Behaviour)
	// Release lets every answer go that Slow holds back, now and later.
	Release func()
	// Submitted lists what the fake received so far, in order of arrival.
	Submitted func() []Submit
	// Receipt sends one receipt for the id that the fake gave, and returns nil when the carrier acknowledged it.
	Receipt func(id string, status carrier.Status) error
	// Inbound sends one message from a phone, and returns nil when the carrier acknowledged it.
	Inbound func(from, to, body string) error
	// Stop takes the fake down: links are closed and connections refused.
	Stop func()
}

// Run holds a carrier to the contract. start is called once for each case; it starts a fake and the carrier (a Runner
// runs until the test ends), gives it the sink, and undoes all of it by t.Cleanup.
func Run(t *testing.T, start func(t *testing.T, sink carrier.Sink) Peer) {
	t.Helper()
	for _, c := range []struct {
		name  string
		needs func(Peer) bool
		check func(*bench)
	}{
		{"describes itself", nil, describes},
		{"accepts", nil, accepts},
		{"sends text and sender unchanged", nil, carriesText},
		{"sends in parallel", nil, sendsInParallel},
		{"rejects a number", scripted, rejectsNumber},
		{"throttled, then accepted", scripted, outlastsThrottling},
		{"slow answer is unknown and disturbs nothing", canRelease, slowIsUnknown},
		{"silence is unknown at the deadline", scripted, silenceIsUnknown},
		{"reset is unknown", scripted, func(b *bench) { b.brokenIsUnknown(Reset) }},
		{"garbage is unknown", scripted, func(b *bench) { b.brokenIsUnknown(Garbage) }},
		{"a context that is done sends nothing twice", nil, doneContext},
		{"a peer that is down means retry", canStop, downMeansRetry},
		{"receipts in any order and twice", canReceipt, receiptsAnyOrder},
		{"receipt before the answer", scripted, receiptBeforeAnswer},
		{"receipt that was not stored is not acknowledged", canReceipt, receiptNotStored},
		{"inbound", canInbound, inbound},
		{"inbound that was not stored is not acknowledged", canInbound, inboundNotStored},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.peer = start(t, b.sink())
			if c.needs != nil && !c.needs(b.peer) {
				t.Skip("this carrier's fake cannot play it")
			}
			c.check(b)
		})
	}
}

func scripted(p Peer) bool   { return p.Script != nil }
func canRelease(p Peer) bool { return p.Script != nil && p.Release != nil }
func canStop(p Peer) bool    { return p.Stop != nil }
func canReceipt(p Peer) bool { return p.Receipt != nil && p.Carrier.Receipts() }
func canInbound(p Peer) bool { return p.Inbound != nil }

func describes(b *bench) {
	if b.peer.Carrier.Name() == "" || len(b.peer.Carrier.Channels()) == 0 {
		b.t.Errorf("name %q, channels %v: both must be there", b.peer.Carrier.Name(), b.peer.Carrier.Channels())
	}
	for _, c := range b.peer.Carrier.Channels() {
		if c.String() == "" {
			b.t.Errorf("channel %d is not a published one", c)
		}
	}
}

func accepts(b *bench) {
	m := b.message()
	b.sameIDs(b.accepted(m), b.only(m))
}

func carriesText(b *bench) {
	for _, body := range []string{"123456 is your code", "Ваш код 123456 😀", "€ {[~]} \\ 123456"} {
		for _, from := range []string{"", "Other"} {
			m := b.message()
			m.Body, m.From = secretText(body), from
			b.accepted(m)
			want := from
			if want == "" {
				want = b.peer.From
			}
			if got := b.only(m); got.Body != body || got.From != want {
				b.t.Errorf("the other side read body %q from %q, want %q from %q", got.Body, got.From, body, want)
			}
		}
	}
}

func sendsInParallel(b *bench) {
	b.accepted(b.message())
	const n = 64
	results := make([]carrier.Result, n)
	var all sync.WaitGroup
	for i := range n {
		m := b.message()
		all.Go(func() {
			ctx, cancel := context.WithTimeout(b.t.Context(), patience)
			defer cancel()
			for results[i] = b.peer.Carrier.Send(ctx, m); results[i].Outcome == carrier.Retry && ctx.Err() == nil; {
				results[i] = b.peer.Carrier.Send(ctx, m)
			}
		})
	}

	all.Wait()
	ids := map[string]bool{}
	for _, r := range results {
		if b.sound(r).Outcome != carrier.Accepted || len(r.IDs) != 1 {
			b.t.Fatalf("got %+v, want accepted with one id", r)
		}
		ids[r.IDs[0]] = true
	}
	if got := len(b.peer.Submitted()); len(ids) != n || got != n+1 {
		b.t.Errorf("%d ids and %d submits for %d messages", len(ids), got, n+1)
	}
}

func rejectsNumber(b *bench) {
	b.peer.Script(RejectNumber)
	m := b.message()
	if got := b.answered(m); got.Outcome != carrier.Rejected || got.Reason != message.InvalidDestination || got.CarrierCode == "" {
		b.t.Errorf("got %+v, want rejected, invalid_destination and the carrier's code", got)
	}
	b.only(m)
	b.accepted(b.message())
}

func outlastsThrottling(b *bench) {
	b.peer.Script(Throttle, Throttle)
	m := b.message()
	b.sameIDs(b.accepted(m), b.received(m)[len(b.received(m))-1])
}

func slowIsUnknown(b *bench) {
	b.peer.Script(Slow)
	m := b.message()
	b.isUnknown(b.sendUntilReceived(m))
	b.peer.Release()
	b.only(m)
	next := b.message()
	b.sameIDs(b.accepted(next), b.only(next))
}

func silenceIsUnknown(b *bench) {
	b.accepted(b.message())
	b.peer.Script(Silent)
	m := b.message()
	ctx, cancel := context.WithTimeout(b.t.Context(), silence)
	defer cancel()
	got := b.peer.Carrier.Send(ctx, m)
	if ctx.Err() == nil {
		b.t.Error("gave up before the deadline")
	}

	b.isUnknown(got)
	b.only(m)
	next := b.message()
	b.sameIDs(b.accepted(next), b.only(next))
}

// brokenIsUnknown breaks a link that was good before, since that is where a client library would repeat the submit.
func (b *bench) brokenIsUnknown(how Behaviour) {
	b.accepted(b.message())
	b.peer.Script(how)
	m := b.message()
	b.isUnknown(b.answered(m))
	b.only(m)
	next := b.message()
	b.sameIDs(b.accepted(next), b.only(next))
}

func doneContext(b *bench) {
	b.accepted(b.message())
	ctx, cancel := context.WithCancel(b.t.Context())
	cancel()
	m := b.message()
	if got := b.peer.Carrier.Send(ctx, m); got.Outcome != carrier.Retry && got.Outcome != carrier.Unknown {
		b.t.Errorf("got %v, want retry or unknown", got.Outcome)
	}
	if n := len(b.received(m)); n > 1 {
		b.t.Errorf("the other side received it %d times", n)
	}
}

func downMeansRetry(b *bench) {
	b.accepted(b.message())
	b.peer.Stop()
	b.eventually("retry", func() bool {
		got := b.answered(b.message())
		if got.Outcome == carrier.Accepted || got.Outcome == carrier.Rejected {
			b.t.Fatalf("got %v from a peer that is down", got.Outcome)
		}
		return got.Outcome == carrier.Retry
	})
}
