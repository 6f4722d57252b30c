package sip

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/pion/rtp"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/sip/media"
	"github.com/syssecure/syssecure/internal/message"
)

// speaks sends loud frames to a call every 20 ms, from its answer until the test ends, or so many.
func (k *trunk) speaks(t *testing.T, r *sip.Request, frames int) {
	t.Helper()
	remote, err := media.Answer(r.Body())
	if err != nil {
		t.Error(err)
		return
	}
	payload := bytes.Repeat([]byte{0xA0, 0x20}, 80) // µ-law of about ±4,000
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: media.PCMU, SSRC: 7}, Payload: payload}
		for range frames {
			packet.SequenceNumber++
			packet.Timestamp += 160
			raw, err := packet.Marshal()
			if err != nil {
				return
			}
			if _, err := k.ear.WriteToUDPAddrPort(raw, remote.Addr); err != nil {
				return
			}
			select {
			case <-t.Context().Done():
				return
			case <-tick.C:
			}
		}
	}()
}

// TestCall_Voicemail: who speaks all the time is a machine, and who says hello and listens is not.
func TestCall_Voicemail(t *testing.T) {
	t.Parallel()
	failed := carrier.Receipt{Status: carrier.Failed, Reason: message.NoAnswer, CarrierCode: "voicemail"}
	for name, c := range map[string]struct {
		frames int
		detect bool
		want   carrier.Receipt
	}{
		"a machine":              {1000, true, failed},
		"a person":               {30, true, carrier.Receipt{Status: carrier.Delivered}},
		"a machine, not noticed": {1000, false, carrier.Receipt{Status: carrier.Delivered}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := &reports{}
			k := startTrunk(t, func(k *trunk, r *sip.Request, from net.Addr) {
				k.reply(r, from, sip.StatusOK)
				k.speaks(t, r, c.frames)
			})
			to := newTest(t, Config{Server: k.addr(), DetectVoicemail: c.detect}, got.sink(), time.Second)
			if result := to.Send(t.Context(), message1("4071", "en")); result.Outcome != carrier.Accepted {
				t.Fatalf("%+v", result)
			}
			receipt := got.receipt(t)
			if receipt.Status != c.want.Status || receipt.Reason != c.want.Reason || receipt.CarrierCode != c.want.CarrierCode {
				t.Errorf("%+v", receipt)
			}
		})
	}
}
