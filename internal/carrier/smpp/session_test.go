package smpp

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// far is the message centre's end of a pipe, which a test plays under a fake clock.
type far struct {
	t *testing.T
	net.Conn
	reader *pdu.Reader
}

func (f *far) expect(c pdu.Command) pdu.PDU {
	f.t.Helper()
	p, err := f.reader.Next()
	if err != nil || p.Command != c {
		f.t.Fatalf("read %v, %v, want %v", p.Command, err, c)
	}
	return p
}

func (f *far) send(p pdu.PDU) {
	f.t.Helper()
	b, err := p.Append(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		f.t.Fatal(err)
	}
}

func (f *far) accept(submit pdu.PDU, id string) {
	f.t.Helper()
	f.send(pdu.PDU{Command: pdu.SubmitSMResp, Sequence: submit.Sequence, Body: &pdu.MessageID{ID: id}})
}

func (f *far) bind() { f.t.Helper(); f.bindAs(pdu.BindTransceiver) }

func (f *far) bindAs(c pdu.Command) {
	f.t.Helper()
	p := f.expect(c)
	f.send(pdu.PDU{Command: c.Response(), Sequence: p.Sequence, Body: &pdu.BindResp{SystemID: "smsc"}})
}

// rig is a carrier whose links are pipes. The other end of each link that it opens is sent to links.
type rig struct {
	*Carrier
	links    chan *far
	receipts chan carrier.Receipt
	answers  chan carrier.Answer
	texts    chan carrier.Inbound
	stop     func()
}

// inBubble runs play with a running carrier under a fake clock.
func inBubble(t *testing.T, c Config, play func(*testing.T, *rig)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{
			links: make(chan *far, 100), receipts: make(chan carrier.Receipt, 100),
			answers: make(chan carrier.Answer, 100), texts: make(chan carrier.Inbound, 100),
		}

		c.Name, c.SystemID = "smsc-1", "user"
		c.Dial = func(context.Context) (net.Conn, error) {
			near, end := net.Pipe()
			r.links <- &far{t, end, pdu.NewReader(end)}
			return near, nil
		}

		silence := c.EnquireLink
		c.EnquireLink = min(silence, time.Hour)
		var err error
		if r.Carrier, err = New(c, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}

		r.cfg.EnquireLink = max(silence, r.cfg.EnquireLink) // some tests wait for days without an enquire_link
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = r.Run(ctx, carrier.Sink{
				Receipt: func(_ context.Context, x carrier.Receipt) (bool, error) {
					if x.ID == "unknown" {
						return false, nil
					}
					r.receipts <- x
					return true, nil
				},
				Answer:  func(_ context.Context, x carrier.Answer) error { r.answers <- x; return nil },
				Inbound: func(_ context.Context, x carrier.Inbound) (bool, error) { r.texts <- x; return true, nil },
			})
		}()

		r.stop = func() { cancel(); <-ended }
		play(t, r)
		cancel()
		for open := true; open; {
			select {
			case l := <-r.links:
				_ = l.Close()
			default:
				open = false
			}
		}
		<-ended
	})
}

func (r *rig) sending(d time.Duration) chan carrier.Result {
	out := make(chan carrier.Result, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel()
		out <- r.Send(ctx, carrier.Message{
			Ref: "r1", To: phone.Number("+32470123456"),
			Body: secret.NewString("735190"),
		})
	}()
	return out
}

func TestLink_Silent(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		start := time.Now()
		p := l.expect(pdu.EnquireLink)
		if idle := time.Since(start); idle < 30*time.Second || idle > 32*time.Second {
			t.Errorf("asked after %v", idle)
		}

		l.send(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence})
		l.send(pdu.PDU{Command: pdu.EnquireLink, Sequence: 7})
		if p := l.expect(pdu.EnquireLinkResp); p.Sequence != 7 {
			t.Errorf("answered sequence %d", p.Sequence)
		}

		l.expect(pdu.EnquireLink)
		asked := time.Now()
		if _, err := l.reader.Next(); err == nil || time.Since(asked) > 12*time.Second {
			t.Errorf("the link was kept for %v, %v", time.Since(asked), err)
		}
		(<-r.links).bind()
	})
}

func TestWindow_SlotOfUnansweredSubmit(t *testing.T) {
	inBubble(t, Config{Window: 1, ResponseTimeout: 12 * time.Second}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		start := time.Now()
		<-r.sending(time.Second)
		if got := <-r.sending(time.Second); got.Outcome != carrier.Retry {
			t.Errorf("a full window: %+v", got)
		}

		second := r.sending(time.Minute)
		l.expect(pdu.SubmitSM)
		l.accept(l.expect(pdu.SubmitSM), "2")
		if got := <-second; got.Outcome != carrier.Accepted || time.Since(start) < 12*time.Second {
			t.Errorf("got %+v after %v", got, time.Since(start))
		}
	})
}

func TestStop_WaitsForAnswersAndUnbinds(t *testing.T) {
	for name, answers := range map[string]bool{"answered": true, "not answered": false} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				result := r.sending(time.Minute)
				submit := l.expect(pdu.SubmitSM)
				stopped := make(chan time.Time, 1)
				go func() { r.stop(); stopped <- time.Now() }()
				synctest.Wait()
				if got := <-r.sending(time.Minute); got.Outcome != carrier.Retry {
					t.Errorf("a submit after the stop: %+v", got)
				}

				l.accept(submit, "1")
				if got := <-result; got.Outcome != carrier.Accepted {
					t.Errorf("the submit in flight: %+v", got)
				}

				p, asked := l.expect(pdu.Unbind), time.Now()
				limit := 6 * time.Second
				if answers {
					limit = 0
					l.send(pdu.PDU{Command: pdu.UnbindResp, Sequence: p.Sequence})
				}
				if took := (<-stopped).Sub(asked); took > limit {
					t.Errorf("stopped %v after unbind", took)
				}
			})
		})
	}
}

