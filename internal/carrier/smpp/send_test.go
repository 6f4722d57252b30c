package smpp

import (
	"context"
	"encoding/hex"
	"slices"
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

// sendingText is sending with another text and life.
func (r *rig) sendingText(text string, life time.Duration) chan carrier.Result {
	out := make(chan carrier.Result, 1)
	m := carrier.Message{Ref: "r1", To: phone.Number("+32470123456"), Body: secret.NewString(text), Validity: life}
	go func() { out <- r.Send(context.Background(), m) }()
	return out
}

func (f *far) reject(submit pdu.PDU, s pdu.Status) {
	f.t.Helper()
	f.send(pdu.PDU{Command: pdu.SubmitSMResp, Sequence: submit.Sequence, Status: s})
}

var threeParts = strings.Repeat("0123456789", 40)

// TestSend_LateAnswer: the answer to a submit is reported after Send has given up, for any reason.
func TestSend_LateAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		wait     time.Duration // for which the sender waits
		late     time.Duration // after which the answer comes
		life     time.Duration
		status   pdu.Status
		want     carrier.Outcome
		reported bool
	}{
		"sender gave up": {
			wait: 2 * time.Second, late: 12 * time.Second, life: 10 * time.Minute, want: carrier.Accepted,
			reported: true,
		},
		"overdue": {
			wait: time.Minute, late: 50 * time.Second, life: 10 * time.Minute, want: carrier.Accepted, reported: true,
		},
		"rejected for good": {
			wait: time.Minute, late: 50 * time.Second, life: 10 * time.Minute, status: pdu.InvalidDestination,
			want: carrier.Rejected, reported: true,
		},
		"not accepted": {
			wait: time.Minute, late: 50 * time.Second, life: 10 * time.Minute, status: pdu.SystemError,
		},
		"the message is over": {wait: time.Minute, late: 11 * time.Minute, life: 10 * time.Minute},
		"no life means a day": {wait: time.Minute, late: 23 * time.Hour, want: carrier.Accepted, reported: true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{EnquireLink: 100 * time.Hour}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				out := make(chan carrier.Result, 1)
				start := time.Now()
				go func() {
					ctx, cancel := context.WithTimeout(context.Background(), c.wait)
					defer cancel()
					out <- r.Send(ctx, carrier.Message{
						Ref: "r1", To: phone.Number("+32470123456"),
						Body: secret.NewString("735190"), Validity: c.life,
					})
				}()

				submit := l.expect(pdu.SubmitSM)
				if got := <-out; got.Outcome != carrier.Unknown || got.Reason != message.CarrierTimeout ||
					time.Since(start) > 31*time.Second {
					t.Errorf("%+v after %v", got, time.Since(start))
				}

				time.Sleep(c.late - time.Since(start))
				synctest.Wait()
				if c.status == pdu.OK {
					l.accept(submit, "00Ab")
				} else {
					l.reject(submit, c.status)
				}

				l.send(pdu.PDU{Command: pdu.EnquireLink, Sequence: 3})
				l.expect(pdu.EnquireLinkResp)
				if !c.reported {
					if len(r.answers) != 0 {
						t.Errorf("reported %+v", <-r.answers)
					}
					return
				}

				x := <-r.answers
				if x.Ref != "r1" || x.Carrier != "smsc-1" || x.Result.Outcome != c.want {
					t.Errorf("reported %+v", x)
				}
				if c.want == carrier.Accepted && !slices.Equal(x.Result.IDs, []string{"00Ab"}) {
					t.Errorf("ids %q", x.Result.IDs)
				}
			})
		})
	}
}

