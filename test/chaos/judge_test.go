package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// outcome is the result of judge. All but acked, repeats, flagged and free must be 0.
type outcome struct {
	acked         int
	lost          int
	verifiedTwice int
	chargedTwice  int64
	unsubmitted   int
	unflagged     int
	repeats       int // requests that were repeated after the run
	flagged       int // messages that were submitted more than once, and are marked as repeated
	free          int // messages whose carrier's answers were lost in crashes
	thirdSubmits  int // submits of a reference beyond the second
}

func (o outcome) String() string {
	return fmt.Sprintf("acked=%d lost=%d verified_twice=%d charged_twice=%d unsubmitted=%d unflagged_duplicates=%d "+
		"third_submits=%d flagged_duplicates=%d repeats=%d uncharged=%d",
		o.acked, o.lost, o.verifiedTwice, o.chargedTwice, o.unsubmitted, o.unflagged, o.thirdSubmits, o.flagged,
		o.repeats,
		o.free)
}

// story is one send, as recorded in the journal.
type story struct {
	record
	acked    bool
	verifies []record
}

// judge compares what was acknowledged with what the server has.
func judge(t *testing.T, s *site, c *crowd, running *server) (o outcome) {
	t.Helper()
	c.carrier.mu.Lock()
	c.carrier.journal = nil
	c.carrier.mu.Unlock()
	stories, texts := readStories(t, c.journal.close(t))
	there := c.api.list(t)
	o.acked = len(stories)

	for _, st := range stories {
		o.judgeStory(t, st, there)
	}
	if len(there) != len(stories) {
		t.Errorf("%d sends were acknowledged, and there are %d OTPs", len(stories), len(there))
	}

	o.judgeMoney(t, c.api.balance(t), there, o.judgeTexts(t, c, texts))
	o.judgeRepeats(t, c, stories)
	c.carrier.each(func(to string, h *handset) {
		if len(h.refs) != 1 {
			o.unflagged++
			t.Errorf("%s was sent to under %d references: %v", to, len(h.refs), h.refs)
		}
	})

	for _, st := range stories {
		if c.carrier.text(st.To) == "" && !there[st.OTP].unknown() {
			o.unsubmitted++
			t.Errorf("%s (%s) was acknowledged, but the carrier never had it", st.OTP, st.To)
		}
	}

	running.stop(t)
	if out := s.command(t, "doctor"); bytes.Contains(out, []byte("FAIL")) {
		t.Errorf("doctor:\n%s", out)
	}
	o.judgeFlags(t, s, c.carrier, there)

	return o
}

// readStories reads the journal. Every intent must have been acknowledged.
func readStories(t *testing.T, records []record) (stories map[int64]*story, texts []record) {
	t.Helper()
	stories = map[int64]*story{}
	for _, r := range records {
		switch r.Kind {
		case "intent":
			stories[r.N] = &story{record: r}
		case "ack":
			stories[r.N].record, stories[r.N].acked = r, true
		case "verified":
			stories[r.N].verifies = append(stories[r.N].verifies, r)
		case "text":
			texts = append(texts, r)
		case "refused":
			t.Errorf("request %d was refused: %s", r.N, r.Text)
		}
	}

	for n, st := range stories {
		if !st.acked {
			t.Errorf("request %d never got its answer", n)
			delete(stories, n)
		}
	}

	return stories, texts
}

func (o *outcome) judgeStory(t *testing.T, st *story, there map[string]shownOTP) {
	t.Helper()
	shown, ok := there[st.OTP]
	if !ok || shown.To != st.To {
		o.lost++
		t.Errorf("%s to %s was acknowledged, but does not exist: %+v", st.OTP, st.To, shown)
		return
	}
	if !shown.settled() {
		t.Errorf("%s is not finished: %+v", st.OTP, shown)
	}

	valid, cutOff := 0, false
	for _, v := range st.verifies {
		if v.Valid {
			valid++
		}
		// Without a key the lost answer may have been the valid one.
		cutOff = cutOff || v.Interrupted && v.Key == ""
	}

	switch {
	case valid > 1:
		o.verifiedTwice++
		t.Errorf("%s was verified %d times: %+v", st.OTP, valid, st.verifies)
	case valid == 1 && shown.Status != "verified":
		o.lost++
		t.Errorf("%s was verified, but is %s now", st.OTP, shown.Status)
	case valid == 0 && len(st.verifies) > 0 && !cutOff:
		t.Errorf("%s: the right code was never valid: %+v", st.OTP, st.verifies)
	}
}

