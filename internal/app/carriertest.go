package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carriercheck"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// testWithin bounds the checks of a carrier.
	testWithin = time.Minute
	// bindWithin is how long a test message waits for a session.
	bindWithin = 15 * time.Second
	pollBound  = 50 * time.Millisecond
)

// CarrierTest checks one carrier, beside a running server or without one.
type CarrierTest struct {
	carrier carrier.Carrier
	// receipts are those that came to the test itself.
	receipts chan carriercheck.Receipt
	ids      atomic.Pointer[[]string] // of the message; nil before its answer
}

// NewCarrierTest makes a carrier of the configuration for a test.
func NewCarrierTest(c config.Carrier) (*CarrierTest, error) {
	made, err := c.Settings.Make(c.Common, slog.New(slog.DiscardHandler)) // the checks say what the log would
	if err != nil {
		return nil, err
	}
	if companion, ok := made.(carrier.Companion); ok {
		made = companion.Beside()
	}
	if shared, ok := made.(carrier.Shared); ok {
		shared.Share(func(total int) int { return min(total, 1) }) // a server needs the other sessions
	}

	return &CarrierTest{carrier: made, receipts: make(chan carriercheck.Receipt, 64)}, nil
}

// Check checks the connection and the credentials, and sends nothing.
func (t *CarrierTest) Check(ctx context.Context) []carrier.Check {
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()

	return carriercheck.Of(ctx, t.carrier)
}

// checkSession is the check of a session that a message needs.
const checkSession = "session"

// Send sends one real message, for which no account pays, and waits for its receipt. A receipt may come to the test itself, or
// to a server that uses the store.
func (t *CarrierTest) Send(ctx context.Context, s *store.Store, to phone.Number, wait time.Duration) []carrier.Check {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if r, ok := t.carrier.(carrier.Runner); ok {
			_ = r.Run(running, t.sink()) // it returns nil
		}
	}()
	defer func() { stop(); <-ended }()

	if b, ok := t.carrier.(carrier.Bound); ok && !waitBound(ctx, b) {
		_, _, problem := b.Sessions()
		return []carrier.Check{{Name: checkSession, Problem: "no session was bound in time: " + problem}}
	}

	m := carriercheck.Message{
		Carrier: t.carrier, Store: s, To: to, Wait: wait, Receipts: t.receipts,
		Accepted: func(ids []string) { t.ids.Store(&ids) },
	}

	return m.Send(ctx)
}

// errNotOurs makes the provider send again to the server what came to the test.
var errNotOurs = errors.New("this session is a test's")

// sink takes receipts of the test message. Others are not acknowledged, so that they come again to a server.
func (t *CarrierTest) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
			ids := slices.Concat([]string{r.ID, r.Ref}, r.OtherIDs, r.Converted)
			if own := t.ids.Load(); own != nil && !dispatch.SameID(ids, *own) {
				return false, errNotOurs
			}

			select {
			case t.receipts <- carriercheck.Receipt{IDs: ids, Status: r.Status, Code: r.CarrierCode}:
			default:
			}
			if t.ids.Load() == nil { // it may be the message's, whose answer is still to come
				return false, errNotOurs
			}

			return true, nil
		},
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { return false, errNotOurs },
		Answer:  func(context.Context, carrier.Answer) error { return nil },
		Unreported: func(context.Context, string, time.Time, int) ([]carrier.Unreported, error) {
			return nil, nil // a server asks about the others
		},
	}
}

func waitBound(ctx context.Context, b carrier.Bound) bool {
	ctx, cancel := context.WithTimeout(ctx, bindWithin)
	defer cancel()
	tick := time.NewTicker(pollBound)
	defer tick.Stop()
	for {
		if bound, _, _ := b.Sessions(); bound > 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
