package smpp

import (
	"slices"
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
		"Appendix B": {
			text: "id:IIII sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:hello",
			id:   "IIII", status: carrier.Delivered, code: "000",
		},
		"other case":         {text: "ID:7 STAT:undeliv ERR:069 Text:x", id: "7", status: carrier.Failed, reason: message.Unreachable, code: "069"},
		"other order":        {text: "stat:EXPIRED id:7", id: "7", status: carrier.Failed, reason: message.ExpiredInTransit},
		"long words, spaces": {text: "id: 7\tstat: DELIVERED\r\nerr: 0", id: "7", status: carrier.Delivered, code: "0"},
		"empty err":          {text: "id:7 stat:REJECTD err: text:abc", id: "7", status: carrier.Failed, reason: message.CarrierRejected},
		"deleted":            {text: "id:7 stat:DELETED", id: "7", status: carrier.Failed, reason: message.CarrierRejected},
		"unknown":            {text: "id:7 stat:UNKNOWN", id: "7", status: carrier.Failed, reason: message.UnknownReason},
		"accepted":           {text: "id:7 stat:ACCEPTD", id: "7", status: carrier.Buffered},
		"on the way":         {text: "id:7 stat:ENROUTE", id: "7", status: carrier.Buffered},
		"a word of its own":  {text: "id:7 stat:PARKED", id: "7", status: carrier.Buffered},
		"FAILED":             {text: "id:7 stat:FAILED err:002", id: "7", status: carrier.Failed, reason: message.Unreachable, code: "002"},
		"UNDELIVERABLE":      {text: "id:7 stat:UNDELIVERABLE", id: "7", status: carrier.Failed, reason: message.Unreachable},
		"REJECTED":           {text: "id:7 stat:Rejected", id: "7", status: carrier.Failed, reason: message.CarrierRejected},
		"DELIVERY_FAILED":    {text: "id:7 stat:DELIVERY_FAILED", id: "7", status: carrier.Failed, reason: message.Unreachable},
		"NOT_DELIVERED":      {text: "id:7 stat:NOT_DELIVERED", id: "7", status: carrier.Failed, reason: message.Unreachable},
		"DELIVERY_PENDING":   {text: "id:7 stat:DELIVERY_PENDING", id: "7", status: carrier.Buffered},
		"a state that is not final beside a word that is": {text: "id:7 stat:DELIVRD", tlvs: []pdu.TLV{state(1)}, id: "7", status: carrier.Delivered},
		"a state that nobody knows":                       {text: "id:7 stat:DELIVRD", tlvs: []pdu.TLV{state(77)}, id: "7", status: carrier.Delivered},
		"no state":                                        {text: "id:7", id: "7", status: carrier.Buffered},
		"the text looks like it":                          {text: "id:7 stat:UNDELIV text:id:8 stat:DELIVRD", id: "7", status: carrier.Failed, reason: message.Unreachable},
		"the text comes first":                            {text: "text:stat:DELIVRD 1234567 id:7 stat:EXPIRED", id: "7", status: carrier.Failed, reason: message.ExpiredInTransit},
		"TLVs alone":                                      {tlvs: []pdu.TLV{id("0007"), state(2)}, id: "0007", status: carrier.Delivered},
		"TLV wins": {text: "id:1 stat:DELIVRD err:000", tlvs: []pdu.TLV{
			id("2"), state(5),
			{Tag: pdu.TagNetworkErrorCode, Value: []byte{3, 0, 69}},
		}, id: "2", status: carrier.Failed, reason: message.Unreachable, code: "3:69"},
		"TLV without a NUL": {tlvs: []pdu.TLV{{Tag: pdu.TagReceiptedMessageID, Value: []byte("ab")}, state(2)}, id: "ab", status: carrier.Delivered},
		"TLV of a wrong length": {
			text: "id:1 stat:DELIVRD", tlvs: []pdu.TLV{{Tag: pdu.TagMessageState}, {Tag: pdu.TagNetworkErrorCode}},
			id: "1", status: carrier.Delivered,
		},
		"nothing":     {},
		"no fields":   {text: "your message was delivered: yes"},
		"id too long": {text: "id:" + strings.Repeat("a", 256) + " stat:DELIVRD", status: carrier.Delivered},
		"longest id":  {text: "id:" + strings.Repeat("a", 255) + " stat:DELIVRD", id: strings.Repeat("a", 255), status: carrier.Delivered},
		"code too long": {
			text: "id:7 stat:UNDELIV err:" + strings.Repeat("9", 80), id: "7", status: carrier.Failed,
			reason: message.Unreachable, code: strings.Repeat("9", 64),
		},
	} {
		r := parseReceipt(c.text, c.tlvs)
		status, reason := r.report()
		got := ""
		if ids, _ := idForm(IDAsIs).ids(r.tlvID, r.textID, true, true); len(ids) > 0 {
			got = ids[0]
		}
		if got != c.id || status != c.status || reason != c.reason || r.code != c.code {
			t.Errorf("%s: id %q, status %d, reason %q, code %q", name, got, status, reason, r.code)
		}
	}
}