// TestSend_LateAnswersOfLongText: a late answer to the last part settles the message. One to an earlier part does not,
// but that part is not repeated.
func TestSend_LateAnswersOfLongText(t *testing.T) {
	inBubble(t, Config{EnquireLink: 100 * time.Hour}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		result := r.sendingText(threeParts, time.Hour)
		early := l.expect(pdu.SubmitSM)
		if got := <-result; got.Outcome != carrier.Unknown {
			t.Fatalf("%+v", got)
		}

		l.accept(early, "1") // of three parts, two of which were never sent
		synctest.Wait()

		result = r.sendingText(threeParts, time.Hour)
		l.accept(l.expect(pdu.SubmitSM), "2")
		last := l.expect(pdu.SubmitSM)
		if got := <-result; got.Outcome != carrier.Unknown {
			t.Fatalf("%+v", got)
		}

		l.accept(last, "3")
		if x := <-r.answers; x.Result.Outcome != carrier.Accepted ||
			!slices.Equal(x.Result.IDs, []string{"1", "2", "3"}) {
			t.Errorf("reported %+v", x)
		}
	})
}

// TestSend_LongTexts: a final rejection of one part ends the message, and a part that is not accepted now is retried.
func TestSend_LongTexts(t *testing.T) {
	reject := func(s pdu.Status) func(*far, pdu.PDU) { return func(l *far, p pdu.PDU) { l.reject(p, s) } }
	accept := func(l *far, p pdu.PDU) { l.accept(p, "1") }
	for name, c := range map[string]struct {
		play []func(*far, pdu.PDU)
		want carrier.Outcome
	}{
		"first rejected": {play: []func(*far, pdu.PDU){reject(0x0B)}, want: carrier.Rejected},
		"second rejected for good": {
			play: []func(*far, pdu.PDU){accept, reject(pdu.InvalidMessageLength)}, want: carrier.Rejected,
		},
		"last, invalid class": {
			play: []func(*far, pdu.PDU){accept, accept, reject(pdu.InvalidESMClass)}, want: carrier.Rejected,
		},
		"second, system error": {
			play: []func(*far, pdu.PDU){accept, reject(pdu.SystemError), accept, accept}, want: carrier.Accepted,
		},
		"second, throttled": {
			play: []func(*far, pdu.PDU){accept, reject(pdu.Throttled), reject(pdu.QueueFull), accept, accept},
			want: carrier.Accepted,
		},
		"first, system error": {play: []func(*far, pdu.PDU){reject(pdu.SystemError)}, want: carrier.Retry},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				result := r.sendingText(threeParts, 0)
				for _, play := range c.play {
					play(l, l.expect(pdu.SubmitSM))
				}
				if got := <-result; got.Outcome != c.want {
					t.Errorf("%+v, want %v", got, c.want)
				}
			})
		})
	}
}

// TestSend_ValidityRejected: after a 0x62 the message is sent again without validity_period, and so are all later ones.
func TestSend_ValidityRejected(t *testing.T) {
	inBubble(t, Config{}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		validity := func(p pdu.PDU) string { return p.Body.(*pdu.SM).ValidityPeriod }

		// When the centre rejects both, validity_period is not the cause: the next message has it.
		result := r.sendingText("735190", time.Minute)
		l.reject(l.expect(pdu.SubmitSM), pdu.InvalidExpiry)
		l.reject(l.expect(pdu.SubmitSM), pdu.InvalidExpiry)
		if got := <-result; got.Outcome != carrier.Rejected {
			t.Errorf("%+v", got)
		}

		result = r.sendingText("735190", time.Minute)
		first := l.expect(pdu.SubmitSM)
		l.reject(first, pdu.InvalidExpiry)
		second := l.expect(pdu.SubmitSM)
		l.accept(second, "1")
		if got := <-result; got.Outcome != carrier.Accepted || validity(first) != "000000000100000R" ||
			validity(second) != "" {
			t.Errorf("%+v, validity %q, then %q", got, validity(first), validity(second))
		}

		result = r.sendingText("735190", time.Minute)
		third := l.expect(pdu.SubmitSM)
		l.accept(third, "2")
		if got := <-result; got.Outcome != carrier.Accepted || validity(third) != "" {
			t.Errorf("%+v, validity %q", got, validity(third))
		}
	})
}

