package pdu_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

func submit() pdu.PDU {
	return pdu.PDU{Command: pdu.SubmitSM, Sequence: 1, Body: &pdu.SM{
		Source: pdu.Address{TON: 5, Addr: "Acme"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"},
		ValidityPeriod: "000000001000000R", RegisteredDelivery: 1,
		ShortMessage: []byte("847291 is your Acme code. It is valid for 10 minutes. Do not share it."),
	}}
}

func receipt() pdu.PDU {
	return pdu.PDU{Command: pdu.DeliverSM, Sequence: 1, Body: &pdu.SM{
		Source: pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, Dest: pdu.Address{TON: 5, Addr: "Acme"},
		ESMClass: pdu.ESMClassReceipt,
		ShortMessage: []byte("id:3d36a155 sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 stat:DELIVRD " +
			"err:000 text:847291 is your Acme"),
		TLVs: []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, "3d36a155"), pdu.Octet(pdu.TagMessageState, 2)},
	}}
}

func BenchmarkEncodeSubmit(b *testing.B) {
	p, buf := submit(), make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Append(buf); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkDecode(b *testing.B, p pdu.PDU) {
	wire, err := p.Append(nil)
	if err != nil {
		b.Fatal(err)
	}

	b.ReportAllocs()
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		if _, err := pdu.Decode(wire); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeSubmit(b *testing.B)  { benchmarkDecode(b, submit()) }
func BenchmarkDecodeReceipt(b *testing.B) { benchmarkDecode(b, receipt()) }
func BenchmarkDecodeAnswer(b *testing.B) {
	benchmarkDecode(b, pdu.PDU{Command: pdu.SubmitSMResp, Sequence: 1, Body: &pdu.MessageID{ID: "3d36a155"}})
}
