package dispatch_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sandbox"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/testworld"
)

// neighbours is two accounts on one server: the world's causes a load, which must not delay the messages of guest.
// Numbers that begin with +33 go over "well", all others over "bad".
type neighbours struct {
	*testworld.World
	bad, well *testworld.Carrier
	guest     account.Caller
}

const (
	badNumber  = "+32470%06d"
	wellNumber = "+3361200%04d"
	// onTime is how late a message of guest may be.
	onTime = time.Second
)

// slowSandbox takes ten seconds to accept a text.
type slowSandbox struct{ sandbox.Carrier }

func (s slowSandbox) Send(ctx context.Context, m carrier.Message) carrier.Result {
	time.Sleep(10 * time.Second)
	return s.Carrier.Send(ctx, m)
}

// withNeighbours runs a test in a synctest bubble. bad has the limits; without a rate it hangs.
func withNeighbours(t *testing.T, limits carrier.Limits, test func(t *testing.T, s neighbours)) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		s := neighbours{
			bad:  testworld.NewCarrier("bad", message.SMS).Limited(limits),
			well: testworld.NewCarrier("well", message.SMS),
		}
		if limits.Rate == 0 {
			s.bad.Script(testworld.Hangs)
		}

		s.World = testworld.New(t, testworld.Options{
			Now: time.Now, Credits: 1_000_000, Carriers: []carrier.Carrier{s.bad, s.well}, Sandbox: slowSandbox{},
			Routes: []route.Rule{
				{Channel: message.SMS, Prefix: "+33", Carriers: []string{"well"}},
				{Channel: message.SMS, Carriers: []string{"bad"}},
			},
		})

		guest, err := s.Admin.CreateAccount(t.Context(), "Guest", 1000)
		if err != nil {
			t.Fatal(err)
		}

		s.guest = testworld.CallerOf(guest.Account, id.Live)

		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- s.Dispatcher.Run(ctx) }()
		test(t, s)
		stop()
		if err := <-ran; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// schedule schedules a text.
func (s neighbours) schedule(t *testing.T, c account.Caller, to string, at time.Time) {
	t.Helper()
	if _, _, err := s.SendSMS(t.Context(), c, engine.SMSRequest{To: to, Body: "x", ScheduledAt: at}, nil); err != nil {
		t.Fatal(err)
	}
}

// flood schedules n texts of the world's account for one time.
func (s neighbours) flood(t *testing.T, n int, at time.Time) {
	t.Helper()
	for i := range n {
		s.schedule(t, s.Live, fmt.Sprintf(badNumber, i), at)
	}
}

// code sends a code, and returns how long the request took and whether a carrier accepted the code.
func (s neighbours) code(t *testing.T, c account.Caller, to string) (took time.Duration, accepted bool) {
	t.Helper()
	begin := time.Now()
	sent, _, err := s.SendOTP(t.Context(), c, testworld.To(to), nil)
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(begin), sent.Accepted()
}