func TestReceiptIDs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("F", 255)
	for name, c := range map[string]struct {
		form           idForm
		tlv, text      string
		ids, converted []string
	}{
		"as they are":               {IDAsIs, "", "AbCd12", []string{"AbCd12"}, nil},
		"both the same":             {IDAsIs, "AbCd12", "AbCd12", []string{"AbCd12"}, nil},
		"the TLV's first":           {IDAsIs, "beb0afe1-570a", "beb0afe1570a", []string{"beb0afe1-570a", "beb0afe1570a"}, []string{"209666074302218"}},
		"decimal, may be hex":       {IDAsIs, "", "1026990421", []string{"1026990421"}, []string{"3d36a155", "69367039009"}},
		"hex, may be decimal":       {IDAsIs, "", "3d36a155", []string{"3d36a155"}, []string{"1026990421"}},
		"short, so it may be dense": {IDAsIs, "", "123456", []string{"123456"}, []string{"1193046"}},
		"dec_to_hex":                {IDDecToHex, "", "1026990421", []string{"3d36a155"}, nil},
		"dec_to_hex with zeros":     {IDDecToHex, "", "0001026990421", []string{"3d36a155"}, nil},
		"the TLV repeats the text":  {IDDecToHex, "1026990421", "1026990421", []string{"3d36a155"}, nil},
		"the TLV is the answer's":   {IDDecToHex, "3D36A155", "1026990421", []string{"3D36A155", "3d36a155"}, nil},
		"hex_to_dec":                {IDHexToDec, "", "3D36A155", []string{"1026990421"}, nil},
		"no number":                 {IDHexToDec, "", "no-number", []string{"no-number"}, nil},
		"a sign is none":            {IDDecToHex, "", "_1", []string{"_1"}, nil},
		"none":                      {IDDecToHex, "", "", nil, nil},
		"too long to convert":       {IDHexToDec, "", long, []string{long}, nil},
		"too long":                  {IDAsIs, long + "F", "a\x00b", nil, nil},
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

// TestIDBase_Learns: a centre that writes answers and receipts in one base has nothing converted, after a while.
func TestIDBase_Learns(t *testing.T) {
	t.Parallel()
	learned := func(ids ...string) base {
		var b idBase
		for _, id := range ids {
			b.learn(id)
		}
		return b.is()
	}

	digits := slices.Repeat([]string{"1026990421"}, enoughIDs)
	for name, c := range map[string]struct {
		answers, receipts []string
		toHex, toDecimal  bool
	}{
		"nothing":                  {nil, nil, true, true},
		"few":                      {[]string{"12"}, []string{"12", "no number"}, true, true},
		"all decimal":              {digits, digits, false, false},
		"all hexadecimal":          {[]string{"3d36a155"}, []string{"3D36A155"}, false, false},
		"receipts in decimal":      {[]string{"3d36a155"}, digits, true, false},
		"receipts in hexadecimal":  {digits, []string{"3d36a155"}, false, true},
		"receipts, no answers yet": {nil, digits, true, false},
	} {
		toHex, toDecimal := wanted(learned(c.answers...), learned(c.receipts...))
		if toHex != c.toHex || toDecimal != c.toDecimal {
			t.Errorf("%s: to hexadecimal %v, to decimal %v", name, toHex, toDecimal)
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
	text := "id:3d36a155 sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD err:000 text:847291 is your Acme"
	tlvs := []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "3d36a155"), pdu.Octet(pdu.TagMessageState, 2)}
	b.ReportAllocs()
	for b.Loop() {
		r := parseReceipt(text, tlvs)
		if ids, _ := idForm(IDAsIs).ids(r.tlvID, r.textID, true, true); len(ids) == 0 {
			b.Fatal("no id")
		}
	}
}
