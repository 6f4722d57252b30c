package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// testWithin bounds the checks of a carrier.
	testWithin = time.Minute
	// bindWithin is how long a test message waits for a session.
	bindWithin = 15 * time.Second
	// testValidity is how long a test message is worth delivering.
	testValidity = 10 * time.Minute
	pollReceipt  = 500 * time.Millisecond
)

// CarrierTest checks one carrier, beside a running server or without one.
type CarrierTest struct {
	config  config.Carrier
	carrier carrier.Carrier
	// receipts are those that came to the test itself.
	receipts chan receiptOf
	ids      atomic.Pointer[[]string] // of the message; nil before its answer
}

// receiptOf is a receipt and what may be its message's ids.
type receiptOf struct {
	ids    []string
	status carrier.Status
	code   string
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

	return &CarrierTest{config: c, carrier: made, receipts: make(chan receiptOf, 64)}, nil
}

// Check checks the connection and the credentials, and sends nothing.
func (t *CarrierTest) Check(ctx context.Context) []carrier.Check {
	tester, ok := t.carrier.(carrier.Tester)
	if !ok {
		return []carrier.Check{{
			Name: carrier.CheckConnection, Found: "carriers of kind " + t.config.Kind + " are checked by a message only; " +
				"--to sends one",
		}}
	}

	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()

	return tester.Test(ctx)
}

// The checks of Send.
const (
	checkSession = "session"
	checkMessage = "message"
	checkReceipt = "receipt"
)

// The test message. Its code opens nothing; WhatsApp, Telegram and calls carry only the code.
const (
	testCode = "000000"
	testBody = "This is a test message of SysSecure, with the code 000000, which opens nothing."
)

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

	ref := "test" + rand.Text()[:12]
	r := t.carrier.Send(ctx, carrier.Message{
		Ref: ref, Channel: t.carrier.Channels()[0], To: to, Body: secret.NewString(testBody),
		Code: secret.NewString(testCode), Locale: "en", Validity: testValidity,
	})
	checks := []carrier.Check{checkOf(r)}
	if r.Outcome != carrier.Accepted {
		return checks
	}
	if !t.carrier.Receipts() {
		return append(checks, carrier.Check{Name: checkReceipt, Found: "none is expected, because receipts = false"})
	}

	ids := append(r.IDs, ref)
	t.ids.Store(&ids)

	return append(checks, t.await(ctx, s, ids, wait))
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
			case t.receipts <- receiptOf{ids, r.Status, r.CarrierCode}:
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
	tick := time.NewTicker(pollReceipt / 10)
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

// checkOf says how the submit ended.
func checkOf(r carrier.Result) carrier.Check {
	why := []string{}
	for _, part := range []string{r.CarrierCode, r.Cause} {
		if part != "" {
			why = append(why, part)
		}
	}
	detail := strings.Join(why, ", ")

	check := carrier.Check{Name: checkMessage}
	switch r.Outcome {
	case carrier.Accepted:
		check.Found = "the carrier accepted it"
	case carrier.Rejected:
		check.Problem = "the carrier rejects it as " + string(r.Reason) + " (" + detail + "); check the number and from"
	case carrier.Retry:
		check.Problem = "the carrier does not accept it now (" + detail + ")"
	case carrier.Unknown:
		check.Problem = "it is not known whether the carrier accepted it (" + detail + "); do not send it again at once"
	}

	return check
}

// await waits for a receipt of one of the ids.
func (t *CarrierTest) await(ctx context.Context, s *store.Store, ids []string, wait time.Duration) carrier.Check {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	tick := time.NewTicker(pollReceipt)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return carrier.Check{Name: checkReceipt, Problem: "none came within " + wait.String() + "; check that the " +
				"provider sends receipts, for kinds with callbacks that a server runs and public_url reaches it, or set " +
				"receipts = false"}
		case r := <-t.receipts:
			if check, final := receiptCheck(r.status, r.code); final && dispatch.SameID(r.ids, ids) {
				return check
			}
		case <-tick.C:
			for _, id := range ids {
				kind, code, found, err := dispatch.EarlyReceipt(ctx, s, t.carrier.Name(), id)
				if err == nil && found {
					check, _ := receiptCheck(statusOf[kind], code)
					return check
				}
			}
		}
	}
}

var statusOf = map[message.InputKind]carrier.Status{
	message.ReceiptDelivered: carrier.Delivered, message.ReceiptRead: carrier.Read, message.ReceiptFailed: carrier.Failed,
}

// receiptCheck says what a receipt means. final is false when another follows.
func receiptCheck(status carrier.Status, code string) (check carrier.Check, final bool) {
	check.Name = checkReceipt
	switch status {
	case carrier.Buffered:
		return check, false
	case carrier.Failed:
		check.Problem = "it says that the message was not delivered (" + code + "); receipts work"
	default:
		check.Found = "it says that the message was delivered"
	}

	return check, true
}
