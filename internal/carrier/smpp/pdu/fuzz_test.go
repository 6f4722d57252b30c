package pdu_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// FuzzDecode: no octets may make Decode panic, and what was read must be the same after it was written and read again,
// unless a field is too long to be written.
func FuzzDecode(f *testing.F) {
	for _, p := range samples() {
		b, err := p.Append(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}

	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := pdu.Decode(b)
		if err != nil {
			return
		}

		again, err := p.Append(nil)
		if err != nil {
			if !strings.Contains(err.Error(), "is longer than") {
				t.Fatalf("cannot write what was read: %v", err)
			}
			return
		}
		if q, err := pdu.Decode(again); err != nil || !reflect.DeepEqual(p, q) {
			t.Fatalf("read %#v, %v\nthen %#v", p, err, q)
		}
	})
}

// FuzzSubmit: submits of random fields that can be written are read back unchanged.
func FuzzSubmit(f *testing.F) {
	f.Add("Acme", "32470123456", uint8(0x40), "000000001000000R", uint8(8), []byte("text"), uint16(0x424), []byte("v"))
	f.Fuzz(func(t *testing.T, from, to string, class uint8, validity string, coding uint8, text []byte, tag uint16,
		value []byte,
	) {
		if len(text) == 0 {
			text = nil
		}
		if len(value) == 0 {
			value = nil
		}

		p := pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: &pdu.SM{
			Source: pdu.Address{Addr: from}, Dest: pdu.Address{Addr: to}, ESMClass: class, ValidityPeriod: validity,
			DataCoding: coding, ShortMessage: text, TLVs: []pdu.TLV{{Tag: pdu.Tag(tag), Value: value}},
		}}

		b, err := p.Append(nil)
		if err != nil {
			return
		}
		if q, err := pdu.Decode(b); err != nil || !reflect.DeepEqual(p, q) {
			t.Fatalf("wrote %#v\nread  %#v, %v", p, q, err)
		}
	})
}
