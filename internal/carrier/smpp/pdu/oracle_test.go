package pdu_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/linxGnu/gosmpp/data"
	theirs "github.com/linxGnu/gosmpp/pdu"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

const oracleRounds = 2000

// fields prints the fields that SM redacts.
type fields pdu.SM

// TestPDU_GosmppCodec: gosmpp, an independent codec, reads 2,000 submits of this one, and this one 2,000 of gosmpp.
// That has no message_payload and keeps TLVs in a map, so tags are not repeated here.
func TestPDU_GosmppCodec(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range oracleRounds {
		ours := randomSM(r)
		oursToTheirs(t, uint32(i+1), ours)
		theirsToOurs(t, uint32(i+1), ours)
		if t.Failed() {
			t.Fatalf("round %d", i)
		}
	}
}

func oursToTheirs(t *testing.T, sequence uint32, m *pdu.SM) {
	t.Helper()
	b, err := pdu.PDU{Command: pdu.SubmitSM, Sequence: sequence, Body: m}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}

	p, err := theirs.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("they cannot read %x: %v", b, err)
	}

	sm, ok := p.(*theirs.SubmitSM)
	if !ok || sm.SequenceNumber != int32(sequence) {
		t.Fatalf("they read a %T, sequence %d", p, p.GetSequenceNumber())
	}

	got := fromTheirs(t, sm)
	for _, tlv := range m.TLVs {
		f, ok := sm.OptionalParameters[theirs.Tag(tlv.Tag)]
		if !ok {
			t.Errorf("they lost TLV %#x", tlv.Tag)
		}
		got.TLVs = append(got.TLVs, pdu.TLV{Tag: tlv.Tag, Value: f.Data})
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("they read %+v\nwe wrote %+v", fields(*got), fields(*m))
	}
}

func fromTheirs(t *testing.T, sm *theirs.SubmitSM) *pdu.SM {
	t.Helper()
	text, err := sm.Message.GetMessageData()
	if err != nil {
		t.Fatal(err)
	}

	address := func(a theirs.Address) pdu.Address { return pdu.Address{TON: a.Ton(), NPI: a.Npi(), Addr: a.Address()} }

	return &pdu.SM{
		ServiceType: sm.ServiceType, Source: address(sm.SourceAddr), Dest: address(sm.DestAddr), ESMClass: sm.EsmClass,
		ProtocolID: sm.ProtocolID, Priority: sm.PriorityFlag, ScheduleDeliveryTime: sm.ScheduleDeliveryTime,
		ValidityPeriod: sm.ValidityPeriod, RegisteredDelivery: sm.RegisteredDelivery,
		ReplaceIfPresent: sm.ReplaceIfPresentFlag, DataCoding: sm.Message.Encoding().DataCoding(), ShortMessage: text,
	}
}

func theirsToOurs(t *testing.T, sequence uint32, m *pdu.SM) {
	t.Helper()
	sm := theirs.NewSubmitSM().(*theirs.SubmitSM)
	sm.SequenceNumber = int32(sequence)
	address := func(a pdu.Address) theirs.Address {
		out, err := theirs.NewAddressWithTonNpiAddr(a.TON, a.NPI, a.Addr)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}

	sm.ServiceType, sm.SourceAddr, sm.DestAddr, sm.EsmClass = m.ServiceType, address(m.Source), address(m.Dest),
		m.ESMClass
	sm.ProtocolID, sm.PriorityFlag, sm.ValidityPeriod = m.ProtocolID, m.Priority, m.ValidityPeriod
	sm.RegisteredDelivery, sm.ReplaceIfPresentFlag = m.RegisteredDelivery, m.ReplaceIfPresent
	if err := sm.Message.SetMessageDataWithEncoding(m.ShortMessage, data.FromDataCoding(m.DataCoding)); err != nil {
		t.Fatal(err)
	}

	for _, tlv := range m.TLVs {
		sm.RegisterOptionalParam(theirs.Field{Tag: theirs.Tag(tlv.Tag), Data: tlv.Value})
	}

	b := theirs.NewBuffer(nil)
	sm.Marshal(b)
	p, err := pdu.Decode(b.Bytes())
	if err != nil || p.Command != pdu.SubmitSM || p.Sequence != sequence {
		t.Fatalf("we cannot read %x: %v", b.Bytes(), err)
	}

	got := p.Body.(*pdu.SM)
	// Their TLVs are written in the order of a map.
	for i, tlv := range m.TLVs {
		v, ok := pdu.Find(got.TLVs, tlv.Tag)
		if !ok || !bytes.Equal(v, m.TLVs[i].Value) {
			t.Errorf("we read TLV %#x as %x, they wrote %x", tlv.Tag, v, tlv.Value)
		}
	}
	if len(got.TLVs) != len(m.TLVs) {
		t.Errorf("we read %d TLVs, they wrote %d", len(got.TLVs), len(m.TLVs))
	}

	got.TLVs = m.TLVs
	if !reflect.DeepEqual(got, m) {
		t.Errorf("we read %+v\nthey wrote %+v", fields(*got), fields(*m))
	}
}
