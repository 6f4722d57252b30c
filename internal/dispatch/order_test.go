package dispatch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/dispatch"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// play sends one SMS whose answer is held back, makes the events happen in the given order, and formats the state in
// the end.
func play(t *testing.T, order []string) (end string) {
	bubble(t, func(t *testing.T) {
		w := newTrio(t, testworld.Options{Now: time.Now})
		answers := make(chan carrier.Result, 1)
		w.SMS.Script(testworld.Held(answers))
		go func() { _, _, _ = w.SendOTP(context.Background(), w.Live, testworld.To(phoneA), nil) }()
		synctest.Wait()
		ref, code := w.SMS.Sent()[0].Ref, codeOf(w.SMS)
		list, _, err := w.Dispatcher.Query.ListOTPs(t.Context(), w.Live, query.Filter{}, [16]byte{}, 1)
		if err != nil || len(list) != 1 {
			t.Fatalf("list %v, %v", list, err)
		}

		report := func(s carrier.Status) {
			r := carrier.Receipt{Carrier: "smsc", Ref: ref, Status: s, Reason: message.Unreachable}
			_, _ = w.Dispatcher.Receipt(t.Context(), r)
		}

		for _, event := range order {
			switch event {
			case "accepted":
				select {
				case answers <- carrier.Result{Outcome: carrier.Accepted, IDs: []string{"x"}}:
				default:
				}
			case "delivered":
				report(carrier.Delivered)
			case "read":
				report(carrier.Read)
			case "failed":
				report(carrier.Failed)
			case "cancel":
				_, _, _ = w.CancelOTP(t.Context(), w.Live, list[0].ID, nil)
			case "verify":
				_, _, _ = w.VerifyOTP(t.Context(), w.Live, list[0].ID, secret.NewString(code), nil)
			case "sweep":
				sweepAhead(t, w)
			}
			synctest.Wait()
		}

		// In the end the code expires.
		time.Sleep(6 * time.Minute)
		for range 3 {
			w.Sweep(t)
			synctest.Wait()
		}

		o := w.Read(t, list[0].ID)
		m := o.Sent[0]
		b := w.Balance(t)
		end = fmt.Sprintf("otp %s, message %v, attempt %v, charged %d, balance %d+%d, owner %d, over %v",
			o.State(), m.State, m.Attempts[0].Progress, m.Charged, b.Credits, b.Held, m.Owner, m.Over)
	})

	return end
}

// sweepAhead makes everything expire without moving the clock of the bubble, by a second engine whose clock is ahead.
func sweepAhead(t *testing.T, w trio) {
	t.Helper()
	ahead, next := w.Dispatcher.Config, *w.World
	ahead.Now = func() time.Time { return time.Now().Add(6 * time.Minute) }
	next.Dispatcher = dispatch.New(ahead)
	next.Sweep(t)
}

func permutations(list []string) [][]string {
	if len(list) <= 1 {
		return [][]string{list}
	}
	var out [][]string
	for i := range list {
		rest := append(append([]string{}, list[:i]...), list[i+1:]...)
		for _, p := range permutations(rest) {
			out = append(out, append([]string{list[i]}, p...))
		}
	}

	return out
}

func TestEvents_AnyOrder(t *testing.T) {
	t.Parallel()
	random := seed(t)
	for _, events := range []string{
		"accepted delivered", "accepted delivered read", "accepted failed", "accepted delivered cancel",
		"accepted failed cancel", "accepted delivered read verify", "accepted sweep", "accepted delivered sweep",
	} {
		list := strings.Fields(events)
		var first string
		for _, order := range permutations(list) {
			for _, repeated := range [][]string{order, shuffledRepeats(random, order)} {
				end := play(t, repeated)
				if first == "" {
					first = end
				}
				if end != first {
					t.Errorf("%v ended as %s\n%s ended as %s", list, first, strings.Join(repeated, ", "), end)
				}
			}
		}
		t.Logf("%s: %s", events, first)
	}
}

// shuffledRepeats repeats each event at a random later place.
func shuffledRepeats(r *rand.Rand, order []string) []string {
	out := append([]string{}, order...)
	for i, e := range order {
		at := i + 1 + r.IntN(len(out)-i)
		at = min(at, len(out))
		out = append(out[:at], append([]string{e}, out[at:]...)...)
	}
	return out
}

func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := rand.Uint64()
	if s := os.Getenv("ENGINE_SEED"); s != "" {
		n, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("ENGINE_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}
