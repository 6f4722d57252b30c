package carrierwatch_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// watched is a world whose log can be read.
func watched(t *testing.T, b store.Backend) (testworld.Trio, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	return testworld.NewTrio(t,
		testworld.Options{Backend: b, Credits: 10_000, Log: slog.New(slog.NewTextHandler(log, nil))}), log
}

// pass lets time pass, in rounds of a second, and counts the log lines of each kind.
func pass(t *testing.T, w *testworld.World, log *bytes.Buffer, d time.Duration) map[string]int {
	t.Helper()
	for ; d > 0; d -= time.Second {
		w.Clock.Add(time.Second)
		w.Dispatcher.Watch.Round(t.Context())
	}

	lines := map[string]int{}
	for _, text := range []string{"a carrier fails", "a carrier still fails", "a carrier works again"} {
		lines[text] = strings.Count(log.String(), text)
	}

	return lines
}

func failuresOf(t *testing.T, w *testworld.World, name string) []carrierwatch.Failure {
	t.Helper()
	list, err := carrierwatch.Failures(t.Context(), w.Dispatcher.Config.Store, name)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

var fails = testworld.AnswersWith(carrier.Result{
	Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 401",
	Cause: "the gateway rejects the token",
})

// TestWatch_Log: a failure is logged when it begins, every five minutes, and when the carrier works again; meanwhile it
// is in the database.
func TestWatch_Log(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w, log := watched(t, b)
		w.SMS.Script(fails)
		for i := range 20 {
			testworld.Send(t, w.World, testworld.To(testworld.Number(i)))
		}
		if lines := pass(t, w.World, log, 5*time.Second); lines["a carrier fails"] != 1 {
			t.Errorf("lines %v\n%s", lines, log)
		}

		list := failuresOf(t, w.World, "smsc")
		if len(list) != 1 || list[0].Count != 20 || list[0].Code != "HTTP 401" ||
			!strings.Contains(list[0].String(), "rejects the token") {
			t.Errorf("the database says %+v", list)
		}
		if lines := pass(t, w.World, log, 11*time.Minute); lines["a carrier fails"] != 1 ||
			lines["a carrier still fails"] != 2 {
			t.Errorf("lines %v", lines)
		}

		w.SMS.Script(testworld.Accepts)
		testworld.Send(t, w.World, testworld.To(testworld.Number(30)))
		if lines := pass(t, w.World, log, 5*time.Second); lines["a carrier works again"] != 1 {
			t.Errorf("lines %v", lines)
		}
		if list := failuresOf(t, w.World, "smsc"); len(list) != 0 || strings.Contains(log.String(), testworld.PhoneA) {
			t.Errorf("it works, and the database says %+v", list)
		}
	})
}

// TestWatch_Rejections: a carrier that rejects numbers does not fail, nor does one that throttles for a moment.
func TestWatch_Rejections(t *testing.T) {
	t.Parallel()
	w, log := watched(t, nil)
	w.SMS.Script(testworld.Rejects(message.CarrierError))
	for i := range 20 {
		testworld.Send(t, w.World, testworld.To(testworld.Number(i)))
	}

	throttled := carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "HTTP 429",
		Throttled: true,
	}
	w.WhatsApp.Script(testworld.AnswersWith(throttled))
	for i := range 20 {
		testworld.Send(t, w.World, testworld.To(testworld.Number(40+i), message.WhatsApp))
	}
	pass(t, w.World, log, 10*time.Second)
	if down := w.Dispatcher.Down(w.Clock.Now()); len(down) != 0 || log.Len() != 0 {
		t.Errorf("down %v, log %s", down, log)
	}
}

// TestWatch_Restart: the next run continues with the stored state, and removes it when the carrier works.
func TestWatch_Restart(t *testing.T) {
	t.Parallel()
	w, log := watched(t, nil)
	w.SMS.Script(fails)
	testworld.Send(t, w.World, testworld.To(testworld.PhoneA))
	pass(t, w.World, log, 5*time.Second)

	next := w.Restart(t, nil)
	next.Dispatcher.Watch.TakeOver(t.Context())
	pass(t, next, log, 10*time.Second)
	if list := failuresOf(t, next, "smsc"); len(list) != 1 {
		t.Fatalf("after the restart the database says %+v", list)
	}

	w.SMS.Script(testworld.Accepts)
	testworld.Send(t, next, testworld.To(testworld.Number(1)))
	if lines := pass(t, next, log, 10*time.Second); lines["a carrier works again"] != 1 ||
		len(failuresOf(t, next, "smsc")) != 0 {
		t.Errorf("lines %v, the database says %+v", lines, failuresOf(t, next, "smsc"))
	}
}

// TestFailure_String: every failure has a cause, even one that came without.
func TestFailure_String(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		result carrier.Result
		want   string
	}{
		"a link that is down": {
			result: carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError}, want: ": not connected",
		},
		"with its cause": {
			result: carrier.Result{Outcome: carrier.Retry, Cause: "not connected to the message centre"},
			want:   ": not connected to the message centre",
		},
		"no answer": {
			result: carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierTimeout},
			want:   ": no answer in time",
		},
		"an unreadable answer": {
			result: carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError},
			want:   ": no readable answer",
		},
		"a code alone": {
			result: carrier.Result{Outcome: carrier.Retry, CarrierCode: "0x00000058"}, want: ": 0x00000058",
		},
		"a code and a cause": {
			result: carrier.Result{Outcome: carrier.Retry, CarrierCode: "HTTP 503", Cause: "the gateway reported an internal error"},
			want:   ": HTTP 503, the gateway reported an internal error",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, log := watched(t, nil)
			for i, submits := range []string{"(1 submit, ", "(2 submits, "} {
				w.Dispatcher.Watch.Note("smsc", w.Clock.Now(), c.result)
				pass(t, w.World, log, 15*time.Second)
				list := failuresOf(t, w.World, "smsc")
				if len(list) != 1 || !strings.HasSuffix(list[0].String(), c.want) ||
					!strings.Contains(list[0].String(), submits) {
					t.Errorf("after %d: %v, want %q and %q in it", i+1, list, submits, c.want)
				}
			}
		})
	}
}
