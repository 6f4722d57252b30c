package dispatch_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// gatewayWorld is a world with an HTTP gateway for SMS, which reports over HTTP.
type gatewayWorld struct {
	*testworld.World
	gateway *carriertest.Gateway
}

func newGatewayWorld(t *testing.T, b store.Backend) gatewayWorld {
	t.Helper()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: "token"})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(g.Close)
	k, err := httpsms.New(httpsms.Config{
		Name: "any-http", Channel: message.SMS, URL: g.URL(), Token: secret.NewString("token"), Receipts: true,
	}, discard)
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(k.Close)
	w := testworld.New(t, testworld.Options{Backend: b, Carriers: []carrier.Carrier{k}, Prices: prices, Credits: 1000})
	callbacks := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if f := k.ServeCallback(rw, r, strings.TrimPrefix(r.URL.Path, "/"), w.Sink()); f != nil {
			rw.WriteHeader(f.Status)
		}
	}))
	t.Cleanup(callbacks.Close)
	g.SetCallbacks(callbacks.URL)

	return gatewayWorld{w, g}
}

func (w gatewayWorld) report(t *testing.T, id string, s carrier.Status) {
	t.Helper()
	if err := w.gateway.Receipt(id, s); err != nil {
		t.Fatalf("receipt: %v", err)
	}
	w.Settle()
}

func TestReceipt_HTTP(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newGatewayWorld(t, b)
		newest := func() carriertest.Submit {
			s := w.gateway.Submitted()
			return s[len(s)-1]
		}

		for i, c := range []struct {
			name    string
			reports func()
			want    message.State
		}{
			{"by the carrier's id", func() { w.report(t, newest().ID, carrier.Delivered) }, message.Delivered},
			{"by our reference", func() { w.report(t, newest().Ref, carrier.Delivered) }, message.Delivered},
			{"twice", func() {
				w.report(t, newest().ID, carrier.Delivered)
				w.report(t, newest().ID, carrier.Delivered)
			}, message.Delivered},
			{"read after delivered", func() {
				w.report(t, newest().ID, carrier.Delivered)
				w.report(t, newest().Ref, carrier.Read)
			}, message.Read},
			{"failed", func() { w.report(t, newest().ID, carrier.Failed) }, message.Failed},
			{"unknown ids", func() {
				w.report(t, "unknown", carrier.Delivered)
				w.report(t, "msg_01KQ2M0MGVX78FP3C9QB3CV89S-01KQ2M0MGVFMB6JHG7588CQE8N-0", carrier.Failed)
				w.report(t, newest().Ref[:len(newest().Ref)-1]+"7", carrier.Failed)
				w.report(t, newest().Ref[:len(newest().Ref)-1]+"-1", carrier.Failed)
			}, message.Sent},
		} {
			before := w.Balance(t)
			s := send(t, w.World, testworld.To(testworld.Number(i)))
			c.reports()
			m := messageOf(t, w.World, s)
			if m.State != c.want {
				t.Errorf("%s: %v, want %v", c.name, m.State, c.want)
			}

			cost := int64(8)
			if c.want == message.Failed {
				cost = 0
				if m.Reason != message.Unreachable || m.CarrierCode != "E7" || w.Read(t, s.OTP.ID).State() != "failed" {
					t.Errorf("%s: %s %s", c.name, m.Reason, m.CarrierCode)
				}
			}
			if got := w.Balance(t); got.Credits != before.Credits-cost || got.Held != 0 {
				t.Errorf("%s: from %+v to %+v", c.name, before, got)
			}
		}
	})
}