// judgeTexts checks every acknowledged text, and what it cost.
func (o *outcome) judgeTexts(t *testing.T, c *crowd, texts []record) (charged int64) {
	t.Helper()
	there := c.api.texts(t)
	o.acked += len(texts)

	for _, r := range texts {
		shown := there[r.OTP]
		charged += shown.Credits
		unknown := shown.Status == "unknown"
		if shown.To != r.To || c.carrier.text(r.To) == "" && !unknown {
			o.lost++
			t.Errorf("the text %s to %s was acknowledged, but is %+v; the carrier had %q",
				r.OTP, r.To, shown, c.carrier.text(r.To))
		}

		want := int64(1)
		if unknown {
			want = 0
			o.free++
		}
		if shown.Credits > want {
			o.chargedTwice++
		}
		if shown.Credits != want {
			t.Errorf("the text %s cost %d credits, want %d: %+v", r.OTP, shown.Credits, want, shown)
		}
	}
	if len(there) != len(texts) {
		t.Errorf("%d texts were acknowledged, and there are %d", len(texts), len(there))
	}

	return charged
}

func (o *outcome) judgeMoney(t *testing.T, b balance, there map[string]shownOTP, charged int64) {
	t.Helper()
	for _, otp := range there {
		cost, want := otp.credits(), int64(1)
		if otp.unknown() {
			want = 0
			o.free++
		}

		charged += cost
		if cost > want {
			o.chargedTwice++
		}
		if cost != want {
			t.Errorf("%s cost %d credits, want %d: %+v", otp.ID, cost, want, otp)
		}
	}

	if crashCredits-charged-b.Held != b.Credits || b.Held != 0 {
		o.chargedTwice = max(o.chargedTwice, crashCredits-b.Credits-b.Held-charged)
		t.Errorf("of %d credits, %d OTPs and the texts cost %d, %d are held, and %d are left",
			crashCredits, len(there), charged, b.Held, b.Credits)
	}
}

// judgeRepeats repeats sends with their keys: those with a lost answer, and some others.
func (o *outcome) judgeRepeats(t *testing.T, c *crowd, stories map[int64]*story) {
	t.Helper()
	queue := make(chan *story)
	var askers sync.WaitGroup
	var mu sync.Mutex

	for range 16 {
		askers.Go(func() {
			for st := range queue {
				// A repeat may get 503 for a minute, when an outage prevented the answer from being stored.
				r, cut := c.ask(t.Context(), "/v2/otp/send", st.Key, sendBody(st.To), new(atomic.Int64))
				var again sentOTP
				wrong := cut || json.Unmarshal(r.body, &again) != nil || again.ID != st.OTP
				mu.Lock()
				o.repeats++
				if wrong {
					o.lost++
					t.Errorf("a repeat with the key %s answers %d %s (cut off: %v), want %s",
						st.Key, r.status, r.body, cut, st.OTP)
				}
				mu.Unlock()
			}
		})
	}

	for n, st := range stories {
		if st.Interrupted || n%20 == 0 {
			queue <- st
		}
	}
	close(queue)
	askers.Wait()
}

// judgeFlags checks the database: messages that were submitted twice must be marked as repeated, none was submitted a
// third time, and a message is unknown only if the answers to two submits were lost, or if its code was verified.
func (o *outcome) judgeFlags(t *testing.T, s *site, carrier *sim, there map[string]shownOTP) {
	t.Helper()
	conf, err := app.LoadConfig(s.conf, nil)
	check(t, err)
	base, err := install.Open(t.Context(), conf)
	check(t, err)

	defer func() { check(t, base.Close()) }()
	account, err := id.ParseAccount(s.account)
	check(t, err)
	check(t, base.Store.View(t.Context(), func(v store.Reader) error {
		carrier.each(func(_ string, h *handset) {
			for ref, times := range h.refs {
				m, err := submitted(v, account, ref)
				if err != nil {
					o.unflagged++
					t.Errorf("%s was submitted %d times: %v", ref, times, err)
					continue
				}

				a := m.Attempts[0]
				if times > 1 {
					o.flagged++
				}

				if times > 1 && !a.Repeated || times > a.Submits {
					o.unflagged++
					t.Errorf("%s was submitted %d times, and its attempt says repeated=%v, %d submits",
						ref, times, a.Repeated, a.Submits)
				}

				if times > 2 {
					o.thirdSubmits += times - 2
					t.Errorf("%s was submitted %d times, want 2 at most", ref, times)
				}
				if a.Progress == message.AttemptUnknown && a.UnknownSubmits < 2 &&
					there[m.OTP.String()].Status != "verified" {
					t.Errorf("%s is unknown after %d submits without an answer", ref, a.UnknownSubmits)
				}
			}
		})

		return nil
	}))
}

// submitted reads the message of a reference, which consists of the message's id, the account's and the attempt's
// number.
func submitted(v store.Reader, account id.Account, ref string) (m store.Message, err error) {
	text, _, _ := strings.Cut(ref, "-")
	msg, err := id.ParseMessage(text)
	if err != nil {
		return m, err
	}

	key := store.MessageKey(account, msg)
	rows, err := v.Load(key)
	if err != nil {
		return m, err
	}

	m, ok := store.Get[store.Message](rows, key)
	if !ok || len(m.Attempts) != 1 {
		return m, fmt.Errorf("the message has %d attempts, want 1", len(m.Attempts))
	}

	return m, nil
}
