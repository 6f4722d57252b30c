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

// centre answers each submit by what the test says, and keeps the user data headers and the moments.
type centre struct {
	mu    sync.Mutex
	came  []string
	at    []time.Duration
	begin time.Time
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
			c.came, c.at = append(c.came, hex.EncodeToString(text[:6])), append(c.at, since)
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

// of gives the moments of the submits of one part.
func (c *centre) of(number byte) (at []time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, header := range c.came {
		if strings.HasSuffix(header, hex.EncodeToString([]byte{number})) {
			at = append(at, c.at[i])
		}
	}

	return at
}

// sendWhileRetry repeats as the dispatcher does, and tells every outcome.
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

// TestSend_LongTextIsResumed: a later part that is refused for now for 40 s is tried again with growing waits, the parts
// before it are submitted once, and nothing is unknown.
func TestSend_LongTextIsResumed(t *testing.T) {
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
				if got.Outcome != carrier.Accepted || !slices.Equal(got.IDs, []string{"id1", "id2", "id3"}) || slices.Contains(outcomes, carrier.Unknown) {
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

				for _, header := range c.came {
					if header[:8] != c.came[0][:8] {
						t.Errorf("references differ: %v", c.came)
					}
				}
			})
		})
	}
}

// TestSend_CopyOfALongText goes on after the parts that were taken, with the text and the reference of the first try.
func TestSend_CopyOfALongText(t *testing.T) {
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

		// What was taken is over: the reference means nothing any more.
		result = r.sendingText(threeParts, time.Minute)
		if sm := l.expect(pdu.SubmitSM).Body.(*pdu.SM); sm.ShortMessage[5] != 1 {
			t.Errorf("it begins with part %d", sm.ShortMessage[5])
		}
		<-result
	})
}

// TestSend_ThrottledWaitsGrow: one text that a centre throttles is not submitted every second.
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

// TestBuild_CopiesHaveOneReference, whichever form they have and whichever node makes them; other messages have another.
func TestBuild_CopiesHaveOneReference(t *testing.T) {
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

// TestBegunTexts_AreBounded in number and in time.
func TestBegunTexts_AreBounded(t *testing.T) {
	t.Parallel()
	var b begunTexts
	now := time.Now()
	for i := range maxBegun + 10 {
		b.put(&begunText{ref: fmt.Sprint(i)}, time.Minute, now)
	}

	b.put(&begunText{}, time.Minute, now)
	if len(b.at) != maxBegun || b.oldest.Len() != maxBegun {
		t.Errorf("%d are kept, %d in order", len(b.at), b.oldest.Len())
	}
	if _, ok := b.take("3", now); ok {
		t.Error("the oldest is kept")
	}
	if _, ok := b.take("100", now.Add(time.Minute)); ok {
		t.Error("one whose life is over is resumed")
	}

	b.put(&begunText{ref: "long"}, 0, now)
	b.expire(now.Add(time.Minute))
	if _, ok := b.take("long", now.Add(time.Minute)); !ok || len(b.at) != 0 || b.oldest.Len() != 0 {
		t.Errorf("%v, %d are left", ok, len(b.at))
	}
}
