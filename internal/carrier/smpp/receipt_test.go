package smpp

import (
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

func TestReceipts(t *testing.T) {
	t.Parallel()
	id := func(s string) pdu.TLV { return pdu.CString(pdu.TagReceiptedMessageID, s) }
	state := func(v uint8) pdu.TLV { return pdu.Octet(pdu.TagMessageState, v) }
	for name, c := range map[string]struct {
		text   string
		tlvs   []pdu.TLV
		id     string
		status carrier.Status
		reason message.Reason
		code   string
	}{
		"Appendix B": {text: "id:IIII sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:hello",
			id: "iiii", status: carrier.Delivered, code: "000"},
		"other case":             {text: "ID:7 STAT:undeliv ERR:069 Text:x", id: "7", status: carrier.Failed, reason: message.Unreachable, code: "069"},
		"other order":            {text: "stat:EXPIRED id:7", id: "7", status: carrier.Failed, reason: message.ExpiredInTransit},
		"long words, spaces":     {text: "id: 7\tstat: DELIVERED\r\nerr: 0", id: "7", status: carrier.Delivered, code: "0"},
		"empty err":              {text: "id:7 stat:REJECTD err: text:abc", id: "7", status: carrier.Failed, reason: message.CarrierRejected},
		"deleted":                {text: "id:7 stat:DELETED", id: "7", status: carrier.Failed, reason: message.CarrierRejected},
		"unknown":                {text: "id:7 stat:UNKNOWN", id: "7", status: carrier.Failed, reason: message.UnknownReason},
		"accepted":               {text: "id:7 stat:ACCEPTD", id: "7", status: carrier.Buffered},
		"on the way":             {text: "id:7 stat:ENROUTE", id: "7", status: carrier.Buffered},
		"a word of its own":      {text: "id:7 stat:PARKED", id: "7", status: carrier.Buffered},
		"no state":               {text: "id:7", id: "7", status: carrier.Buffered},
		"the text looks like it": {text: "id:7 stat:UNDELIV text:id:8 stat:DELIVRD", id: "7", status: carrier.Failed, reason: message.Unreachable},
		"the text comes first":   {text: "text:stat:DELIVRD 1234567 id:7 stat:EXPIRED", id: "7", status: carrier.Failed, reason: message.ExpiredInTransit},
		"TLVs alone":             {tlvs: []pdu.TLV{id("0007"), state(2)}, id: "7", status: carrier.Delivered},
		"TLV wins": {text: "id:1 stat:DELIVRD err:000", tlvs: []pdu.TLV{id("2"), state(5),
			{Tag: pdu.TagNetworkErrorCode, Value: []byte{3, 0, 69}}}, id: "2", status: carrier.Failed, reason: message.Unreachable, code: "3:69"},
		"TLV without a NUL": {tlvs: []pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: []byte("ab")}, state(2)}, id: "ab", status: carrier.Delivered},
		"TLV of a wrong length": {text: "id:1 stat:DELIVRD", tlvs: []pdu.TLV{{Tag: pdu.TagMessageState}, {Tag: pdu.TagNetworkErrorCode}},
			id: "1", status: carrier.Delivered},
		"nothing":     {},
		"no fields":   {text: "your message was delivered: yes"},
		"id too long": {text: "id:" + strings.Repeat("a", 65) + " stat:DELIVRD", status: carrier.Delivered},
		"longest id":  {text: "id:" + strings.Repeat("a", 64) + " stat:DELIVRD", id: strings.Repeat("a", 64), status: carrier.Delivered},
		"code too long": {text: "id:7 stat:UNDELIV err:" + strings.Repeat("9", 80), id: "7", status: carrier.Failed,
			reason: message.Unreachable, code: strings.Repeat("9", 64)},
	} {
		r := parseReceipt(c.text, c.tlvs)
		status, reason := r.report()
		if got := r.messageID(IDAsIs); got != c.id || status != c.status || reason != c.reason || r.code != c.code {
			t.Errorf("%s: id %q, status %d, reason %q, code %q", name, got, status, reason, r.code)
		}
	}
}

func TestIDsMeet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		form                    idForm
		answer, receipt, common string
	}{
		{IDAsIs, "3D36A155", "3d36a155", "3d36a155"},
		{IDAsIs, "0000123", "123", "123"},
		{IDAsIs, "0", "000", "0"},
		{IDAsIs, "6f9619ff-8b86", "6F9619FF-8B86", "6f9619ff-8b86"},
		{IDDecToHex, "3d36a155", "1026990421", "3d36a155"},
		{IDDecToHex, "003D36A155", "0001026990421", "3d36a155"},
		{IDHexToDec, "1026990421", "3D36A155", "1026990421"},
		{IDHexToDec, "no-number", "no-number", "no-number"},
		{IDDecToHex, "_1", "_1", "_1"},
		{IDDecToHex, "", "", ""},
		{IDHexToDec, strings.Repeat("f", 64), strings.Repeat("F", 64), strings.Repeat("f", 64)},
		{IDAsIs, strings.Repeat("f", 65), "a\x00b", ""},
	} {
		if a, r := c.form.inAnswer(c.answer), c.form.inReceipt(c.receipt); a != c.common || r != c.common {
			t.Errorf("%s: answer %q is %q, receipt %q is %q, want %q", c.form, c.answer, a, c.receipt, r, c.common)
		}
	}
}

func TestReceiptIDIsConvertedOnce(t *testing.T) {
	t.Parallel()
	both := parseReceipt("id:1026990421 stat:DELIVRD", []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "1026990421")})
	own := parseReceipt("id:1026990421 stat:DELIVRD", []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "3D36A155")})
	for name, r := range map[string]receipt{"the TLV repeats the text": both, "the TLV repeats the answer": own} {
		if got := r.messageID(IDDecToHex); got != "3d36a155" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add("id:IIII sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:hello", []byte("12\x00"), []byte{2})
	f.Add("text:", []byte{}, []byte{})
	f.Add("err: text:id:", []byte{0}, []byte{255, 1})
	f.Fuzz(func(t *testing.T, text string, id, state []byte) {
		r := parseReceipt(text, []pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: id}, {Tag: pdu.TagMessageState, Value: state}})
		if status, reason := r.report(); (reason != "") != (status == carrier.Failed) {
			t.Errorf("status %d with reason %q", status, reason)
		}
		if len(r.code) > maxID || !printable(r.code) {
			t.Errorf("code %q", r.code)
		}
		for _, form := range []idForm{IDAsIs, IDHexToDec, IDDecToHex} {
			if got := r.messageID(form); len(got) > maxID || !printable(got) {
				t.Errorf("id %q", got)
			}
		}
	})
}

func BenchmarkReceipt(b *testing.B) {
	text := "id:3d36a155 sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:847291 is your Acme"
	tlvs := []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "3d36a155"), pdu.Octet(pdu.TagMessageState, 2)}
	b.ReportAllocs()
	for b.Loop() {
		if r := parseReceipt(text, tlvs); r.messageID(IDAsIs) == "" {
			b.Fatal("no id")
		}
	}
}
