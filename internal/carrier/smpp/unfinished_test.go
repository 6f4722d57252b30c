package smpp

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// centre answers each submit as the test wants, and keeps its user data header and its time.
type centre struct {
	mu      sync.Mutex
	headers []string
	at      []time.Duration
	begin   time.Time
}

func (c *centre) serve(l *far, answer func(number byte, at time.Duration) pdu.Status) {
	c.begin = time.Now()
	for {
		p, err := l.reader.Next()
		if err != nil {
			return
		}

		out := pdu.PDU{Command: p.Command.Response(), Sequence: p.Sequence}
		if sm, ok := p.Body.(*pdu.SM); ok {
			text, since := sm.Text(), time.Since(c.begin)
			c.mu.Lock()
			c.headers, c.at = append(c.headers, hex.EncodeToString(text[:6])), append(c.at, since)
			c.mu.Unlock()
			if out.Status = answer(text[5], since); out.Status == pdu.OK {
				out.Body = &pdu.MessageID{ID: fmt.Sprint("id", text[5])}
			}
		}
		if b, err := out.Append(nil); err == nil {
			_, _ = l.Write(b)
		}
	}
}

// of returns the times of the submits of one part.
func (c *centre) of(number byte) (at []time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, header := range c.headers {
		if strings.HasSuffix(header, hex.EncodeToString([]byte{number})) {
			at = append(at, c.at[i])
		}
	}

	return at
}

// sendWhileRetry repeats as the dispatcher does, and returns every outcome.
func (r *rig) sendWhileRetry(text string, limit time.Duration) (outcomes []carrier.Outcome, last carrier.Result) {
	for begin, wait := time.Now(), 5*time.Second; time.Since(begin) < limit; wait *= 2 {
		last = <-r.sendingText(text, time.Hour)
		outcomes = append(outcomes, last.Outcome)
		if last.Outcome != carrier.Retry {
			break
		}
		time.Sleep(max(wait, last.RetryAfter))
	}

	return outcomes, last
}

// TestSend_ResumesLongText: a later part that is not accepted for 40 s is retried with growing waits, the parts before
// it are submitted once, and no outcome is unknown.
func TestSend_ResumesLongText(t *testing.T) {
	for _, status := range []pdu.Status{pdu.Throttled, pdu.QueueFull, pdu.SystemError, pdu.SubmitFailed} {
		t.Run(status.String(), func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				var c centre
				go c.serve(l, func(number byte, at time.Duration) pdu.Status {
					if number == 2 && at < 40*time.Second {
						return status
					}
					return pdu.OK
				})

				outcomes, got := r.sendWhileRetry(threeParts, 5*time.Minute)
				if got.Outcome != carrier.Accepted || !slices.Equal(got.IDs, []string{"id1", "id2", "id3"}) ||
					slices.Contains(outcomes, carrier.Unknown) {
					t.Errorf("%v, at last %+v", outcomes, got)
				}

				second := c.of(2)
				if len(c.of(1)) != 1 || len(c.of(3)) != 1 || len(second) < 4 || len(second) > 10 {
					t.Errorf("submitted at %v, %v, %v", c.of(1), second, c.of(3))
				}

				for i := 2; i < len(second); i++ {
					if second[i]-second[i-1] < second[i-1]-second[i-2] {
						t.Errorf("the waits shrink: %v", second)
					}
				}

				for _, header := range c.headers {
					if header[:8] != c.headers[0][:8] {
						t.Errorf("references differ: %v", c.headers)
					}
				}
			})
		})
	}
}

