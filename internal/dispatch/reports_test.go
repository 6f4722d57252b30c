package dispatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// What a carrier reports with its answer is stored before the answer. If that fails, the message is tried again.
func TestReports_NotStored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sandbox bool // send in test mode
		with    func(ref string) carrier.Result
	}{
		"text on the sandbox's phone": {sandbox: true, with: func(string) carrier.Result { return carrier.Result{} }},
		"receipt": {with: func(ref string) carrier.Result {
			return carrier.Result{Receipts: []carrier.Receipt{{Carrier: "smsc", Ref: ref, Status: carrier.Delivered}}}
		}},
		"text from the phone": {with: func(ref string) carrier.Result {
			return carrier.Result{Inbound: []carrier.Inbound{
				{Carrier: "smsc", From: phoneA, To: "Acme", Body: secret.NewString("STOP"), Ref: ref},
			}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T) {
				b := &testworld.Switch{Backend: testworld.Backends["memory"](t)}
				box := testworld.NewCarrier("sandbox", message.SMS)
				w := newTrio(t, testworld.Options{Backend: b, Now: time.Now, Sandbox: box})
				used, caller := w.SMS, w.Live
				if c.sandbox {
					used, caller = box, w.Test
				}
				used.Script(func(_ context.Context, m carrier.Message) carrier.Result {
					b.NoWrites.Store(true)
					r := c.with(m.Ref)
					r.Outcome = carrier.Accepted
					return r
				}, testworld.Accepts)

				s, _, err := w.SendOTP(t.Context(), caller, testworld.To(phoneA), nil)
				if err != nil || s.Accepted() {
					t.Errorf("accepted %v (%v) although nothing could be stored", s.Accepted(), err)
				}

				b.NoWrites.Store(false)
				w.Settle()
				time.Sleep(time.Minute)
				w.Sweep(t)
				got, err := w.Dispatcher.Query.GetOTP(t.Context(), caller, s.OTP.ID)
				if err != nil || got.State() != "sent" || len(used.Sent()) != 2 {
					t.Errorf("state %s (%v) after %d submits, want sent after 2", got.State(), err, len(used.Sent()))
				}
			})
		})
	}
}
