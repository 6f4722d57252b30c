package pdu_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/secret"
)

// samples holds one PDU of each layout.
func samples() map[string]pdu.PDU {
	sm := &pdu.SM{
		Source: pdu.Address{TON: 5, Addr: "Acme"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"},
		ESMClass: pdu.ESMClassUDHI, ValidityPeriod: "000000001000000R", RegisteredDelivery: 1, DataCoding: 8,
		ShortMessage: []byte("\x05\x00\x03\x01\x02\x01\x00A\x00B"),
		TLVs:         []pdu.TLV{pdu.Uint16(pdu.TagUserMessageReference, 7), {Tag: 0x1401}, pdu.Octet(0x1401, 9)},
	}

	return map[string]pdu.PDU{
		"bind": {Command: pdu.BindTransceiver, Sequence: 1, Body: &pdu.Bind{
			SystemID: "user",
			Password: secret.NewString("secret"), SystemType: "OTP", Version: pdu.Version34,
		}},
		"bind answer": {
			Command: pdu.BindReceiverResp, Sequence: 1,
			Body: &pdu.BindResp{SystemID: "smsc", TLVs: []pdu.TLV{pdu.Octet(pdu.TagInterfaceVersion, 0x34)}},
		},
		"bind rejected":   {Command: pdu.BindTransmitterResp, Status: pdu.InvalidPassword, Sequence: 1},
		"submit":          {Command: pdu.SubmitSM, Sequence: 2, Body: sm},
		"submit answer":   {Command: pdu.SubmitSMResp, Sequence: 2, Body: &pdu.MessageID{ID: strings.Repeat("f", 64)}},
		"submit rejected": {Command: pdu.SubmitSMResp, Status: pdu.Throttled, Sequence: 2},
		"deliver":         {Command: pdu.DeliverSM, Sequence: pdu.MaxSequence, Body: sm},
		"deliver answer":  {Command: pdu.DeliverSMResp, Sequence: pdu.MaxSequence, Body: &pdu.MessageID{}},
		"data": {Command: pdu.DataSM, Sequence: 3, Body: &pdu.DataMessage{
			Dest: pdu.Address{TON: 1, NPI: 1, Addr: strings.Repeat("9", 64)},
			TLVs: []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte("hello")}},
		}},
		"data answer": {Command: pdu.DataSMResp, Sequence: 3, Body: &pdu.MessageID{ID: "1"}},
		"outbind":     {Command: pdu.Outbind, Sequence: 4},
		"alert":       {Command: pdu.AlertNotification, Sequence: 4},
		"long names": {Command: pdu.BindTransceiver, Sequence: 1, Body: &pdu.Bind{
			SystemID: strings.Repeat("n", 20),
			Password: secret.NewString(strings.Repeat("p", 40)), Version: pdu.Version34,
		}},
		"enquire": {Command: pdu.EnquireLink, Sequence: 4},
		"unbind":  {Command: pdu.UnbindResp, Sequence: 5},
		"nack":    {Command: pdu.GenericNack, Status: pdu.InvalidCommandID, Sequence: 6},
	}
}

func TestPDU_RoundTrip(t *testing.T) {
	t.Parallel()
	for name, want := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := want.Append([]byte("before"))
			if err != nil {
				t.Fatal(err)
			}

			got, err := pdu.Decode(b[len("before"):])
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("read %+v, %v\nwant %+v", got, err, want)
			}
		})
	}
}

func TestPDU_Layout(t *testing.T) {
	t.Parallel()
	// The fields are in the order of clause 4.4.1.
	want := "00000043" + "00000004" + "00000000" + "00000001" +
		"00" + "0500" + "41636d6500" + "0101" + "333234373031323334353600" + "000000" + "00" + "00" +
		"01" + "00" + "00" + "00" + "02" + "4869" +
		"0424" + "0003" + "616263" + "1400" + "0000" + "0204" + "0002" + "0007"

	p := pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: &pdu.SM{
		Source: pdu.Address{TON: 5, Addr: "Acme"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"},
		RegisteredDelivery: 1, ShortMessage: []byte("Hi"),
		TLVs: []pdu.TLV{
			{Tag: pdu.TagMessagePayload, Value: []byte("abc")},
			{Tag: 0x1400},
			pdu.Uint16(pdu.TagUserMessageReference, 7),
		},
	}}

	b, err := p.Append(nil)
	if err != nil || hex.EncodeToString(b) != want {
		t.Errorf("wrote %x, %v\nwant  %s", b, err, want)
	}
}

