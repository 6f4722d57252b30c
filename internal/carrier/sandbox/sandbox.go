// Package sandbox is the carrier of test keys: nothing leaves the server, and the last digits of a number decide what
// happens to it.
//
// It is deterministic and waits for nothing: what a real carrier would report later it reports with its answer, and
// what has to
// come late comes with the next step. It keeps no state; the dispatcher shows what it accepts in the sandbox's inbox.
package sandbox

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// Name is the sandbox's carrier name.
const Name = "sandbox"

// Carrier serves every channel.
type Carrier struct{}

// Name implements carrier.Carrier.
func (Carrier) Name() string { return Name }

// Channels implements carrier.Carrier: all of them.
func (Carrier) Channels() []message.Channel { return message.Channels }

// Receipts implements carrier.Carrier.
func (Carrier) Receipts() bool { return true }

// inFlight bounds the submits that the sandboxes of all accounts have under way at once, beside what is live.
const inFlight = 64

// Limits implements carrier.Carrier.
func (Carrier) Limits() carrier.Limits { return carrier.Limits{InFlight: inFlight} }

// Test implements carrier.Tester. There is nothing outside the server that could fail.
func (Carrier) Test(context.Context) []carrier.Check {
	return []carrier.Check{{Name: carrier.CheckConnection, Found: "the sandbox is a part of this server"}}
}

// behaviour is what a number of the table does. The zero value is "delivered".
type behaviour struct {
	refuseFirst message.Reason // on the first channel
	refuseAll   message.Reason // on every channel
	onlyVoice   bool
	silentFirst bool // the first channel accepts and reports nothing
	late        bool // and reports after the second was used
	reads       bool
	reply       string // what the phone writes back
}

var table = map[phone.Number]behaviour{
	"+15005550002": {refuseFirst: message.Unreachable},
	"+15005550009": {onlyVoice: true},
	"+15005550010": {silentFirst: true},
	"+15005550011": {refuseAll: message.InvalidDestination},
	"+15005550012": {reads: true},
	"+15005550013": {silentFirst: true, late: true},
	"+15005550018": {reply: "STOP"},
	"+15005550021": {reply: "Hello"},
}

// Send implements carrier.Carrier.
func (Carrier) Send(_ context.Context, m carrier.Message) carrier.Result {
	b := table[m.To]
	reason := b.refuseAll
	switch {
	case b.onlyVoice && m.Channel != message.Voice:
		reason = message.NotOnChannel
	case m.Step == 0 && b.refuseFirst != "":
		reason = b.refuseFirst
	}
	if reason != "" {
		return carrier.Result{Outcome: carrier.Rejected, Reason: reason, CarrierCode: "sandbox"}
	}

	r := carrier.Result{Outcome: carrier.Accepted, IDs: []string{m.Ref}}
	if b.silentFirst && m.Step == 0 {
		return r
	}

	if b.late {
		r.Receipts = append(r.Receipts, carrier.Receipt{Carrier: Name, Ref: earlier(m.Ref), Status: carrier.Delivered})
	}

	status := carrier.Delivered
	if b.reads && (m.Channel == message.WhatsApp || m.Channel == message.Telegram) {
		status = carrier.Read
	}
	r.Receipts = append(r.Receipts, carrier.Receipt{Carrier: Name, Ref: m.Ref, Status: status})

	if b.reply != "" {
		r.Inbound = []carrier.Inbound{
			{Carrier: Name, From: m.To.E164(), To: cmp.Or(m.From, Name), Body: secret.NewString(b.reply), Ref: m.Ref},
		}
	}

	return r
}

// earlier is the reference of the attempt before: references end in "-" and the attempt's number.
func earlier(ref string) string {
	i := strings.LastIndexByte(ref, '-') + 1
	n, err := strconv.Atoi(ref[i:])
	if err != nil || n == 0 {
		return ref
	}
	return ref[:i] + strconv.Itoa(n-1)
}
