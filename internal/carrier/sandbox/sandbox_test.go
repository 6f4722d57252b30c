package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// reports writes down what comes with an answer, in order.
func reports(r carrier.Result) (events []string) {
	for _, one := range r.Receipts {
		events = append(events, fmt.Sprintf("receipt %s %d", one.Ref, one.Status))
	}
	for _, in := range r.Inbound {
		events = append(events, fmt.Sprintf("inbound %s %s %s", in.From, in.Body.Reveal(), in.Ref))
	}
	return events
}

func TestSend_EachNumber(t *testing.T) {
	t.Parallel()
	const delivered, read = "receipt msg-a-%d 1", "receipt msg-a-%d 2"
	for _, c := range []struct {
		number  phone.Number
		channel message.Channel
		step    int
		reason  message.Reason // of a refusal
		events  []string
	}{
		{"+32470123456", message.SMS, 0, "", []string{delivered}},
		{"+15005550006", message.WhatsApp, 0, "", []string{delivered}},
		{"+15005550002", message.WhatsApp, 0, message.Unreachable, nil},
		{"+15005550002", message.SMS, 1, "", []string{delivered}},
		{"+15005550009", message.SMS, 0, message.NotOnChannel, nil},
		{"+15005550009", message.Telegram, 1, message.NotOnChannel, nil},
		{"+15005550009", message.WhatsApp, 2, message.NotOnChannel, nil},
		{"+15005550009", message.Voice, 3, "", []string{delivered}},
		{"+15005550010", message.WhatsApp, 0, "", nil},
		{"+15005550010", message.SMS, 1, "", []string{delivered}},
		{"+15005550011", message.Voice, 3, message.InvalidDestination, nil},
		{"+15005550012", message.WhatsApp, 0, "", []string{read}},
		{"+15005550012", message.Telegram, 0, "", []string{read}},
		{"+15005550012", message.SMS, 0, "", []string{delivered}},
		{"+15005550013", message.WhatsApp, 0, "", nil},
		{"+15005550013", message.SMS, 1, "", []string{"receipt msg-a-0 1", delivered}},
		{"+15005550018", message.SMS, 0, "", []string{delivered, "inbound +15005550018 STOP msg-a-%d"}},
	} {
		ref := fmt.Sprintf("msg-a-%d", c.step)
		r := sandbox.Carrier{}.Send(t.Context(), carrier.Message{Ref: ref, Channel: c.channel, To: c.number, Body: secret.NewString("text"), Step: c.step})
		var want []string
		if c.reason == "" {
			for _, e := range c.events {
				if strings.Contains(e, "%d") {
					e = fmt.Sprintf(e, c.step)
				}
				want = append(want, e)
			}
			if r.Outcome != carrier.Accepted || len(r.IDs) != 1 || r.IDs[0] != ref {
				t.Errorf("%s over %v: %+v", c.number.E164(), c.channel, r)
			}
		} else if r.Outcome != carrier.Rejected || r.Reason != c.reason {
			t.Errorf("%s over %v: %+v, want %s", c.number.E164(), c.channel, r, c.reason)
		}
		if got := strings.Join(reports(r), "; "); got != strings.Join(want, "; ") {
			t.Errorf("%s over %v, step %d: %s; want %v", c.number.E164(), c.channel, c.step, got, want)
		}
	}
}

func TestChannels_AllAreServed(t *testing.T) {
	t.Parallel()
	c := sandbox.Carrier{}
	if c.Name() != "sandbox" || !c.Receipts() || len(c.Channels()) != len(message.Channels) {
		t.Errorf("%s serves %v", c.Name(), c.Channels())
	}
}