func TestAppend_Rejects(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, p := range map[string]pdu.PDU{
		"system id":       {Command: pdu.BindTransceiver, Body: &pdu.Bind{SystemID: long(256)}},
		"password":        {Command: pdu.BindTransceiver, Body: &pdu.Bind{Password: secret.NewString(long(256))}},
		"address":         {Command: pdu.SubmitSM, Body: &pdu.SM{Dest: pdu.Address{Addr: long(21)}}},
		"NUL in address":  {Command: pdu.SubmitSM, Body: &pdu.SM{Dest: pdu.Address{Addr: "1\x002"}}},
		"text":            {Command: pdu.SubmitSM, Body: &pdu.SM{ShortMessage: make([]byte, 255)}},
		"id":              {Command: pdu.SubmitSMResp, Body: &pdu.MessageID{ID: long(256)}},
		"TLV":             {Command: pdu.SubmitSM, Body: &pdu.SM{TLVs: []pdu.TLV{{Value: make([]byte, 1<<16)}}}},
		"whole":           {Command: pdu.SubmitSM, Body: &pdu.SM{TLVs: []pdu.TLV{{Value: make([]byte, 65500)}}}},
		"no body":         {Command: pdu.SubmitSM},
		"wrong body":      {Command: pdu.SubmitSM, Body: &pdu.MessageID{}},
		"unexpected body": {Command: pdu.EnquireLink, Body: &pdu.MessageID{}},
		"no command":      {Command: 0x99},
	} {
		if b, err := p.Append([]byte("kept")); err == nil || string(b) != "kept" {
			t.Errorf("%s: wrote %x, %v", name, b, err)
		}
	}
}

// rawPDU makes a PDU of any body.
func rawPDU(c pdu.Command, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(body)))
	b = binary.BigEndian.AppendUint32(b, uint32(c))
	return append(append(b, 0, 0, 0, 0, 0, 0, 0, 9), body...)
}

func TestDecode_ErrorStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		b    []byte
		want pdu.Status
	}{
		"empty submit":      {b: rawPDU(pdu.SubmitSM, ""), want: pdu.InvalidCommandLength},
		"cut in an address": {b: rawPDU(pdu.SubmitSM, "\x00\x01\x0112"), want: pdu.InvalidCommandLength},
		"no end of a name":  {b: rawPDU(pdu.DeliverSM, strings.Repeat("1", 300)), want: pdu.InvalidCommandLength},
		"no sm_length": {
			b:    rawPDU(pdu.DeliverSM, "\x00\x01\x01123\x00\x01\x01456\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
			want: pdu.InvalidCommandLength,
		},
		"unknown command": {b: rawPDU(0x111, "abc"), want: pdu.InvalidCommandID},
	} {
		p, err := pdu.Decode(c.b)
		var unreadable *pdu.DecodeError
		if !errors.As(err, &unreadable) || unreadable.Status != c.want || p.Sequence != 9 {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

// TestDecode_Irregular: PDUs of real centres that break the standard are read where their meaning is clear.
func TestDecode_Irregular(t *testing.T) {
	t.Parallel()
	head := "\x00\x01\x01123\x00\x01\x01456\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	longAddress := "\x00\x01\x01" + strings.Repeat("1", 40) + "\x00\x01\x01456\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	payload := func(v string) []pdu.TLV { return []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte(v)}} }
	for name, c := range map[string]struct {
		body string
		from string
		text string
		tlvs []pdu.TLV
	}{
		"address too long": {body: longAddress + "\x02ab\x00", from: strings.Repeat("1", 40), text: "ab"},
		"text cut":         {body: head + "\x05ab", from: "123", text: "ab"},
		"sm_length 255": {
			body: head + "\xff" + strings.Repeat("a", 255), from: "123", text: strings.Repeat("a", 255),
		},
		"TLV cut":        {body: head + "\x00\x04\x24\x00\x05ab", from: "123", text: "ab", tlvs: payload("ab")},
		"TLV header cut": {body: head + "\x01a\x04\x24\x00", from: "123", text: "a"},
		"octets behind":  {body: head + "\x01a\x00", from: "123", text: "a"},
		"unknown TLV, any order": {
			body: head + "\x00\x16\x00\x00\x01x\x04\x24\x00\x01a", from: "123", text: "a",
			tlvs: append([]pdu.TLV{{Tag: 0x1600, Value: []byte("x")}}, payload("a")...),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := pdu.Decode(rawPDU(pdu.DeliverSM, c.body))
			if err != nil {
				t.Fatal(err)
			}

			sm := p.Body.(*pdu.SM)
			if sm.Source.Addr != c.from || string(sm.Text()) != c.text || !reflect.DeepEqual(sm.TLVs, c.tlvs) {
				t.Errorf("from %q, text %q, TLVs %v", sm.Source.Addr, sm.Text(), sm.TLVs)
			}
		})
	}
}

