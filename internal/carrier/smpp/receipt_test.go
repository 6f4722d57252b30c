package smpp

import (
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

func idTLV(s string) pdu.TLV   { return pdu.CString(pdu.TagReceiptedMessageID, s) }
func stateTLV(v uint8) pdu.TLV { return pdu.Octet(pdu.TagMessageState, v) }

// receiptCases are receipts, and the meaning of each.
var receiptCases = map[string]struct {
	text   string
	tlvs   []pdu.TLV
	id     string
	status carrier.Status
	reason message.Reason
	code   string
}{
	"Appendix B": {
		text: "id:IIII sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 " +
			"text:hello",
		id: "IIII", status: carrier.Delivered, code: "000",
	},
	"other case": {
		text: "ID:7 STAT:undeliv ERR:069 Text:x", id: "7", status: carrier.Failed,
		reason: message.Unreachable, code: "069",
	},
	"other order": {
		text: "stat:EXPIRED id:7", id: "7", status: carrier.Failed,
		reason: message.ExpiredInTransit,
	},
	"long words, spaces": {text: "id: 7\tstat: DELIVERED\r\nerr: 0", id: "7", status: carrier.Delivered, code: "0"},
	"empty err": {
		text: "id:7 stat:REJECTD err: text:abc", id: "7", status: carrier.Failed,
		reason: message.CarrierRejected,
	},
	"deleted": {
		text: "id:7 stat:DELETED", id: "7", status: carrier.Failed,
		reason: message.CarrierRejected,
	},
	"unknown": {
		text: "id:7 stat:UNKNOWN", id: "7", status: carrier.Failed,
		reason: message.UnknownReason,
	},
	"accepted":        {text: "id:7 stat:ACCEPTD", id: "7", status: carrier.Buffered},
	"enroute":         {text: "id:7 stat:ENROUTE", id: "7", status: carrier.Buffered},
	"an unknown word": {text: "id:7 stat:PARKED", id: "7", status: carrier.Buffered},
	"FAILED": {
		text: "id:7 stat:FAILED err:002", id: "7", status: carrier.Failed,
		reason: message.Unreachable, code: "002",
	},
	"UNDELIVERABLE": {
		text: "id:7 stat:UNDELIVERABLE", id: "7", status: carrier.Failed,
		reason: message.Unreachable,
	},
	"REJECTED": {
		text: "id:7 stat:Rejected", id: "7", status: carrier.Failed,
		reason: message.CarrierRejected,
	},
	"DELIVERY_FAILED": {
		text: "id:7 stat:DELIVERY_FAILED", id: "7", status: carrier.Failed,
		reason: message.Unreachable,
	},
	"NOT_DELIVERED": {
		text: "id:7 stat:NOT_DELIVERED", id: "7", status: carrier.Failed,
		reason: message.Unreachable,
	},
	"DELIVERY_PENDING": {text: "id:7 stat:DELIVERY_PENDING", id: "7", status: carrier.Buffered},
	"a final word and a state that is not": {
		text: "id:7 stat:DELIVRD", tlvs: []pdu.TLV{stateTLV(1)},
		id: "7", status: carrier.Delivered,
	},
	"an unknown state": {
		text: "id:7 stat:DELIVRD", tlvs: []pdu.TLV{stateTLV(77)},
		id: "7", status: carrier.Delivered,
	},
	"no state": {text: "id:7", id: "7", status: carrier.Buffered},
	"the text looks like fields": {
		text: "id:7 stat:UNDELIV text:id:8 stat:DELIVRD", id: "7",
		status: carrier.Failed, reason: message.Unreachable,
	},
	"the text comes first": {
		text: "text:stat:DELIVRD 1234567 id:7 stat:EXPIRED",
		id:   "7", status: carrier.Failed, reason: message.ExpiredInTransit,
	},
	"TLVs alone": {
		tlvs: []pdu.TLV{idTLV("0007"), stateTLV(2)}, id: "0007",
		status: carrier.Delivered,
	},
	"TLV wins": {text: "id:1 stat:DELIVRD err:000", tlvs: []pdu.TLV{
		idTLV("2"), stateTLV(5),
		{Tag: pdu.TagNetworkErrorCode, Value: []byte{3, 0, 69}},
	}, id: "2", status: carrier.Failed, reason: message.Unreachable, code: "3:69"},
	"TLV without a NUL": {
		tlvs: []pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: []byte("ab")}, stateTLV(2)},
		id:   "ab", status: carrier.Delivered,
	},
	"TLV of a wrong length": {
		text: "id:1 stat:DELIVRD", tlvs: []pdu.TLV{{Tag: pdu.TagMessageState}, {Tag: pdu.TagNetworkErrorCode}},
		id: "1", status: carrier.Delivered,
	},
	"nothing":     {},
	"no fields":   {text: "your message was delivered: yes"},
	"id too long": {text: "id:" + strings.Repeat("a", 256) + " stat:DELIVRD", status: carrier.Delivered},
	"longest id": {
		text: "id:" + strings.Repeat("a", 255) + " stat:DELIVRD", id: strings.Repeat("a", 255),
		status: carrier.Delivered,
	},
	"code too long": {
		text: "id:7 stat:UNDELIV err:" + strings.Repeat("9", 80), id: "7", status: carrier.Failed,
		reason: message.Unreachable, code: strings.Repeat("9", 64),
	},
}

func TestReceipt_Parse(t *testing.T) {
	t.Parallel()
	for name, c := range receiptCases {
		r := parseReceipt(c.text, c.tlvs)
		status, reason := r.status()
		got := ""
		if ids, _ := idForm(IDAsIs).ids(r.tlvID, r.textID, true, true); len(ids) > 0 {
			got = ids[0]
		}
		if got != c.id || status != c.status || reason != c.reason || r.code != c.code {
			t.Errorf("%s: id %q, status %d, reason %q, code %q", name, got, status, reason, r.code)
		}
	}
}