// TestSend_CopyOfLongText: a copy continues after the accepted parts, with the text and the reference of the first try.
func TestSend_CopyOfLongText(t *testing.T) {
	inBubble(t, Config{ResponseTimeout: 2 * time.Second, EnquireLink: time.Hour}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		result := r.sendingText(threeParts, time.Hour)
		one := l.expect(pdu.SubmitSM)
		l.accept(one, "1")
		two := l.expect(pdu.SubmitSM)
		if got := <-result; got.Outcome != carrier.Unknown {
			t.Fatalf("%+v", got)
		}

		result = r.sendingText("4"+threeParts, time.Minute) // the minutes that are left have changed
		again := l.expect(pdu.SubmitSM)
		sent, repeated := two.Body.(*pdu.SM), again.Body.(*pdu.SM)
		if !slices.Equal(sent.ShortMessage, repeated.ShortMessage) || repeated.ValidityPeriod != "000000000100000R" {
			t.Errorf("%q and then %q, validity %q", sent.ShortMessage, repeated.ShortMessage, repeated.ValidityPeriod)
		}
		if got := <-result; got.Outcome != carrier.Unknown {
			t.Fatalf("%+v", got)
		}

		l.accept(again, "2") // late
		synctest.Wait()
		l.send(pdu.PDU{Command: pdu.EnquireLink, Sequence: 3})
		l.expect(pdu.EnquireLinkResp)
		result = r.sendingText(threeParts, time.Minute)
		l.accept(l.expect(pdu.SubmitSM), "3")
		if got := <-result; got.Outcome != carrier.Accepted || !slices.Equal(got.IDs, []string{"1", "2", "3"}) {
			t.Errorf("%+v", got)
		}

		// The message was accepted, so its reference is forgotten.
		result = r.sendingText(threeParts, time.Minute)
		if sm := l.expect(pdu.SubmitSM).Body.(*pdu.SM); sm.ShortMessage[5] != 1 {
			t.Errorf("it begins with part %d", sm.ShortMessage[5])
		}
		<-result
	})
}

// TestSend_ThrottledWaitsGrow: a throttled text is not submitted every second.
func TestSend_ThrottledWaitsGrow(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		var c centre
		go c.serve(l, func(byte, time.Duration) pdu.Status { return pdu.Throttled })
		outcomes, got := r.sendWhileRetry("735190 is your code", 2*time.Minute)
		if got.Outcome != carrier.Retry || !got.Throttled || slices.Contains(outcomes, carrier.Unknown) {
			t.Errorf("%v, at last %+v", outcomes, got)
		}
		if n := len(c.at); n < 5 || n > 14 {
			t.Errorf("%d submits at %v", n, c.at)
		}
		_ = l.Close()
	})
}

// TestBuild_ReferenceOfCopies: copies have one reference, in each form and on each node; other messages have others.
func TestBuild_ReferenceOfCopies(t *testing.T) {
	t.Parallel()
	for _, form := range []string{LongUDH, LongSAR} {
		reference := func(ref string) string {
			m := carrier.Message{Ref: ref, Channel: message.SMS, To: "+32470123456", Body: secret.NewString(threeParts)}
			parts, failed := builder(t, Config{Long: form}).build(m)
			if failed != nil || len(parts) != 3 {
				t.Fatalf("%+v", failed)
			}
			if v, ok := pdu.Find(parts[0].TLVs, pdu.TagSARReference); ok {
				return hex.EncodeToString(v)
			}

			return hex.EncodeToString(parts[0].ShortMessage[:4])
		}
		if a, b := reference("msg_1-a-0"), reference("msg_1-a-0"); a != b {
			t.Errorf("%s: %s and %s", form, a, b)
		}

		seen := map[string]bool{}
		for i := range 200 {
			seen[reference(fmt.Sprintf("msg_%d-a-0", i))] = true
		}
		if len(seen) < 100 {
			t.Errorf("%s: %d references for 200 messages", form, len(seen))
		}
	}
}

// TestUnfinishedSends_Bound: they are bounded in number and in time.
func TestUnfinishedSends_Bound(t *testing.T) {
	t.Parallel()
	var b unfinishedSends
	now := time.Now()
	for i := range maxUnfinished + 10 {
		b.put(&unfinishedSend{ref: fmt.Sprint(i)}, time.Minute, now)
	}

	b.put(&unfinishedSend{}, time.Minute, now)
	if len(b.at) != maxUnfinished || b.oldest.Len() != maxUnfinished {
		t.Errorf("%d are kept, %d in order", len(b.at), b.oldest.Len())
	}
	if _, ok := b.take("3", now); ok {
		t.Error("the oldest is kept")
	}
	if _, ok := b.take("100", now.Add(time.Minute)); ok {
		t.Error("one whose life is over is resumed")
	}

	b.put(&unfinishedSend{ref: "long"}, 0, now)
	b.expire(now.Add(time.Minute))
	if _, ok := b.take("long", now.Add(time.Minute)); !ok || len(b.at) != 0 || b.oldest.Len() != 0 {
		t.Errorf("%v, %d are left", ok, len(b.at))
	}
}