func TestDecode_IrregularAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, id string }{
		"no NUL":          {body: "abc", id: "abc"},
		"junk after it":   {body: "abc\x00\x01", id: "abc"},
		"broken TLV":      {body: "abc\x00\x04\x28\x00\x09\x01", id: "abc"},
		"65 characters":   {body: strings.Repeat("1", 65), id: strings.Repeat("1", 65)},
		"300 characters":  {body: strings.Repeat("1", 300) + "\x00", id: strings.Repeat("1", 300)},
		"only the status": {},
	} {
		p, err := pdu.Decode(rawPDU(pdu.SubmitSMResp, c.body))
		id, _ := p.Body.(*pdu.MessageID)
		if err != nil || id == nil && c.id != "" || id != nil && id.ID != c.id {
			t.Errorf("a submit's answer with %s: %+v, %v", name, p, err)
		}
	}

	for name, c := range map[string]struct{ body, name string }{
		"20 characters": {body: "twenty-characters-smc\x00\x02\x10\x00\x01\x34", name: "twenty-characters-smc"},
		"no NUL":        {body: "smsc", name: "smsc"},
		"nothing":       {body: "\x00"},
		"broken TLV":    {body: "smsc\x00\x02\x10\x00", name: "smsc"},
	} {
		p, err := pdu.Decode(rawPDU(pdu.BindTransceiverResp, c.body))
		if resp, ok := p.Body.(*pdu.BindResp); err != nil || !ok || resp.SystemID != c.name {
			t.Errorf("a bind's answer with %s: %+v, %v", name, p, err)
		}
	}
}

func TestReader_Limits(t *testing.T) {
	t.Parallel()
	good, _ := pdu.PDU{Command: pdu.EnquireLink, Sequence: 1}.Append(nil)
	big, err := pdu.PDU{Command: pdu.SubmitSM, Body: &pdu.SM{TLVs: []pdu.TLV{{Value: make([]byte, 65499)}}}}.Append(nil)
	if err != nil || len(big) != pdu.MaxLength {
		t.Fatalf("%d octets, %v", len(big), err)
	}

	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"end":         {want: io.EOF},
		"too short":   {in: []byte("\x00\x00\x00\x0f"), want: pdu.ErrLength},
		"too long":    {in: []byte("\x00\x01\x00\x01"), want: pdu.ErrLength},
		"huge":        {in: []byte("\xff\xff\xff\xff"), want: pdu.ErrLength},
		"cut header":  {in: good[:3], want: io.ErrUnexpectedEOF},
		"cut body":    {in: good[:10], want: io.ErrUnexpectedEOF},
		"text on tls": {in: []byte("HTTP/1.1 400 Bad"), want: pdu.ErrLength},
	} {
		r := pdu.NewReader(iotest.OneByteReader(bytes.NewReader(append(append(bytes.Clone(good), big...), c.in...))))
		for range 2 {
			if _, err := r.Next(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if _, err := r.Next(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPDU_PrintsNoSecrets(t *testing.T) {
	t.Parallel()
	sm := &pdu.SM{
		ShortMessage: []byte("847291"), TLVs: []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte("847291")}},
	}
	for _, p := range []pdu.PDU{
		{Command: pdu.SubmitSM, Body: sm},
		{Command: pdu.DataSM, Body: &pdu.DataMessage{TLVs: sm.TLVs}},
		{Command: pdu.BindTransceiver, Body: &pdu.Bind{Password: secret.NewString("847291")}},
	} {
		s := fmt.Sprintf("%v %+v %#v %v %#v", p, p, p, *sm, *sm)
		if strings.Contains(s, "847291") || strings.Contains(s, "56, 52, 55") || strings.Contains(s, "0x38, 0x34") {
			t.Errorf("%v prints its secret: %s", p.Command, s)
		}
	}
}

// randomSM makes a submit that both this codec and gosmpp can write.
func randomSM(r *rand.Rand) *pdu.SM {
	text := func(n int) string {
		b := make([]byte, r.IntN(n+1))
		for i := range b {
			b[i] = byte(' ' + r.IntN(95))
		}
		return string(b)
	}

	octets := func(n int) []byte {
		b := make([]byte, r.IntN(n)+1)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}

	m := &pdu.SM{
		ServiceType: text(5), Source: pdu.Address{TON: uint8(r.IntN(7)), NPI: uint8(r.IntN(19)), Addr: text(20)},
		Dest: pdu.Address{TON: uint8(r.IntN(7)), NPI: uint8(r.IntN(19)), Addr: text(20)}, ProtocolID: uint8(r.Uint32()),
		Priority: uint8(r.IntN(4)), RegisteredDelivery: uint8(r.IntN(32)), ReplaceIfPresent: uint8(r.IntN(2)),
		DataCoding: []uint8{0, 1, 3, 4}[r.IntN(4)], DefaultMessageID: 0, ShortMessage: octets(160),
	}
	if r.IntN(2) == 0 {
		m.ValidityPeriod = "000000001000000R"
	}

	for tag := range r.IntN(4) {
		m.TLVs = append(m.TLVs, pdu.TLV{Tag: pdu.Tag(0x1400 + tag), Value: octets(20)})
	}

	return m
}