func TestReceipt_IDs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("F", 255)
	for name, c := range map[string]struct {
		form           idForm
		tlv, text      string
		ids, converted []string
	}{
		"as they are":   {form: IDAsIs, text: "AbCd12", ids: []string{"AbCd12"}},
		"both the same": {form: IDAsIs, tlv: "AbCd12", text: "AbCd12", ids: []string{"AbCd12"}},
		"the TLV's first": {
			form: IDAsIs, tlv: "beb0afe1-570a", text: "beb0afe1570a", ids: []string{"beb0afe1-570a", "beb0afe1570a"},
			converted: []string{"209666074302218"},
		},
		"decimal, may be hex": {
			form: IDAsIs, text: "1026990421", ids: []string{"1026990421"},
			converted: []string{"3d36a155", "69367039009"},
		},
		"hex, may be decimal": {
			form: IDAsIs, text: "3d36a155", ids: []string{"3d36a155"}, converted: []string{"1026990421"},
		},
		"too short to convert back": {
			form: IDAsIs, text: "123456", ids: []string{"123456"}, converted: []string{"1193046"},
		},
		"dec_to_hex":            {form: IDDecToHex, text: "1026990421", ids: []string{"3d36a155"}},
		"dec_to_hex with zeros": {form: IDDecToHex, text: "0001026990421", ids: []string{"3d36a155"}},
		"the TLV repeats the text": {
			form: IDDecToHex, tlv: "1026990421", text: "1026990421", ids: []string{"3d36a155"},
		},
		"the TLV is the answer's": {
			form: IDDecToHex, tlv: "3D36A155", text: "1026990421", ids: []string{"3D36A155", "3d36a155"},
		},
		"hex_to_dec":                   {form: IDHexToDec, text: "3D36A155", ids: []string{"1026990421"}},
		"not a number":                 {form: IDHexToDec, text: "no-number", ids: []string{"no-number"}},
		"an underscore is not a digit": {form: IDDecToHex, text: "_1", ids: []string{"_1"}},
		"none":                         {form: IDDecToHex},
		"too long to convert":          {form: IDHexToDec, text: long, ids: []string{long}},
		"too long":                     {form: IDAsIs, tlv: long + "F", text: "a\x00b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids, converted := c.form.ids(c.tlv, c.text, true, true)
			if !slices.Equal(ids, c.ids) || !slices.Equal(converted, c.converted) {
				t.Errorf("%q and %q, want %q and %q", ids, converted, c.ids, c.converted)
			}
		})
	}
}

// TestIDBase_Learns: ids are not converted any more once answers and receipts were seen to have the same base.
func TestIDBase_Learns(t *testing.T) {
	t.Parallel()
	learned := func(ids ...string) base {
		var b idBase
		for _, id := range ids {
			b.learn(id)
		}
		return b.current()
	}

	digits := slices.Repeat([]string{"1026990421"}, enoughIDs)
	for name, c := range map[string]struct {
		answers, receipts []string
		toHex, toDecimal  bool
	}{
		"nothing": {toHex: true, toDecimal: true},
		"few": {
			answers: []string{"12"}, receipts: []string{"12", "no number"}, toHex: true, toDecimal: true,
		},
		"all decimal":              {answers: digits, receipts: digits},
		"all hexadecimal":          {answers: []string{"3d36a155"}, receipts: []string{"3D36A155"}},
		"receipts in decimal":      {answers: []string{"3d36a155"}, receipts: digits, toHex: true},
		"receipts in hexadecimal":  {answers: digits, receipts: []string{"3d36a155"}, toDecimal: true},
		"receipts, no answers yet": {receipts: digits, toHex: true},
	} {
		toHex, toDecimal := conversions(learned(c.answers...), learned(c.receipts...))
		if toHex != c.toHex || toDecimal != c.toDecimal {
			t.Errorf("%s: to hexadecimal %v, to decimal %v", name, toHex, toDecimal)
		}
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add("id:IIII sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:hello",
		[]byte("12\x00"), []byte{2})
	f.Add("text:", []byte{}, []byte{})
	f.Add("err: text:id:", []byte{0}, []byte{255, 1})
	f.Fuzz(func(t *testing.T, text string, id, state []byte) {
		r := parseReceipt(text,
			[]pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: id}, {Tag: pdu.TagMessageState, Value: state}})
		if status, reason := r.status(); (reason != "") != (status == carrier.Failed) {
			t.Errorf("status %d with reason %q", status, reason)
		}
		if len(r.code) > maxCode || strings.ContainsFunc(r.code, unprintable) {
			t.Errorf("code %q", r.code)
		}

		for _, form := range []idForm{IDAsIs, IDHexToDec, IDDecToHex} {
			ids, converted := form.ids(r.tlvID, r.textID, true, true)
			for _, id := range append(ids, converted...) {
				if id == "" || len(id) > maxID || strings.ContainsFunc(id, unprintable) {
					t.Errorf("id %q", id)
				}
			}
			if len(ids) > 2 || len(converted) > 4 {
				t.Errorf("ids %q, converted %q", ids, converted)
			}
		}
	})
}

func BenchmarkReceipt(b *testing.B) {
	text := "id:3d36a155 sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 " +
		"text:847291 is your Acme"
	tlvs := []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "3d36a155"), pdu.Octet(pdu.TagMessageState, 2)}
	b.ReportAllocs()
	for b.Loop() {
		r := parseReceipt(text, tlvs)
		if ids, _ := idForm(IDAsIs).ids(r.tlvID, r.textID, true, true); len(ids) == 0 {
			b.Fatal("no id")
		}
	}
}