// lateness waits until a carrier gets a message to a number, and returns how late that is.
func lateness(t *testing.T, c *testworld.Carrier, to string, due time.Time) time.Duration {
	t.Helper()
	for time.Since(due) < time.Minute {
		for _, m := range c.Sent() {
			if m.To.E164() == to {
				return max(0, time.Since(due))
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s got no message within a minute", to)

	return 0
}

// checkGuest sends a code and a scheduled text of guest, and fails if one of them is late.
func (s neighbours) checkGuest(t *testing.T, due time.Time) {
	t.Helper()
	text := fmt.Sprintf(wellNumber, 7001)
	s.schedule(t, s.guest, text, due)
	if took, ok := s.code(t, s.guest, fmt.Sprintf(wellNumber, 7002)); !ok || took > onTime {
		t.Errorf("a code is answered after %v, accepted %v", took, ok)
	}
	if late := lateness(t, s.well, text, due); late > onTime {
		t.Errorf("a scheduled text is %v late", late)
	}
}

func TestNeighbours_TextsOverHangingCarrier(t *testing.T) {
	t.Parallel()
	withNeighbours(t, carrier.Limits{InFlight: 64}, func(t *testing.T, s neighbours) {
		due := time.Now().Add(time.Minute)
		s.flood(t, 400, due)
		time.Sleep(time.Until(due.Add(-5 * time.Second)))
		s.checkGuest(t, due.Add(2*time.Second))
	})
}

func TestNeighbours_SendsOverHangingCarrier(t *testing.T) {
	t.Parallel()
	withNeighbours(t, carrier.Limits{InFlight: 64}, func(t *testing.T, s neighbours) {
		var sends sync.WaitGroup
		for i := range 300 {
			sends.Go(func() {
				if took, ok := s.code(t, s.Live, fmt.Sprintf(badNumber, i)); ok || took > 6*time.Second {
					t.Errorf("a send over a hanging carrier: %v, accepted %v", took, ok)
				}
			})
		}

		synctest.Wait()
		if n := len(s.bad.Sent()); n != 64 {
			t.Errorf("%d unanswered submits, want 64", n)
		}
		s.checkGuest(t, time.Now().Add(time.Second))
		sends.Wait()
	})
}

// On the same carrier, codes come before texts, and accounts take turns.
func TestNeighbours_FloodOverSameCarrier(t *testing.T) {
	t.Parallel()
	withNeighbours(t, carrier.Limits{InFlight: 64, Rate: 10}, func(t *testing.T, s neighbours) {
		due := time.Now().Add(time.Minute)
		s.flood(t, 400, due)
		text := fmt.Sprintf(badNumber, 7001)
		s.schedule(t, s.guest, text, due.Add(5*time.Second))
		time.Sleep(time.Until(due.Add(3 * time.Second)))

		if took, ok := s.code(t, s.guest, fmt.Sprintf(badNumber, 7002)); !ok || took > onTime {
			t.Errorf("the guest's code is answered after %v, accepted %v", took, ok)
		}
		if took, ok := s.code(t, s.Live, fmt.Sprintf(badNumber, 7003)); !ok || took > onTime {
			t.Errorf("a code of the flooding account is answered after %v, accepted %v", took, ok)
		}
		if late := lateness(t, s.bad, text, due.Add(5*time.Second)); late > onTime {
			t.Errorf("the guest's text is %v late", late)
		}

		time.Sleep(time.Until(due.Add(50 * time.Second)))
		synctest.Wait()
		refs := map[string]int{}
		for _, m := range s.bad.Sent() {
			refs[m.Ref]++
		}
		if len(refs) != 403 || len(s.bad.Sent()) != 403 {
			t.Errorf("%d submits of %d messages, want 403", len(s.bad.Sent()), len(refs))
		}
	})
}

// The texts of an account are found behind hundreds of another's.
func TestNeighbours_Backlog(t *testing.T) {
	t.Parallel()
	withNeighbours(t, carrier.Limits{InFlight: 8, Rate: 20}, func(t *testing.T, s neighbours) {
		due := time.Now().Add(time.Minute)
		s.flood(t, 600, due)
		text := fmt.Sprintf(badNumber, 7001)
		s.schedule(t, s.guest, text, due.Add(4*time.Second))
		if late := lateness(t, s.bad, text, due.Add(4*time.Second)); late > onTime {
			t.Errorf("the guest's text is %v late", late)
		}
	})
}

// A fallback is on time while sends to another carrier hang.
func TestNeighbours_FallbackDuringHangingSends(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now, Credits: 1_000_000})
		w.Telegram.Limited(carrier.Limits{InFlight: 16}).Script(testworld.Hangs)
		w.Dispatcher.RefreshLimits()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = w.Dispatcher.Run(ctx) }()
		var sends sync.WaitGroup
		for i := range 100 {
			sends.Go(func() { send(t, w.World, testworld.To(testworld.Number(i), message.Telegram)) })
		}

		r := testworld.To(phoneA, message.WhatsApp, message.SMS)
		r.FallbackAfter = 5 * time.Second
		send(t, w.World, r)
		if late := lateness(t, w.SMS, phoneA, time.Now().Add(5*time.Second)); late > onTime {
			t.Errorf("the fallback is %v late", late)
		}
		sends.Wait()
	})
}

// While one account's clock is moved over slow texts, another account's messages are on time, and so is its sandbox.
func TestNeighbours_SandboxClock(t *testing.T) {
	t.Parallel()
	withNeighbours(t, carrier.Limits{InFlight: 64}, func(t *testing.T, s neighbours) {
		for i := range 6 {
			s.schedule(t, s.Test, fmt.Sprintf(badNumber, i), time.Now().Add(time.Hour+time.Duration(i)*time.Second))
		}

		moved := make(chan engine.SandboxTime, 1)
		go func() {
			at, err := s.MoveClock(t.Context(), s.Test, engine.ClockMove{By: 2 * time.Hour})
			if err != nil {
				t.Error(err)
			}
			moved <- at
		}()

		time.Sleep(time.Second)
		s.checkGuest(t, time.Now().Add(2*time.Second))
		guest := s.guest
		guest.Mode = id.Test
		begin := time.Now()
		at, err := s.MoveClock(t.Context(), guest, engine.ClockMove{By: time.Hour})
		if err != nil || !at.Done || time.Since(begin) > onTime {
			t.Errorf("another sandbox's clock: %+v after %v, %v", at, time.Since(begin), err)
		}

		first := <-moved
		if first.Done || first.Offset < time.Hour || first.Offset > time.Hour+10*time.Second {
			t.Errorf("after twenty seconds: %+v", first)
		}

		for n, done := 0, false; !done; n++ {
			at, err := s.MoveClock(t.Context(), s.Test, engine.ClockMove{})
			if err != nil || n > 5 {
				t.Fatalf("continued %d times: %+v, %v", n, at, err)
			}
			if done = at.Done; done && at.Offset != 2*time.Hour {
				t.Errorf("when it is done: %+v", at)
			}
		}
	})
}