func TestLink_EndedByThePeer(t *testing.T) {
	for name, c := range map[string]struct {
		play  func(l *far, submit pdu.PDU)
		reply pdu.Command
	}{
		"unbind": {
			play: func(l *far, _ pdu.PDU) { l.send(pdu.PDU{Command: pdu.Unbind, Sequence: 5}) }, reply: pdu.UnbindResp,
		},
		"bad length": {
			play: func(l *far, _ pdu.PDU) { _, _ = l.Write([]byte("\xff\xff\xff\xff")) }, reply: pdu.GenericNack,
		},
		"wrong answer": {
			play: func(l *far, p pdu.PDU) { l.send(pdu.PDU{Command: pdu.EnquireLinkResp, Sequence: p.Sequence}) },
		},
		"close": {play: func(l *far, _ pdu.PDU) { _ = l.Close() }},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				result := r.sending(time.Minute)
				c.play(l, l.expect(pdu.SubmitSM))
				if c.reply != 0 {
					l.expect(c.reply)
				}
				if got := <-result; got.Outcome != carrier.Unknown {
					t.Errorf("the submit in flight: %+v", got)
				}
				(<-r.links).bind()
			})
		})
	}
}

func TestLink_UnusualAnswersAndRequests(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		for name, c := range map[string]struct {
			answer func(pdu.PDU)
			want   carrier.Result
		}{
			"nack": {
				answer: func(p pdu.PDU) {
					l.send(pdu.PDU{Command: pdu.GenericNack, Status: pdu.InvalidCommandID, Sequence: p.Sequence})
				},
				want: carrier.Result{
					Outcome: carrier.Rejected, Reason: message.CarrierRejected,
					CarrierCode: "0x00000003",
				},
			},
			"nack without an error": {answer: func(p pdu.PDU) {
				l.send(pdu.PDU{Command: pdu.GenericNack, Sequence: p.Sequence})
			}, want: carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError}},
			"an invalid id": {answer: func(p pdu.PDU) {
				b, _ := pdu.PDU{Command: pdu.SubmitSMResp, Sequence: p.Sequence}.Append(nil)
				b[2]++
				_, _ = l.Write(b)
				_, _ = l.Write([]byte(strings.Repeat(".", 256)))
			}, want: carrier.Result{Outcome: carrier.Accepted}},
			"no id": {answer: func(p pdu.PDU) {
				l.send(pdu.PDU{Command: pdu.SubmitSMResp, Sequence: p.Sequence})
			}, want: carrier.Result{Outcome: carrier.Accepted}},
		} {
			result := r.sending(time.Minute)
			c.answer(l.expect(pdu.SubmitSM))
			got := <-result
			if got.Outcome != c.want.Outcome || got.Reason != c.want.Reason || got.CarrierCode != c.want.CarrierCode ||
				len(got.IDs) != 0 {
				t.Errorf("%s: %+v, want %+v", name, got, c.want)
			}
		}

		l.send(pdu.PDU{Command: pdu.SubmitSMResp, Sequence: 4711, Body: &pdu.MessageID{ID: "1"}})
		l.send(pdu.PDU{Command: pdu.BindTransceiver, Sequence: 8, Body: &pdu.Bind{}})
		if p := l.expect(pdu.GenericNack); p.Sequence != 8 || p.Status != pdu.InvalidCommandID {
			t.Errorf("a request that only clients make: %+v", p)
		}
	})
}

func TestBind_WaitsAfterRejection(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		last := time.Now()
		for i := range 8 {
			_ = (<-r.links).Close()
			wait := time.Since(last)
			last = time.Now()
			if i > 0 {
				want := min(time.Second<<(i-1), time.Minute)
				if wait < want/2 || wait > want {
					t.Errorf("wait %d was %v, want half of %v to all of it", i, wait, want)
				}
			}
		}

		l := <-r.links
		p, asked := l.expect(pdu.BindTransceiver), time.Now()
		l.send(pdu.PDU{Command: pdu.BindTransceiverResp, Status: pdu.InvalidPassword, Sequence: p.Sequence})
		l = <-r.links
		if wait := time.Since(asked); wait < 30*time.Second || wait > time.Minute {
			t.Errorf("after a wrong password it waited %v", wait)
		}

		asked = time.Now()
		l.expect(pdu.BindTransceiver)
		if _, err := l.reader.Next(); err == nil || time.Since(asked) != 10*time.Second {
			t.Errorf("a bind without an answer was kept for %v, %v", time.Since(asked), err)
		}
	})
}

func TestSend_NoLink(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		start := time.Now()
		got := <-r.sending(time.Minute)
		if got.Outcome != carrier.Retry || got.Reason != message.CarrierError || time.Since(start) != time.Second {
			t.Errorf("got %+v after %v", got, time.Since(start))
		}

		result := r.sending(time.Minute)
		synctest.Wait()
		l := <-r.links
		l.bind()
		l.accept(l.expect(pdu.SubmitSM), "1")
		if got := <-result; got.Outcome != carrier.Accepted {
			t.Errorf("got %+v", got)
		}
	})
}

func TestLink_PeerThatDoesNotRead(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		b, _ := pdu.PDU{Command: pdu.EnquireLink, Sequence: 1}.Append(nil)
		var err error
		for sent := 0; err == nil && sent < 2*maxUnwritten; sent += len(b) {
			_, err = l.Write(b)
		}
		if err == nil {
			t.Error("the carrier keeps all the answers that are not read")
		}
	})
}
