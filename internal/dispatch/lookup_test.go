package dispatch_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A receipt is matched by any of its ids, exact ones first, and only if it can be for no other message.
func TestReceipt_Match(t *testing.T) {
	t.Parallel()
	delivered := func(ids ...string) carrier.Receipt {
		return carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: ids[0], OtherIDs: ids[1:]}
	}
	unsure := func(id string) carrier.Receipt {
		return carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: id, Unsure: true}
	}
	converted := func(id, other string) carrier.Receipt {
		return carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: id, Converted: []string{other}}
	}

	for name, c := range map[string]struct {
		answers []string
		receipt carrier.Receipt
		want    int // the message that it matches; -1 = none
	}{
		"exact":                     {[]string{"aBcD12", "AbCd12"}, delivered("AbCd12"), 1},
		"exact, the other":          {[]string{"aBcD12", "AbCd12"}, delivered("aBcD12"), 0},
		"second id":                 {[]string{"beb0afe1-570a", "x"}, delivered("no-such-id", "beb0afe1-570a"), 0},
		"second id before a folded": {[]string{"be-b0", "00BEB0"}, delivered("beb0", "be-b0"), 0},
		"mixed case changed":        {[]string{"E0Cabc", "other"}, delivered("e0cABC"), 0},
		"mixed case, unsure":        {[]string{"E0Cabc", "other"}, unsure("e0cABC"), 0},
		"mixed case, ambiguous":     {[]string{"aBcD12", "AbCd12"}, delivered("abCD12"), -1},
		"folded":                    {[]string{"00AB-CD", "other"}, delivered("abcd"), 0},
		"ambiguous":                 {[]string{"0012", "012"}, delivered("12"), -1},
		"converted":                 {[]string{"3d36a155", "other"}, converted("1026990421", "3d36a155"), 0},
		"exact before a converted":  {[]string{"3d36a155", "1026990421"}, converted("1026990421", "3d36a155"), 1},
		"another carrier's":         {[]string{"a1", "b1"}, carrier.Receipt{Carrier: "wa", Status: carrier.Delivered, ID: "a1"}, -1},
		"255 characters":            {[]string{strings.Repeat("f", 255), "b"}, delivered(strings.Repeat("f", 255)), 0},
		"unsure":                    {[]string{"a1", "b1"}, unsure("a1"), 0},
		"unsure and unknown":        {[]string{"a1", "b1"}, unsure("c1"), -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, b store.Backend) {
				w := newTrio(t, testworld.Options{Backend: b})
				w.SMS.Script(testworld.AcceptsAs(c.answers[0]), testworld.AcceptsAs(c.answers[1]))
				sent := []engine.OTPSent{
					send(t, w.World, testworld.To(testworld.Number(1))), send(t, w.World, testworld.To(testworld.Number(2))),
				}
				matched, err := w.Dispatcher.Receipt(t.Context(), c.receipt)
				if err != nil || matched != (c.want >= 0) {
					t.Fatalf("matched %v, %v", matched, err)
				}

				for i, s := range sent {
					want := message.Sent
					if i == c.want {
						want = message.Delivered
					}
					if got := messageOf(t, w.World, s).State; got != want {
						t.Errorf("message %d is %v, want %v", i, got, want)
					}
				}
			})
		})
	}
}

// A receipt that comes before its answer is matched later, by any of its ids.
func TestReceipt_Early(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		receipt carrier.Receipt
		answer  string
		want    message.State
	}{
		"exact":              {carrier.Receipt{ID: "aBcD12"}, "aBcD12", message.Delivered},
		"another message's":  {carrier.Receipt{ID: "aBcD12"}, "AbCd12", message.Sent},
		"folded":             {carrier.Receipt{ID: "3D36A155"}, "003d36a155", message.Delivered},
		"second id":          {carrier.Receipt{ID: "beb0afe1570a", OtherIDs: []string{"4711"}}, "4711", message.Delivered},
		"converted":          {carrier.Receipt{ID: "1026990421", Converted: []string{"3d36a155"}}, "3d36a155", message.Delivered},
		"unsure, not stored": {carrier.Receipt{ID: "4711", Unsure: true}, "4711", message.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrio(t, testworld.Options{})
			c.receipt.Carrier, c.receipt.Status = "smsc", carrier.Delivered
			if matched, err := w.Dispatcher.Receipt(t.Context(), c.receipt); matched || err != nil {
				t.Fatalf("matched %v, %v", matched, err)
			}

			w.SMS.Script(testworld.AcceptsAs(c.answer))
			if got := messageOf(t, w.World, send(t, w.World, testworld.To(phoneA))).State; got != c.want {
				t.Errorf("the message is %v, want %v", got, c.want)
			}
		})
	}
}

// Of two early receipts, EXPIRED and then DELIVRD, the first counts.
func TestReceipt_TwoEarly(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for _, s := range []carrier.Status{carrier.Failed, carrier.Delivered} {
		r := carrier.Receipt{Carrier: "smsc", ID: "4711", Status: s, Reason: message.Unreachable}
		if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}

	w.SMS.Script(testworld.AcceptsAs("4711"))
	if got := messageOf(t, w.World, send(t, w.World, testworld.To(phoneA))).State; got != message.Failed {
		t.Errorf("the message is %v", got)
	}
}

// lines is a log that tests may read.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(b)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.Buffer.String(), part)
}

// Unmatched receipts are logged in one line a minute, with their count. Early receipts are not.
func TestUnmatched_Log(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		w := newTrio(t, testworld.Options{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))})
		report := func(one string) {
			t.Helper()
			r := carrier.Receipt{Carrier: "smsc", ID: one, Status: carrier.Delivered}
			if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}

		report("early-1")
		w.SMS.Script(testworld.AcceptsAs("early-1"))
		send(t, w.World, testworld.To(phoneA))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := log.count("match no message"); n != 0 {
			t.Errorf("an early receipt is logged %d times", n)
		}

		for i := range 2000 {
			report(fmt.Sprintf("lost-%d", i))
		}

		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n, counted := log.count("match no message"), log.count("count=2000"); n != 1 || counted != 1 {
			t.Errorf("%d lines, %d with the count:\n%s", n, counted, log.String())
		}

		report("lost-again")
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if n := log.count("match no message"); n != 1 {
			t.Errorf("%d lines within a minute", n)
		}

		time.Sleep(time.Minute)
		synctest.Wait()
		if n := log.count("last_id=lost-again"); n != 1 {
			t.Errorf("%d lines about the last one", n)
		}
	})
}

// A shutdown logs the unmatched receipts once.
func TestUnmatched_LogAtShutdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		w := newTrio(t, testworld.Options{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))})
		for i := range 7 {
			r := carrier.Receipt{Carrier: "smsc", ID: fmt.Sprint("lost-", i), Status: carrier.Delivered}
			if _, err := w.Dispatcher.Receipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}

		w.Dispatcher.LogUnmatched(0)
		w.Dispatcher.LogUnmatched(0)
		if n, all := log.count("match no message"), log.count("count=7"); n != 1 || all != 1 {
			t.Errorf("%d lines, %d with the count:\n%s", n, all, log.String())
		}

		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := log.count("match no message"); n != 1 {
			t.Errorf("%d lines two minutes later", n)
		}
	})
}
