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
		"bind answer":    {Command: pdu.BindReceiverResp, Sequence: 1, Body: &pdu.BindResp{SystemID: "smsc", TLVs: []pdu.TLV{pdu.Octet(pdu.TagInterfaceVersion, 0x34)}}},
		"bind refused":   {Command: pdu.BindTransmitterResp, Status: pdu.InvalidPassword, Sequence: 1},
		"submit":         {Command: pdu.SubmitSM, Sequence: 2, Body: sm},
		"submit answer":  {Command: pdu.SubmitSMResp, Sequence: 2, Body: &pdu.MessageID{ID: strings.Repeat("f", 64)}},
		"submit refused": {Command: pdu.SubmitSMResp, Status: pdu.Throttled, Sequence: 2},
		"deliver":        {Command: pdu.DeliverSM, Sequence: pdu.MaxSequence, Body: sm},
		"deliver answer": {Command: pdu.DeliverSMResp, Sequence: pdu.MaxSequence, Body: &pdu.MessageID{}},
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

func TestWhatIsWrittenIsRead(t *testing.T) {
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

func TestLayoutOnTheWire(t *testing.T) {
	t.Parallel()
	// Each field at the place that clause 4.4.1 gives it.
	want := "00000043" + "00000004" + "00000000" + "00000001" +
		"00" + "0500" + "41636d6500" + "0101" + "333234373031323334353600" + "000000" + "00" + "00" +
		"01" + "00" + "00" + "00" + "02" + "4869" +
		"0424" + "0003" + "616263" + "1400" + "0000" + "0204" + "0002" + "0007"

	p := pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: &pdu.SM{
		Source: pdu.Address{TON: 5, Addr: "Acme"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"},
		RegisteredDelivery: 1, ShortMessage: []byte("Hi"),
		TLVs: []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte("abc")}, {Tag: 0x1400}, pdu.Uint16(pdu.TagUserMessageReference, 7)},
	}}

	b, err := p.Append(nil)
	if err != nil || hex.EncodeToString(b) != want {
		t.Errorf("wrote %x, %v\nwant  %s", b, err, want)
	}
}

func TestAppendRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, p := range map[string]pdu.PDU{
		"system id":      {Command: pdu.BindTransceiver, Body: &pdu.Bind{SystemID: long(256)}},
		"password":       {Command: pdu.BindTransceiver, Body: &pdu.Bind{Password: secret.NewString(long(256))}},
		"address":        {Command: pdu.SubmitSM, Body: &pdu.SM{Dest: pdu.Address{Addr: long(21)}}},
		"NUL in address": {Command: pdu.SubmitSM, Body: &pdu.SM{Dest: pdu.Address{Addr: "1\x002"}}},
		"text":           {Command: pdu.SubmitSM, Body: &pdu.SM{ShortMessage: make([]byte, 255)}},
		"id":             {Command: pdu.SubmitSMResp, Body: &pdu.MessageID{ID: long(256)}},
		"TLV":            {Command: pdu.SubmitSM, Body: &pdu.SM{TLVs: []pdu.TLV{{Value: make([]byte, 1<<16)}}}},
		"whole":          {Command: pdu.SubmitSM, Body: &pdu.SM{TLVs: []pdu.TLV{{Value: make([]byte, 65500)}}}},
		"no body":        {Command: pdu.SubmitSM},
		"wrong body":     {Command: pdu.SubmitSM, Body: &pdu.MessageID{}},
		"body too many":  {Command: pdu.EnquireLink, Body: &pdu.MessageID{}},
		"no command":     {Command: 0x99},
	} {
		if b, err := p.Append([]byte("kept")); err == nil || string(b) != "kept" {
			t.Errorf("%s: wrote %x, %v", name, b, err)
		}
	}
}

// frame makes a PDU of any body.
func frame(c pdu.Command, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(16+len(body)))
	b = binary.BigEndian.AppendUint32(b, uint32(c))
	return append(append(b, 0, 0, 0, 0, 0, 0, 0, 9), body...)
}

func TestUnreadablePDUsSayWhatToAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		b    []byte
		want pdu.Status
	}{
		"empty submit":      {frame(pdu.SubmitSM, ""), pdu.InvalidCommandLength},
		"cut in an address": {frame(pdu.SubmitSM, "\x00\x01\x0112"), pdu.InvalidCommandLength},
		"no end of a name":  {frame(pdu.DeliverSM, strings.Repeat("1", 300)), pdu.InvalidCommandLength},
		"no sm_length":      {frame(pdu.DeliverSM, "\x00\x01\x01123\x00\x01\x01456\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), pdu.InvalidCommandLength},
		"unknown command":   {frame(0x111, "abc"), pdu.InvalidCommandID},
	} {
		p, err := pdu.Decode(c.b)
		var unreadable *pdu.DecodeError
		if !errors.As(err, &unreadable) || unreadable.Status != c.want || p.Sequence != 9 {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

// TestDecode_WhatRealCentresSend: what breaks the standard and leaves no doubt about its meaning is read.
func TestDecode_WhatRealCentresSend(t *testing.T) {
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
		"address too long": {longAddress + "\x02ab\x00", strings.Repeat("1", 40), "ab", nil},
		"text cut":         {head + "\x05ab", "123", "ab", nil},
		"sm_length 255":    {head + "\xff" + strings.Repeat("a", 255), "123", strings.Repeat("a", 255), nil},
		"TLV cut":          {head + "\x00\x04\x24\x00\x05ab", "123", "ab", payload("ab")},
		"TLV header cut":   {head + "\x01a\x04\x24\x00", "123", "a", nil},
		"octets behind":    {head + "\x01a\x00", "123", "a", nil},
		"unknown TLV, any order": {
			head + "\x00\x16\x00\x00\x01x\x04\x24\x00\x01a", "123", "a",
			append([]pdu.TLV{{Tag: 0x1600, Value: []byte("x")}}, payload("a")...),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := pdu.Decode(frame(pdu.DeliverSM, c.body))
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

func TestDecode_AnswersAreNeverLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, id string }{
		"no NUL":          {"abc", "abc"},
		"junk after it":   {"abc\x00\x01", "abc"},
		"broken TLV":      {"abc\x00\x04\x28\x00\x09\x01", "abc"},
		"65 characters":   {strings.Repeat("1", 65), strings.Repeat("1", 65)},
		"300 characters":  {strings.Repeat("1", 300) + "\x00", strings.Repeat("1", 300)},
		"only the status": {"", ""},
	} {
		p, err := pdu.Decode(frame(pdu.SubmitSMResp, c.body))
		id, _ := p.Body.(*pdu.MessageID)
		if err != nil || id == nil && c.id != "" || id != nil && id.ID != c.id {
			t.Errorf("a submit's answer with %s: %+v, %v", name, p, err)
		}
	}

	for name, c := range map[string]struct{ body, name string }{
		"20 characters": {"twenty-characters-smc\x00\x02\x10\x00\x01\x34", "twenty-characters-smc"}, "no NUL": {"smsc", "smsc"},
		"nothing": {"\x00", ""}, "broken TLV": {"smsc\x00\x02\x10\x00", "smsc"},
	} {
		p, err := pdu.Decode(frame(pdu.BindTransceiverResp, c.body))
		if resp, ok := p.Body.(*pdu.BindResp); err != nil || !ok || resp.SystemID != c.name {
			t.Errorf("a bind's answer with %s: %+v, %v", name, p, err)
		}
	}
}

func TestReaderKeepsLimits(t *testing.T) {
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
		"end":         {nil, io.EOF},
		"too short":   {[]byte("\x00\x00\x00\x0f"), pdu.ErrLength},
		"too long":    {[]byte("\x00\x01\x00\x01"), pdu.ErrLength},
		"huge":        {[]byte("\xff\xff\xff\xff"), pdu.ErrLength},
		"cut header":  {good[:3], io.ErrUnexpectedEOF},
		"cut body":    {good[:10], io.ErrUnexpectedEOF},
		"text on tls": {[]byte("HTTP/1.1 400 Bad"), pdu.ErrLength},
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

func TestTextsAndPasswordsAreNotPrinted(t *testing.T) {
	t.Parallel()
	sm := &pdu.SM{ShortMessage: []byte("847291"), TLVs: []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: []byte("847291")}}}
	for _, p := range []pdu.PDU{
		{Command: pdu.SubmitSM, Body: sm},
		{Command: pdu.DataSM, Body: &pdu.DataMessage{TLVs: sm.TLVs}},
		{Command: pdu.BindTransceiver, Body: &pdu.Bind{Password: secret.NewString("847291")}},
	} {
		if s := fmt.Sprintf("%v %+v %#v %v %#v", p, p, p, *sm, *sm); strings.Contains(s, "847291") || strings.Contains(s, "56, 52, 55") ||
			strings.Contains(s, "0x38, 0x34") {
			t.Errorf("%v prints its secret: %s", p.Command, s)
		}
	}
}

// randomSM makes a submit that both this codec and another one can carry.
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
