package dispatch_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/testworld"
)

// crashed is an engine that hangs in a submit, and its successor.
type crashed struct {
	trio
	next   *testworld.World
	zombie chan carrier.Result // the late answer to the first submit
	sent   chan engine.OTPSent
}

// inCrash begins a send, abandons the engine during its submit, and starts the next engine over the same data.
func inCrash(t *testing.T, answer testworld.Answer, test func(t *testing.T, c crashed)) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now, Backend: testworld.Backends["memory"](t)})
		c := crashed{trio: w, zombie: make(chan carrier.Result), sent: make(chan engine.OTPSent, 1)}
		w.SMS.Script(testworld.Held(c.zombie), answer)
		go func() {
			s, _, _ := w.SendOTP(context.Background(), w.Live, testworld.To(phoneA), nil)
			c.sent <- s
		}()

		synctest.Wait()
		c.next = w.Restart(t, nil)
		if err := c.next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		synctest.Wait()
		test(t, c)
		w.Settle()
		c.next.Settle()
	})
}

// deliverZombie reports the delivery of the first submit.
func (c crashed) deliverZombie(t *testing.T) {
	t.Helper()
	r := carrier.Receipt{Carrier: "smsc", ID: "zombie-1", Status: carrier.Delivered}
	if _, err := c.next.Dispatcher.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

func TestCrash_InSubmit(t *testing.T) {
	t.Parallel()
	inCrash(t, testworld.Accepts, func(t *testing.T, c crashed) {
		texts := c.SMS.Sent()
		if len(texts) != 2 || texts[0].Ref != texts[1].Ref || texts[0].Code != texts[1].Code {
			t.Fatalf("%d texts, want a second with the same reference and code", len(texts))
		}
		if got := c.next.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}

		// The zombie's answer comes last. Accepted twice is charged once.
		c.zombie <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"zombie-1"}}
		s := <-c.sent
		synctest.Wait()
		m := messageOf(t, c.next, s)
		if m.State != message.Sent || !m.Attempts[0].Repeated || m.Charged != 8 {
			t.Errorf("message %+v", m.Message)
		}
		if got := c.next.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v after the zombie's answer", got)
		}
		// The receipt for the first id matches, too.
		c.deliverZombie(t)
		if got := messageOf(t, c.next, s).State; got != message.Delivered {
			t.Errorf("after the receipt for the first submit: %v", got)
		}
	})
}

func TestCrash_ZombieRejected(t *testing.T) {
	t.Parallel()
	inCrash(t, testworld.Accepts, func(t *testing.T, c crashed) {
		c.zombie <- carrier.Result{Outcome: carrier.Rejected, Reason: message.InvalidDestination}
		s := <-c.sent
		if m := messageOf(t, c.next, s); m.State != message.Sent {
			t.Errorf("after the zombie's rejection: %v", m.State)
		}
		if got := verify(t, c.next, s.OTP.ID, codeOf(c.SMS)); got != otp.Valid {
			t.Errorf("the code is %q", got)
		}
		if got := c.next.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

func TestCrash_ZombieAccepted(t *testing.T) {
	t.Parallel()
	inCrash(t, testworld.Throttles(time.Minute), func(t *testing.T, c crashed) {
		c.zombie <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"zombie-1"}}
		s := <-c.sent
		synctest.Wait()
		// The copy was throttled, but the first submit was accepted.
		m := messageOf(t, c.next, s)
		if m.State != message.Sent && m.State != message.Pending {
			t.Errorf("the message is %v", m.State)
		}
		c.deliverZombie(t)
		if m := messageOf(t, c.next, s); m.State != message.Delivered || !m.Over {
			t.Errorf("the message is %v, over %v", m.State, m.Over)
		}
		if got := c.next.Balance(t); got.Credits != 992 || got.Held != 0 {
			t.Errorf("balance %+v", got)
		}
	})
}

// With SQLite, only the file survives the crash.
func TestCrash_SQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crash.db")
	w := newTrio(t, testworld.Options{Backend: testworld.OpenSQLite(t, path)})
	zombie, begun := make(chan carrier.Result), make(chan struct{})
	w.SMS.Script(func(ctx context.Context, m carrier.Message) carrier.Result {
		close(begun)
		return testworld.Held(zombie)(ctx, m)
	}, testworld.Accepts)

	sent := make(chan engine.OTPSent, 1)
	go func() {
		s, _, err := w.SendOTP(t.Context(), w.Live, testworld.To(phoneA), nil)
		if err != nil {
			t.Errorf("the first send: %v", err)
		}
		sent <- s
	}()

	<-begun
	next := w.Restart(t, testworld.OpenSQLite(t, path))
	if err := next.Dispatcher.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}

	next.Settle()
	zombie <- carrier.Result{Outcome: carrier.Rejected, Reason: message.InvalidDestination}
	s := <-sent
	texts := w.SMS.Sent()
	if len(texts) != 2 || texts[0].Ref != texts[1].Ref {
		t.Fatalf("%d texts", len(texts))
	}
	if m := messageOf(t, next, s); m.State != message.Sent || !m.Attempts[0].Repeated {
		t.Errorf("message %+v", m.Message)
	}
	if got := next.Balance(t); got.Credits != 992 || got.Held != 0 {
		t.Errorf("balance %+v", got)
	}
}

// The fallback timer survives a restart, because it is a row.
func TestFallback_AfterRestart(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	send(t, w.World, testworld.To(phoneA, message.WhatsApp, message.SMS))
	next := w.Restart(t, nil)
	if err := next.Dispatcher.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}

	pass(t, next, 19*time.Second)
	if n := len(w.SMS.Sent()); n != 0 {
		t.Errorf("fell back early")
	}

	pass(t, next, 2*time.Second)
	if n := len(w.SMS.Sent()); n != 1 || codeOf(w.SMS) != codeOf(w.WhatsApp) {
		t.Errorf("%d texts by SMS", n)
	}
}

// A code that was verified during its submit is not sent again.
func TestCrash_Verified(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now})
		hold := make(chan carrier.Result)
		w.SMS.Script(testworld.Held(hold), testworld.Accepts)
		go func() { _, _, _ = w.SendOTP(context.Background(), w.Live, testworld.To(phoneA), nil) }()
		synctest.Wait()
		list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 1)
		if err != nil || len(list) != 1 {
			t.Fatalf("list %v, %v", list, err)
		}

		next := w.Restart(t, nil)
		verify(t, next, list[0].ID, codeOf(w.SMS))
		if err := next.Dispatcher.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}

		next.Settle()
		if n := len(w.SMS.Sent()); n != 1 {
			t.Errorf("%d texts, want no copy", n)
		}

		hold <- carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError}
		w.Settle()
		if got := next.Balance(t); got.Held != 0 || got.Credits != 1000 {
			t.Errorf("balance %+v", got)
		}
	})
}
