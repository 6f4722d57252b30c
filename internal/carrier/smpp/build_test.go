package smpp

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

func TestBuild_SenderAddress(t *testing.T) {
	t.Parallel()
	seven := uint8(7)
	for _, c := range []struct {
		from     string
		ton, npi *uint8
		want     pdu.Address
		rejected bool
	}{
		{from: "", want: pdu.Address{}},
		{from: "Acme", want: pdu.Address{TON: 5, Addr: "Acme"}},
		{from: "Acme 24/7", want: pdu.Address{TON: 5, Addr: "Acme 24/7"}},
		{from: "8080", want: pdu.Address{TON: 3, Addr: "8080"}},
		{from: "+32470123456", want: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}},
		{from: "32470123456", want: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}},
		{from: "+290123", want: pdu.Address{TON: 1, NPI: 1, Addr: "290123"}},
		{from: "8080", ton: &seven, npi: &seven, want: pdu.Address{TON: 7, NPI: 7, Addr: "8080"}},
		{from: "Twelve chars", rejected: true},
		{from: "Café", rejected: true},
		{from: "1234567890123456", rejected: true},
		{from: "+", want: pdu.Address{TON: 5, Addr: "+"}},
	} {
		got, err := sender(c.from, c.ton, c.npi)
		if (err != nil) != c.rejected || err == nil && got != c.want {
			t.Errorf("%q: %+v, %v", c.from, got, err)
		}
	}
}

func TestBuild_Validity(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "", -time.Second: "", time.Millisecond: "000000000001000R", 10 * time.Minute: "000000001000000R",
		25*time.Hour + 61*time.Second: "000001010101000R", 90 * 24 * time.Hour: "000030000000000R",
	} {
		if got := relativeTime(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func builder(t *testing.T, c Config) *Carrier {
	t.Helper()
	c.Name, c.Addr, c.SystemID = "smsc-1", "127.0.0.1:2775", "user"
	s, err := New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBuild_LongForms(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20)
	m := carrier.Message{To: phone.Number("+32470123456"), Body: secret.NewString(text)}
	for _, form := range []string{LongUDH, LongSAR, LongPayload} {
		parts, failed := builder(t, Config{Long: form, UserReference: true}).build(m)
		if failed != nil {
			t.Fatal(failed)
		}

		var whole inboundText
		var box inbox
		complete := false
		// The inbox joins the parts that were built, the last one first.
		for i := len(parts) - 1; i >= 0; i-- {
			p := pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: parts[i]}
			if _, err := p.Append(nil); err != nil {
				t.Errorf("%s: %v", form, err)
			}
			if _, ok := pdu.Find(parts[i].TLVs, pdu.TagUserMessageReference); !ok {
				t.Errorf("%s: part %d has no reference", form, i)
			}
			if complete {
				t.Errorf("%s: complete before its first part", form)
			}
			whole, complete = box.add(parts[i])
		}

		want := 2
		if form == LongPayload {
			want = 1
		}
		if !complete || whole.decode(message.CharsetGSM7) != text || len(parts) != want {
			t.Errorf("%s: %d parts, complete %v, %q", form, len(parts), complete, whole.decode(message.CharsetGSM7))
		}
	}
}

func TestBuild_Rejects(t *testing.T) {
	t.Parallel()
	c := builder(t, Config{})
	for name, m := range map[string]struct {
		carrier.Message
		reason message.Reason
	}{
		"sender": {carrier.Message{From: "Café"}, message.SenderNotAllowed},
		"length": {carrier.Message{Body: secret.NewString(strings.Repeat("x", 256*153))}, message.CarrierRejected},
	} {
		_, failed := c.build(m.Message)
		if failed == nil || failed.Outcome != carrier.Rejected || failed.Reason != m.reason {
			t.Errorf("%s: %+v", name, failed)
		}
	}

	long := carrier.Message{To: phone.Number("+" + strings.Repeat("1", 30)), Body: secret.NewString("x")}
	parts, _ := c.build(long)
	s := newSession(nil, nil, 1, sessionOptions{window: 1, log: slog.New(slog.DiscardHandler)})
	_, err := s.submit(t.Context(), t.Context(), parts[0], submission{ref: "r"})
	if unanswered(err).Outcome != carrier.Rejected || !s.free() {
		t.Errorf("a number of 30 digits: %v", err)
	}
}

func TestInbox_InvalidParts(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"header longer than the text": "\xffab", "element longer than the header": "\x05\x00\x09\x01\x02\x01x",
		"part 0": "\x05\x00\x03\x01\x02\x00x", "part 3 of 2": "\x05\x00\x03\x01\x02\x03x",
		"1 of 1":     "\x05\x00\x03\x01\x01\x01x",
		"no element": "\x00x", "nothing": "",
	} {
		var box inbox
		if _, complete := box.add(&pdu.SM{ESMClass: pdu.ESMClassUDHI, ShortMessage: []byte(text)}); !complete {
			t.Errorf("%s: waits for parts that never come", name)
		}
	}
}

func FuzzSplitPart(f *testing.F) {
	f.Add(uint8(0x40), []byte{5, 0, 3, 1, 2, 1, 'x'})
	f.Add(uint8(0x40), []byte{6, 8, 4, 0, 1, 2, 1, 'x'})
	f.Fuzz(func(t *testing.T, class uint8, text []byte) {
		rest, _, total, number := splitPart(&pdu.SM{ESMClass: class, ShortMessage: text})
		if number > total || total > 0 && number == 0 || len(rest) > len(text) {
			t.Errorf("part %d of %d, %d octets", number, total, len(rest))
		}
	})
}