func TestReceipt_EarlyHTTP(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := newGatewayWorld(t, b)
		w.gateway.Script(carriertest.ReceiptFirst)
		s := send(t, w.World, testworld.To(phoneA))
		if m := messageOf(t, w.World, s); m.State != message.Delivered || !s.Accepted() {
			t.Errorf("the message is %v", m.State)
		}
		if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// After a failed receipt that comes before the acceptance, the next step is submitted, and nothing is paid twice.
func TestReceipt_EarlyFailed(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]func(m carrier.Message) carrier.Receipt{
		"by id":  func(carrier.Message) carrier.Receipt { return carrier.Receipt{ID: "wa-x"} },
		"by ref": func(m carrier.Message) carrier.Receipt { return carrier.Receipt{Ref: m.Ref} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, w trio) {
				answers := make(chan carrier.Result)
				w.WhatsApp.Script(testworld.Held(answers))
				done := make(chan engine.OTPSent, 1)
				go func() { done <- send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS)) }()
				until(t, w.WhatsApp, 1, time.Second)
				r := early(w.WhatsApp.Sent()[0])
				r.Carrier, r.Status, r.Reason = "wa", carrier.Failed, message.NotOnChannel
				if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
					t.Fatal(err)
				}

				answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"wa-x"}}
				s := <-done
				until(t, w.SMS, 1, time.Second)
				m := messageOf(t, w.World, s)
				if m.State != message.Sent || m.StepOf(m.Shown()).Channel != message.SMS || len(w.SMS.Sent()) != 1 {
					t.Errorf("%v over %v, %d texts by SMS", m.State, m.StepOf(m.Shown()).Channel, len(w.SMS.Sent()))
				}
				if got := w.Balance(t); got.Credits != 992 || got.Held != 0 {
					t.Errorf("balance %+v", got)
				}
			})
		})
	}
}

func TestReceipt_Unmatched(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	m := messageOf(t, w.World, s)
	for _, r := range []carrier.Receipt{
		{Carrier: "wa", Ref: dispatch.RefOf(m, 0), Status: carrier.Failed, Reason: message.Unreachable},
		{Carrier: "wa", ID: "smsc-1", Status: carrier.Failed, Reason: message.Unreachable},
		{Carrier: "smsc", ID: strings.Repeat("9", 200), Status: carrier.Failed},
		{Carrier: "smsc", Status: carrier.Failed},
	} {
		if matched, err := w.Dispatcher.Receipt(t.Context(), r); matched || err != nil {
			t.Errorf("receipt %+v: matched %v, %v", r, matched, err)
		}
	}
	if got := messageOf(t, w.World, s); got.State != message.Sent {
		t.Errorf("the message is %v", got.State)
	}
}

// A long message is delivered with the last of its parts, which may come in any order.
func TestReceipt_Parts(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.AcceptsAs("p0", "p1", "p2"))
	// The receipt of the last part comes before the answer.
	part := func(id string, s carrier.Status) {
		t.Helper()
		r := carrier.Receipt{Carrier: "smsc", ID: id, Status: s, Reason: message.Unreachable}
		if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}

	part("p2", carrier.Delivered)
	s := send(t, w.World, testworld.To(phoneA))
	for i, id := range []string{"p2", "p0", "p0", "p1"} {
		if m := messageOf(t, w.World, s); m.State != message.Sent {
			t.Errorf("%v before part %d", m.State, i)
		}
		part(id, carrier.Delivered)
	}
	if m := messageOf(t, w.World, s); m.State != message.Delivered || m.Attempts[0].Parts != 3 {
		t.Errorf("%v with %d parts", m.State, m.Attempts[0].Parts)
	}

	part("p1", carrier.Failed)
	if m := messageOf(t, w.World, s); m.State != message.Delivered {
		t.Errorf("%v after a late failure", m.State)
	}
}

// Ids that differ only in case are two messages.
func TestReceipt_CaseOfID(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	w.SMS.Script(testworld.AcceptsAs("0A1B"), testworld.AcceptsAs("0a1b"))
	upper := send(t, w.World, testworld.To(testworld.Number(1)))
	lower := send(t, w.World, testworld.To(testworld.Number(2)))
	r := carrier.Receipt{Carrier: "smsc", ID: "0a1b", Status: carrier.Delivered}
	if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	a, b := messageOf(t, w.World, upper).State, messageOf(t, w.World, lower).State
	if a != message.Sent || b != message.Delivered {
		t.Errorf("0A1B is %v, 0a1b is %v", a, b)
	}
}

// The first final receipt of a step counts; later ones change nothing.
func TestReceipt_LateDelivered(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	s := send(t, w.World, testworld.To(phoneA))
	receipt(t, w.World, s, 0, carrier.Failed, message.ExpiredInTransit)
	for _, late := range []carrier.Status{carrier.Delivered, carrier.Read, carrier.Failed, carrier.Delivered} {
		receipt(t, w.World, s, 0, late, message.Unreachable)
	}

	o := w.Read(t, s.OTP.ID)
	m := messageOf(t, w.World, s)
	if o.State() != "failed" || m.State != message.Failed || m.Reason != message.ExpiredInTransit || m.Sequence > 2 {
		t.Errorf("the code is %s, its message %v, %s, after %d events", o.State(), m.State, m.Reason, m.Sequence)
	}
	if got := w.Balance(t); got.Credits != 1000 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}
