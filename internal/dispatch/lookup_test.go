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

// TestReceipt_FindsItsMessage by any of its ids, exactly first, and only when one message is meant.
func TestReceipt_FindsItsMessage(t *testing.T) {
	t.Parallel()
	delivered := func(ids ...string) carrier.Receipt {
		return carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: ids[0], OtherIDs: ids[1:]}
	}

	for name, c := range map[string]struct {
		answers []string
		receipt carrier.Receipt
		want    int // the message that it is for; -1 is none
	}{
		"exactly":                        {[]string{"aBcD12", "AbCd12"}, delivered("AbCd12"), 1},
		"exactly, the other":             {[]string{"aBcD12", "AbCd12"}, delivered("aBcD12"), 0},
		"by the text's id":               {[]string{"beb0afe1-570a-45e8", "other"}, delivered("no-such-id", "beb0afe1-570a-45e8"), 0},
		"the text's exactly, not folded": {[]string{"beb0afe1-570a", "00BEB0AFE1570A"}, delivered("beb0afe1570a", "beb0afe1-570a"), 0},
		"both cases, changed":            {[]string{"E0Cabc", "other"}, delivered("e0cABC"), 0},
		"both cases, changed, unsure":    {[]string{"E0Cabc", "other"}, carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: "e0cABC", Unsure: true}, 0},
		"both cases, two may be meant":   {[]string{"aBcD12", "AbCd12"}, delivered("abCD12"), -1},
		"folded":                         {[]string{"00AB-CD", "other"}, delivered("abcd"), 0},
		"two may be meant":               {[]string{"0012", "012"}, delivered("12"), -1},
		"in another base":                {[]string{"3d36a155", "other"}, carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: "1026990421", Converted: []string{"3d36a155"}}, 0},
		"not in another base when exact": {[]string{"3d36a155", "1026990421"}, carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: "1026990421", Converted: []string{"3d36a155"}}, 1},
		"another carrier's":              {[]string{"a1", "b1"}, carrier.Receipt{Carrier: "wa", Status: carrier.Delivered, ID: "a1"}, -1},
		"255 characters":                 {[]string{strings.Repeat("f", 255), "b"}, delivered(strings.Repeat("f", 255)), 0},
		"unsure":                         {[]string{"a1", "b1"}, carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: "a1", Unsure: true}, 0},
		"unsure and unknown":             {[]string{"a1", "b1"}, carrier.Receipt{Carrier: "smsc", Status: carrier.Delivered, ID: "c1", Unsure: true}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEach(t, func(t *testing.T, b store.Backend) {
				w := newTrio(t, testworld.Options{Backend: b})
				w.SMS.Script(testworld.AcceptsAs(c.answers[0]), testworld.AcceptsAs(c.answers[1]))
				sent := []engine.OTPSent{send(t, w.World, testworld.To(testworld.Number(1))), send(t, w.World, testworld.To(testworld.Number(2)))}
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

// TestReceipt_BeforeItsAnswer is kept under each of its ids, and is not another message's.
func TestReceipt_BeforeItsAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		receipt carrier.Receipt
		answer  string
		want    message.State
	}{
		"exactly":             {carrier.Receipt{ID: "aBcD12"}, "aBcD12", message.Delivered},
		"another message's":   {carrier.Receipt{ID: "aBcD12"}, "AbCd12", message.Sent},
		"folded":              {carrier.Receipt{ID: "3D36A155"}, "003d36a155", message.Delivered},
		"by the second id":    {carrier.Receipt{ID: "beb0afe1570a", OtherIDs: []string{"4711"}}, "4711", message.Delivered},
		"in another base":     {carrier.Receipt{ID: "1026990421", Converted: []string{"3d36a155"}}, "3d36a155", message.Delivered},
		"unsure, so not kept": {carrier.Receipt{ID: "4711", Unsure: true}, "4711", message.Sent},
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

// TestReceipt_FirstEarlyOneStands: EXPIRED and then DELIVRD, both before the answer.
func TestReceipt_FirstEarlyOneStands(t *testing.T) {
	t.Parallel()
	w := newTrio(t, testworld.Options{})
	for _, s := range []carrier.Status{carrier.Failed, carrier.Delivered} {
		if _, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{Carrier: "smsc", ID: "4711", Status: s, Reason: message.Unreachable}); err != nil {
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

// TestReceipt_UnmatchedOnesAreTold in a line a minute with their count, but for those that were only ahead of their
// answer.
func TestReceipt_UnmatchedOnesAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		w := newTrio(t, testworld.Options{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))})
		report := func(one string) {
			t.Helper()
			if _, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{Carrier: "smsc", ID: one, Status: carrier.Delivered}); err != nil {
				t.Fatal(err)
			}
		}

		report("early-1")
		w.SMS.Script(testworld.AcceptsAs("early-1"))
		send(t, w.World, testworld.To(phoneA))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := log.count("match no message"); n != 0 {
			t.Errorf("a receipt that was early is told %d times", n)
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

// TestReceipt_UnmatchedOnesAreToldAtTheEnd: a shutdown does not lose the count.
func TestReceipt_UnmatchedOnesAreToldAtTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		w := newTrio(t, testworld.Options{Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))})
		for i := range 7 {
			if _, err := w.Dispatcher.Receipt(t.Context(), carrier.Receipt{Carrier: "smsc", ID: fmt.Sprint("lost-", i), Status: carrier.Delivered}); err != nil {
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
			t.Errorf("%d lines in the end", n)
		}
	})
}
