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

// sendDeadline is the deadline of a submit without an answer, caseTimeout the longest wait for everything else.
const (
	sendDeadline = 500 * time.Millisecond
	caseTimeout  = 20 * time.Second
)

// harness is one case: the peer, and a sink that records or, when failing is set, fails.
type harness struct {
	t        *testing.T
	peer     Peer
	count    atomic.Uint32
	failing  atomic.Bool
	receipts chan carrier.Receipt
	inbounds chan carrier.Inbound
}

func newHarness(t *testing.T) *harness {
	return &harness{t: t, receipts: make(chan carrier.Receipt, 256), inbounds: make(chan carrier.Inbound, 64)}
}

var errNotStored = errors.New("the sink of this test fails")

func (h *harness) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
			if h.failing.Load() {
				return false, errNotStored
			}
			h.receipts <- r
			return true, nil
		},
		Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) {
			if h.failing.Load() {
				return false, errNotStored
			}
			h.inbounds <- m
			return true, nil
		},
	}
}

// message makes a message to another number each time, which identifies the fake's submits.
func (h *harness) message() carrier.Message {
	n := h.count.Add(1)
	return carrier.Message{
		Ref:      fmt.Sprintf("msg_%022d_0", n),
		Channel:  h.peer.Carrier.Channels()[0],
		To:       phone.Number(fmt.Sprintf("+32470%06d", n)),
		Body:     secretText("735190 is your code"),
		Code:     secretText("735190"),
		Locale:   "en",
		Validity: 5 * time.Minute,
	}
}

func secretText(s string) secret.String { return secret.NewString(s) }

// send sends once, with enough time, and checks what holds for every result.
func (h *harness) send(m carrier.Message) carrier.Result {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), caseTimeout)
	defer cancel()
	return h.checked(h.peer.Carrier.Send(ctx, m))
}

// accepted sends as the engine does, again after each Retry, until the carrier accepts.
func (h *harness) accepted(m carrier.Message) carrier.Result {
	h.t.Helper()
	var got carrier.Result
	h.eventually("accepted", func() bool {
		got = h.send(m)
		if got.Outcome != carrier.Accepted && got.Outcome != carrier.Retry {
			h.t.Fatalf("got %+v, want accepted", got)
		}
		return got.Outcome == carrier.Accepted
	})

	return got
}

// sendUntilReceived sends, and cancels the context as soon as the other side has the submit.
func (h *harness) sendUntilReceived(m carrier.Message) carrier.Result {
	h.t.Helper()
	for {
		ctx, cancel := context.WithCancel(h.t.Context())
		done := make(chan carrier.Result, 1)
		go func() { done <- h.peer.Carrier.Send(ctx, m) }()
		var got carrier.Result
		answered := false
		h.eventually("received", func() bool {
			select {
			case got = <-done:
				answered = true
			default:
			}
			return answered || len(h.received(m)) > 0
		})

		cancel()
		if !answered {
			got = <-done
		}
		if h.checked(got).Outcome != carrier.Retry || len(h.received(m)) > 0 {
			return got
		}
	}
}

func (h *harness) checked(r carrier.Result) carrier.Result {
	h.t.Helper()
	if len(r.CarrierCode) > 64 || strings.Contains(r.CarrierCode, "735190") {
		h.t.Errorf("code %q is longer than 64 characters or holds the message", r.CarrierCode)
	}
	if r.Outcome == carrier.Accepted {
		return r
	}
	if !slices.Contains(message.Reasons, r.Reason) {
		h.t.Errorf("%v with reason %q, which is not on the closed list", r.Outcome, r.Reason)
	}
	if len(r.IDs) > 0 {
		h.t.Errorf("%v with ids %q", r.Outcome, r.IDs)
	}

	return r
}

func (h *harness) isUnknown(r carrier.Result) {
	h.t.Helper()
	if h.checked(r).Outcome != carrier.Unknown {
		h.t.Errorf("got %+v, want unknown", r)
	}
}

// received lists the fake's submits to m's number.
func (h *harness) received(m carrier.Message) []Submit {
	var out []Submit
	for _, s := range h.peer.Submitted() {
		if s.To == m.To.E164() {
			out = append(out, s)
		}
	}
	return out
}

// only returns the one submit that the fake received for m.
func (h *harness) only(m carrier.Message) Submit {
	h.t.Helper()
	got := h.received(m)
	if len(got) != 1 {
		h.t.Fatalf("the other side received %s %d times, want once", m.Ref, len(got))
	}
	return got[0]
}

func (h *harness) sameIDs(r carrier.Result, s Submit) {
	h.t.Helper()
	if len(r.IDs) != h.idCount() || len(r.IDs) == 1 && r.IDs[0] != s.ID {
		h.t.Errorf("ids %q, but the other side gave %q", r.IDs, s.ID)
	}
}

// idCount is how many ids an answer to a short message has.
func (h *harness) idCount() int {
	if h.peer.NoIDs {
		return 0
	}
	return 1
}

// reported has a message accepted and returns the id that receipts for it have.
func (h *harness) reported() string {
	h.t.Helper()
	m := h.message()
	return h.idIn(m, h.accepted(m))
}

func (h *harness) idIn(m carrier.Message, r carrier.Result) string {
	if h.peer.NoIDs {
		return m.Ref
	}
	return r.IDs[0]
}

// eventually polls, because a carrier may need to connect again first.
func (h *harness) eventually(what string, done func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(caseTimeout)
	for !done() {
		if time.Now().After(deadline) {
			h.t.Fatalf("still not %s after %v", what, caseTimeout)
		}
		time.Sleep(time.Millisecond)
	}
}

func (h *harness) receipt() carrier.Receipt {
	h.t.Helper()
	select {
	case r := <-h.receipts:
		if r.Carrier != h.peer.Carrier.Name() {
			h.t.Errorf("receipt of carrier %q, want %q", r.Carrier, h.peer.Carrier.Name())
		}
		return r
	case <-time.After(caseTimeout):
		h.t.Fatal("no receipt reached the sink")
		return carrier.Receipt{}
	}
}
