package sip

import (
	"net"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
	"github.com/syssecure/syssecure/internal/message"
)

// TestCall_NoSound: a person picked up, and the trunk takes no sound. Such a call is not made again and again, because
// each is
// paid for.
func TestCall_NoSound(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"no SDP":      "",
		"G.729 alone": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n",
		"port 0":      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				k.replyWith(r, from, sip.StatusOK, []byte(body), "")
			})

			c := newTest(t, Config{Server: k.addr()}, (&reports{}).sink(), time.Second)
			got := c.Send(t.Context(), message1("40", "en"))
			if got.Outcome != carrier.Unknown || got.CarrierCode != "SDP" || got.Cause == "" {
				t.Errorf("%+v", got)
			}
			until(t, "hung up", func() bool { return k.asked(sip.BYE) == 1 })
		})
	}
}

// TestCall_Forks: when several phones answer one INVITE, the first hears the code, and the others are hung up on.
func TestCall_Forks(t *testing.T) {
	t.Parallel()
	k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
		sound := media.Offer(k.ear.LocalAddr().(*net.UDPAddr).AddrPort(), 1)
		k.replyWith(r, from, sip.StatusOK, sound, "first")
		go repeat(func() bool { // it answers again until its BYE comes
			k.replyWith(r, from, sip.StatusOK, sound, "second")
			return k.ended("second") > 0
		})
	})

	c := newTest(t, Config{Server: k.addr()}, (&reports{}).sink(), 0)
	if got := c.Send(t.Context(), message1("40", "en")); got.Outcome != carrier.Accepted {
		t.Fatalf("%+v", got)
	}
	until(t, "the second is hung up on", func() bool { return k.ended("second") == 1 })
	until(t, "the first hears the code", func() bool { return len(k.sound()) > 0 })
}

// ended is how many BYEs came for the phone with this tag.
func (k *trunk) ended(tag string) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, one := range k.byes {
		if one == tag {
			n++
		}
	}
	return n
}

// TestCall_Revoked: when its code is canceled or expires, a phone stops ringing, and a call is hung up.
func TestCall_Revoked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers  bool
		validity time.Duration
		revoke   bool
		reason   message.Reason // of the result or the receipt
		code     string
	}{
		"rings, canceled":    {revoke: true, reason: message.NoAnswer, code: "canceled"},
		"rings, expires":     {validity: 300 * time.Millisecond, reason: message.NoAnswer, code: "ring_timeout"},
		"answered, canceled": {answers: true, revoke: true},
		"answered, expires":  {answers: true, validity: 500 * time.Millisecond, reason: message.ExpiredInTransit, code: "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				k.reply(r, from, sip.StatusRinging)
				if c.answers {
					k.reply(r, from, sip.StatusOK)
					return
				}
				go repeat(func() bool {
					if k.asked(sip.CANCEL) == 0 {
						return false
					}
					k.reply(r, from, sip.StatusRequestTerminated)
					return true
				})
			})

			var got reports
			made := newTest(t, Config{Server: k.addr()}, got.sink(), time.Second)
			m := message1("40", "en")
			m.Validity = c.validity
			if c.revoke {
				go repeat(func() bool {
					_ = made.Revoke(t.Context(), "", m.Ref)
					return k.asked(sip.CANCEL)+k.asked(sip.BYE) > 0
				})
			}

			result := made.Send(t.Context(), m)
			if !c.answers {
				if result.Outcome != carrier.Rejected || result.Reason != c.reason || result.CarrierCode != c.code {
					t.Errorf("%+v", result)
				}
				until(t, "the line is free", func() bool { return used(made) == 0 })
				return
			}

			until(t, "hung up", func() bool { return k.asked(sip.BYE) == 1 && used(made) == 0 })
			if c.code != "" {
				if one := got.receipt(t); one.CarrierCode != c.code || one.Reason != c.reason {
					t.Errorf("%+v", one)
				}
				return
			}
			got.mu.Lock()
			defer got.mu.Unlock()
			if len(got.receipts) > 0 {
				t.Errorf("%+v", got.receipts)
			}
		})
	}
}
