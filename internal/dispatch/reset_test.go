package dispatch_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

func move(t *testing.T, w *testworld.World, m engine.ClockMove) engine.SandboxTime {
	t.Helper()
	at, err := w.MoveClock(t.Context(), w.Test, m)
	if err != nil {
		t.Fatalf("move by %v: %v", m.By, err)
	}
	return at
}

func TestMoveClock_MaxAhead(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	move(t, w, engine.ClockMove{By: 700 * time.Hour})
	_, err := w.MoveClock(t.Context(), w.Test, engine.ClockMove{By: 21 * time.Hour})
	refused(t, err, fault.InvalidParams)
	if at := move(t, w, engine.ClockMove{By: 20 * time.Hour}); at.Offset != dispatch.MaxAhead || !at.Done {
		t.Errorf("at MaxAhead: %+v", at)
	}

	_, err = w.MoveClock(t.Context(), w.Test, engine.ClockMove{By: time.Second})
	refused(t, err, fault.InvalidParams)
	if at := move(t, w, engine.ClockMove{}); at.Offset != dispatch.MaxAhead || !at.Done {
		t.Errorf("a move by 0: %+v", at)
	}
	if at := move(t, w, engine.ClockMove{Reset: true}); at.Offset != 0 || !at.Done || !at.Now.Equal(w.Clock.Now()) {
		t.Errorf("after the reset: %+v", at)
	}
	move(t, w, engine.ClockMove{By: 720 * time.Hour})
}

// A reset ends everything that is pending in the sandbox, and nothing else.
func TestResetClock(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b, Carriers: newTrioCarriers(), Credits: 100})
		request := engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: w.Clock.Now().Add(time.Hour)}
		live, _, err := w.SendSMS(t.Context(), w.Live, request, nil)
		if err != nil {
			t.Fatal(err)
		}

		move(t, w, engine.ClockMove{By: time.Hour})
		request.ScheduledAt = w.Clock.Now().Add(5 * time.Hour)
		scheduled, _, err := w.SendSMS(t.Context(), w.Test, request, nil)
		if err != nil {
			t.Fatal(err)
		}

		open := sandboxSend(t, w, "+15005550010", message.WhatsApp, message.SMS)
		delivered := sandboxSend(t, w, "+15005550006", message.SMS)

		if at := move(t, w, engine.ClockMove{Reset: true}); at.Offset != 0 || !at.Done {
			t.Fatalf("reset: %+v", at)
		}
		if got := sandboxState(t, w, open); got != "canceled" {
			t.Errorf("an open code is %s", got)
		}
		if got := sandboxState(t, w, delivered); got != "canceled" {
			t.Errorf("a delivered code is %s", got)
		}
		if m, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Test, scheduled.ID); err != nil || m.State != message.Canceled {
			t.Errorf("a scheduled text is %v, %v", m.State, err)
		}
		if m, err := w.Dispatcher.Query.GetMessage(t.Context(), w.Live, live.ID); err != nil || m.State != message.Scheduled {
			t.Errorf("a live text is %v, %v", m.State, err)
		}

		shown, _ := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100)
		move(t, w, engine.ClockMove{By: 24 * time.Hour})
		if later, _ := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100); len(later) != len(shown) {
			t.Errorf("%d texts were sent after the reset", len(later)-len(shown))
		}
		if again := sandboxSend(t, w, "+15005550010", message.SMS); again.OTP.ID == open.OTP.ID {
			t.Error("the code that the reset ended was sent again")
		}
	})
}

// Messages that are made after a reset are the newest in lists and events, although earlier ones have later times.
// Filters by time use the times that are shown.
func TestResetClock_Lists(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
		start := w.Clock.Now()
		texts := func(f query.Filter) (ids []id.Message) {
			t.Helper()
			list, _, err := w.Dispatcher.Query.ListMessages(t.Context(), w.Test, f, [16]byte{}, 100)
			if err != nil {
				t.Fatal(err)
			}

			for _, m := range list {
				ids = append(ids, m.ID)
			}

			return ids
		}

		text := func() id.Message {
			t.Helper()
			w.Clock.Add(time.Second)
			m, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: "+15005550006", Body: "x"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			return m.ID
		}

		first := text()
		move(t, w, engine.ClockMove{By: 700 * time.Hour})
		ahead := text()
		move(t, w, engine.ClockMove{Reset: true})
		last := text()

		if got := texts(query.Filter{}); !slices.Equal(got, []id.Message{last, ahead, first}) {
			t.Errorf("listed %v, want %v", got, []id.Message{last, ahead, first})
		}
		if got := texts(query.Filter{From: start.Add(time.Hour)}); !slices.Equal(got, []id.Message{ahead}) {
			t.Errorf("after an hour: %v, want %v", got, ahead)
		}
		if got := texts(query.Filter{Before: start.Add(time.Hour)}); !slices.Equal(got, []id.Message{last, first}) {
			t.Errorf("before an hour: %v, want %v", got, []id.Message{last, first})
		}

		found, err := w.Hooks.FindEvents(t.Context(), w.Test, hooks.EventSearch{Limit: 100})
		events := found.Rows
		if err != nil || len(events) < 3 || !strings.Contains(string(events[0].Body), last.String()) {
			t.Errorf("the newest of %d events is %s, %v", len(events), events[0].Body, err)
		}

		shown, err := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100)
		if err != nil || len(shown) != 3 || !shown[0].At.Equal(w.Clock.Now()) || shown[1].At.Before(shown[0].At) {
			t.Errorf("the phone shows %+v, %v", shown, err)
		}
	})
}

// Two requests that move the clock in parallel carry everything out once.
func TestMoveClock_Parallel(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	for i := range 40 {
		at := w.Clock.Now().Add(time.Duration(i+1) * time.Minute)
		r := engine.SMSRequest{To: testworld.Number(i), Body: "x", ScheduledAt: at}
		if _, _, err := w.SendSMS(t.Context(), w.Test, r, nil); err != nil {
			t.Fatal(err)
		}
	}

	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := w.MoveClock(t.Context(), w.Test, engine.ClockMove{By: time.Hour})
			done <- err
		}()
	}

	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}

	list, err := w.Inbox(t.Context(), w.Test, "", id.Message{}, 100)
	if err != nil || len(list) != 40 {
		t.Errorf("%d texts were shown, %v; want 40", len(list), err)
	}
	if at := move(t, w, engine.ClockMove{}); at.Offset != 2*time.Hour {
		t.Errorf("the clock is %v ahead, want two hours", at.Offset)
	}
}