func TestSend_WithoutValidity(t *testing.T) {
	inBubble(t, Config{NoValidity: true}, func(t *testing.T, r *rig) {
		l := <-r.links
		l.bind()
		result := r.sendingText("735190", time.Minute)
		p := l.expect(pdu.SubmitSM)
		if v := p.Body.(*pdu.SM).ValidityPeriod; v != "" {
			t.Errorf("validity %q", v)
		}

		l.accept(p, strings.Repeat("f", 200))
		if got := <-result; got.Outcome != carrier.Accepted || len(got.IDs) != 1 || len(got.IDs[0]) != 200 {
			t.Errorf("an id of 200 characters: %+v", got)
		}
	})
}

func TestBuild_CharsetsAndAddresses(t *testing.T) {
	t.Parallel()
	zero, three := uint8(0), uint8(3)
	for name, c := range map[string]struct {
		config Config
		text   string
		coding uint8
		octets string
	}{
		"gsm7": {config: Config{}, text: "hello @ [x]", octets: "68656c6c6f2000201b3c781b3e"},
		"latin1": {
			config: Config{Charset: message.CharsetLatin1}, text: "hello @ [x]", octets: "68656c6c6f2040205b785d",
		},
		"not in latin1": {
			config: Config{Charset: message.CharsetLatin1}, text: "5 €", coding: 8, octets: "0035002020ac",
		},
		"not in ascii": {config: Config{Charset: message.CharsetASCII}, text: "é", coding: 8, octets: "00e9"},
		"utf8":         {config: Config{Charset: message.CharsetUTF8}, text: "é", octets: "c3a9"},
		"dest and service": {
			config: Config{DestTON: &zero, DestNPI: &three, ServiceType: "OTP"}, text: "x", octets: "78",
		},
		"source": {config: Config{SourceTON: &three, SourceNPI: &zero}, text: "x", octets: "78"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := carrier.Message{To: "+32470123456", From: "Acme", Body: secret.NewString(c.text)}
			parts, failed := builder(t, c.config).build(m)
			if failed != nil || len(parts) != 1 {
				t.Fatalf("%d parts, %+v", len(parts), failed)
			}

			sm, want := parts[0], pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}
			if c.config.DestTON != nil {
				want = pdu.Address{TON: 0, NPI: 3, Addr: "32470123456"}
			}
			if hex.EncodeToString(sm.ShortMessage) != c.octets || sm.DataCoding != c.coding || sm.Dest != want ||
				sm.ServiceType != c.config.ServiceType {
				t.Errorf("%x, coding %d, to %+v, service %q", sm.ShortMessage, sm.DataCoding, sm.Dest, sm.ServiceType)
			}
		})
	}
}

// TestBuild_MessagePayload: 160 characters of two octets each do not fit into short_message.
func TestBuild_MessagePayload(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("é", 160)
	m := carrier.Message{To: "+32470123456", Body: secret.NewString(text)}
	parts, failed := builder(t, Config{Charset: message.CharsetUTF8}).build(m)
	if failed != nil || len(parts) != 1 || len(parts[0].ShortMessage) != 0 || string(parts[0].Text()) != text {
		t.Fatalf("%d parts, %+v", len(parts), failed)
	}
	if _, err := (pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: parts[0]}).Append(nil); err != nil {
		t.Error(err)
	}
}

// TestLateSubmits_Bound: the oldest are forgotten first, and a reused sequence number belongs to another submit.
func TestLateSubmits_Bound(t *testing.T) {
	t.Parallel()
	var late lateSubmits
	now := time.Now()
	for i := range uint32(maxLate + 10) {
		late.add(i, submission{ref: "r", life: time.Minute}, now)
	}
	if len(late.at) != maxLate || len(late.order) != maxLate {
		t.Errorf("%d are kept, %d in order", len(late.at), len(late.order))
	}
	if _, ok := late.take(3, now); ok {
		t.Error("the oldest is kept")
	}

	late.forget(maxLate)
	if _, ok := late.take(maxLate, now); ok {
		t.Error("a reused number belongs to the old submit")
	}
	if _, ok := late.take(maxLate+1, now); !ok {
		t.Error("one of the newest is lost")
	}

	late.expire(now.Add(time.Minute))
	if len(late.at) != 0 || len(late.order) != 0 {
		t.Errorf("%d are kept beyond their life", len(late.at))
	}
}
