package janitor_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

const day = 24 * time.Hour

// Codes and messages that are old and over are removed. Those that wait stay until they are over, and credits, their
// entries and contacts stay in any case.
func TestRemoveMessages_Old(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.NewTrio(t, testworld.Options{Backend: b, Credits: 10_000})
		w.Janitor.KeepMessages = 40 * day
		w.Do(t, w.Janitor.RotateDays)
		var old []engine.OTPSent
		for n := range 205 { // more than one batch
			old = append(old, testworld.Send(t, w.World, testworld.To(testworld.Number(n))))
		}

		request := engine.SMSRequest{To: testworld.PhoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(30 * day)}
		later, _, err := w.SendSMS(t.Context(), w.Live, request, nil)
		if err != nil {
			t.Fatal(err)
		}

		w.Clock.Add(time.Hour)
		w.Sweep(t) // the codes expire
		w.Clock.Add(20 * day)
		young := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
		w.Clock.Add(22 * day)
		balance := w.Balance(t)
		w.Do(t, w.Janitor.RotateDays)
		w.Do(t, w.Janitor.RemoveMessages)

		for _, s := range old {
			_, err := w.Dispatcher.Query.GetOTP(t.Context(), w.Live, s.OTP.ID)
			testworld.Refused(t, err, fault.NotFound)
			_, err = w.Dispatcher.Query.GetMessage(t.Context(), w.Live, s.OTP.Messages[0])
			testworld.Refused(t, err, fault.NotFound)
		}
		if got := w.Read(t, young.OTP.ID); len(got.Sent) != 1 {
			t.Errorf("a new code has %d messages", len(got.Sent))
		}

		stateOf(t, w.World, later.ID, message.Scheduled)
		if got := w.Balance(t); got != balance {
			t.Errorf("balance %+v, was %+v", got, balance)
		}
		if c := w.Contact(t, id.Live, testworld.Number(0)); len(c.Number) == 0 {
			t.Error("the contact is gone")
		}

		w.Sweep(t) // it is far too late, so it fails and gives its hold back
		stateOf(t, w.World, later.ID, message.Failed)
		w.Do(t, w.Janitor.RotateDays)
		w.Do(t, w.Janitor.RemoveMessages)
		_, err = w.Dispatcher.Query.GetMessage(t.Context(), w.Live, later.ID)
		testworld.Refused(t, err, fault.NotFound)
		w.Balance(t)
	})
}

func stateOf(t *testing.T, w *testworld.World, m id.Message, want message.State) {
	t.Helper()
	got, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Live, m)
	if err != nil || got.State != want {
		t.Errorf("%s: %v (%v), want %v", m, got.State, err, want)
	}
}

// Without KeepMessages nothing is removed.
func TestRemoveMessages_KeptForEver(t *testing.T) {
	t.Parallel()
	w := testworld.NewTrio(t, testworld.Options{})
	s := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	w.Clock.Add(4000 * day)
	w.Do(t, w.Janitor.RemoveMessages)
	w.Read(t, s.OTP.ID)
}

// A code expires although its message was removed, because the server was down for longer than messages are kept.
func TestRemoveMessages_CodeWithoutMessage(t *testing.T) {
	t.Parallel()
	w := testworld.NewTrio(t, testworld.Options{})
	w.Janitor.KeepMessages = 40 * day
	s := testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	w.Clock.Add(41 * day)
	w.Do(t, w.Janitor.RemoveMessages)
	if got := w.Read(t, s.OTP.ID); len(got.Sent) != 0 {
		t.Fatal("the message was not removed, so this test tests nothing")
	}

	w.Sweep(t)
	if got := w.Read(t, s.OTP.ID); got.OTP.Status == otp.Open {
		t.Error("the code is still open")
	}
	w.Do(t, w.Janitor.RemoveMessages)
	_, err := w.Dispatcher.Query.GetOTP(t.Context(), w.Live, s.OTP.ID)
	testworld.Refused(t, err, fault.NotFound)
}
