// Package carriercheck implements the test of a carrier: its own checks, and one real message with its receipt.
//
// The command line makes a carrier for a test, and a server tests the one that it runs. Both find the receipt of the
// message in the store if it came to a server, since no message of an account has its id.
package carriercheck

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// testValidity is how long a test message is worth delivering.
	testValidity = 10 * time.Minute
	pollReceipt  = 500 * time.Millisecond
)

// Of carries out the checks of a carrier, and sends nothing.
func Of(ctx context.Context, k carrier.Carrier) []carrier.Check {
	tester, ok := k.(carrier.Tester)
	if !ok {
		return []carrier.Check{{
			Name: carrier.CheckConnection, Found: "carriers of this kind can be checked by a message only",
		}}
	}

	return tester.Test(ctx)
}

// The checks of a message.
const (
	checkMessage = "message"
	checkReceipt = "receipt"
)

// The test message. Its code opens nothing; WhatsApp, Telegram and calls carry only the code.
const (
	testCode = "000000"
	testBody = "This is a test message of SysSecure, with the code 000000, which opens nothing."
)

// Receipt is a receipt that came to the test itself, with what may be its message's ids.
type Receipt struct {
	IDs    []string
	Status carrier.Status
	Code   string
}

// Message is one real message, for which no account pays.
type Message struct {
	Carrier carrier.Carrier
	Store   *store.Store
	To      phone.Number
	// Wait is how long to wait for its receipt.
	Wait time.Duration
	// Receipts are those that come to the test itself; nil = all come to a server that uses the store.
	Receipts <-chan Receipt
	// Accepted is called with the ids of the message before its receipt is waited for. It may be nil.
	Accepted func(ids []string)
}

// Send sends the message and waits for its receipt.
func (m Message) Send(ctx context.Context) []carrier.Check {
	ref := "test" + rand.Text()[:12]
	r := m.Carrier.Send(ctx, carrier.Message{
		Ref: ref, Channel: m.Carrier.Channels()[0], To: m.To, Body: secret.NewString(testBody),
		Code: secret.NewString(testCode), Locale: "en", Validity: testValidity,
	})

	checks := []carrier.Check{checkOf(r)}
	if r.Outcome != carrier.Accepted {
		return checks
	}
	if !m.Carrier.Receipts() {
		return append(checks, carrier.Check{Name: checkReceipt, Found: "none is expected, because receipts = false"})
	}

	ids := append(r.IDs, ref)
	if m.Accepted != nil {
		m.Accepted(ids)
	}
	for _, one := range r.Receipts {
		if check, final := receiptCheck(one.Status, one.CarrierCode); final {
			return append(checks, check)
		}
	}

	return append(checks, m.await(ctx, ids))
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
func (m Message) await(ctx context.Context, ids []string) carrier.Check {
	ctx, cancel := context.WithTimeout(ctx, m.Wait)
	defer cancel()
	tick := time.NewTicker(pollReceipt)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return carrier.Check{Name: checkReceipt, Problem: "none came within " + m.Wait.String() + "; check that the " +
				"provider sends receipts, for kinds with callbacks that a server runs and public_url reaches it, or set " +
				"receipts = false"}
		case r := <-m.Receipts:
			if check, final := receiptCheck(r.Status, r.Code); final && dispatch.SameID(r.IDs, ids) {
				return check
			}
		case <-tick.C:
			for _, id := range ids {
				kind, code, found, err := dispatch.EarlyReceipt(ctx, m.Store, m.Carrier.Name(), id)
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
