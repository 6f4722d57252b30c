package carriertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// silence is the deadline of a submit that nobody answers, and patience how long a case waits for what must come.
const (
	silence  = 500 * time.Millisecond
	patience = 20 * time.Second
)

// bench is one case: the peer, and a sink that records and can be told to fail.
type bench struct {
	t        *testing.T
	peer     Peer
	count    atomic.Uint32
	failing  atomic.Bool
	receipts chan carrier.Receipt
	inbounds chan carrier.Inbound
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, receipts: make(chan carrier.Receipt, 64), inbounds: make(chan carrier.Inbound, 64)}
}

var errNotStored = errors.New("the test's sink stores nothing now")

func (b *bench) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
			if b.failing.Load() {
				return false, errNotStored
			}
			b.receipts <- r
			return true, nil
		},
		Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			if b.failing.Load() {
				return false, errNotStored
			}
			b.inbounds <- m
			return true, nil
		},
	}
}

// message makes a message to a number of its own, by which the fake's submits are told apart.
func (b *bench) message() carrier.Message {
	n := b.count.Add(1)
	return carrier.Message{
		Ref:      fmt.Sprintf("msg_%022d_0", n),
		Channel:  b.peer.Carrier.Channels()[0],
		To:       phone.Number(fmt.Sprintf("+32470%06d", n)),
		Body:     secretText("735190 is your code"),
		Code:     secretText("735190"),
		Locale:   "en",
		Validity: 5 * time.Minute,
	}
}

func secretText(s string) secret.String { return secret.NewString(s) }

// answered sends once, with time to spare, and checks what is true of every result.
func (b *bench) answered(m carrier.Message) carrier.Result {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	return b.sound(b.peer.Carrier.Send(ctx, m))
}

// accepted sends as the engine does, again after each Retry, until the carrier accepts.
func (b *bench) accepted(m carrier.Message) carrier.Result {
	b.t.Helper()
	var got carrier.Result
	b.eventually("accepted", func() bool {
		got = b.answered(m)
		if got.Outcome != carrier.Accepted && got.Outcome != carrier.Retry {
			b.t.Fatalf("got %+v, want accepted", got)
		}
		return got.Outcome == carrier.Accepted
	})

	return got
}

// sendUntilReceived sends and takes the context away as soon as the other side has the submit.
func (b *bench) sendUntilReceived(m carrier.Message) carrier.Result {
	b.t.Helper()
	for {
		ctx, cancel := context.WithCancel(b.t.Context())
		done := make(chan carrier.Result, 1)
		go func() { done <- b.peer.Carrier.Send(ctx, m) }()
		var got carrier.Result
		answered := false
		b.eventually("received", func() bool {
			select {
			case got = <-done:
				answered = true
			default:
			}
			return answered || len(b.received(m)) > 0
		})

		cancel()
		if !answered {
			got = <-done
		}
		if b.sound(got).Outcome != carrier.Retry || len(b.received(m)) > 0 {
			return got
		}
	}
}

func (b *bench) sound(r carrier.Result) carrier.Result {
	b.t.Helper()
	if len(r.CarrierCode) > 64 || strings.Contains(r.CarrierCode, "735190") {
		b.t.Errorf("code %q is longer than 64 characters or holds the message", r.CarrierCode)
	}
	if r.Outcome == carrier.Accepted {
		return r
	}
	if !slices.Contains(message.Reasons, r.Reason) {
		b.t.Errorf("%v with reason %q, which is not on the closed list", r.Outcome, r.Reason)
	}
	if len(r.IDs) > 0 {
		b.t.Errorf("%v with ids %q", r.Outcome, r.IDs)
	}

	return r
}

func (b *bench) isUnknown(r carrier.Result) {
	b.t.Helper()
	if b.sound(r).Outcome != carrier.Unknown {
		b.t.Errorf("got %+v, want unknown", r)
	}
}

// received lists the fake's submits to m's number.
func (b *bench) received(m carrier.Message) []Submit {
	var out []Submit
	for _, s := range b.peer.Submitted() {
		if s.To == m.To.E164() {
			out = append(out, s)
		}
	}
	return out
}

// only returns the one submit that the fake received for m.
func (b *bench) only(m carrier.Message) Submit {
	b.t.Helper()
	got := b.received(m)
	if len(got) != 1 {
		b.t.Fatalf("the other side received %s %d times, want once", m.Ref, len(got))
	}
	return got[0]
}

func (b *bench) sameIDs(r carrier.Result, s Submit) {
	b.t.Helper()
	if len(r.IDs) != 1 || r.IDs[0] != s.ID {
		b.t.Errorf("ids %q, but the other side gave %q", r.IDs, s.ID)
	}
}

// eventually polls, because a carrier may need to connect again first.
func (b *bench) eventually(what string, done func() bool) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for !done() {
		if time.Now().After(deadline) {
			b.t.Fatalf("still not %s after %v", what, patience)
		}
		time.Sleep(time.Millisecond)
	}
}

func (b *bench) receipt() carrier.Receipt {
	b.t.Helper()
	select {
	case r := <-b.receipts:
		if r.Carrier != b.peer.Carrier.Name() {
			b.t.Errorf("receipt of carrier %q, want %q", r.Carrier, b.peer.Carrier.Name())
		}
		return r
	case <-time.After(patience):
		b.t.Fatal("no receipt reached the sink")
		return carrier.Receipt{}
	}
}
