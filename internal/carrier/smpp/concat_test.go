package smpp

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// piece is part of a message of two from a phone, with a reference of 16 bits.
func piece(ref int, number byte, text string) *pdu.SM {
	return &pdu.SM{ESMClass: pdu.ESMClassUDHI, DataCoding: codingLatin1,
		ShortMessage: append([]byte{6, 8, 4, byte(ref >> 8), byte(ref), 2, number}, text...)}
}

func TestInbox_IsBoundedInOctets(t *testing.T) {
	t.Parallel()
	var box inbox
	payload := bytes.Repeat([]byte{'x'}, 60_000)
	before := heap()
	const messages = 10_001
	for i := range messages {
		sm := piece(i, 1, "")
		sm.ShortMessage, sm.TLVs = nil, []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: append(bytes.Clone(sm.ShortMessage), payload...)}}
		if _, complete := box.add(sm); complete {
			t.Fatal("a part is complete")
		}
	}
	if box.size > maxUnfinished || len(box.open) != box.oldest.Len() || box.dropped != messages-len(box.open) || len(box.open) < 60 {
		t.Errorf("%d octets in %d messages, %d in order, %d dropped", box.size, len(box.open), box.oldest.Len(), box.dropped)
	}
	if grown := int(heap()) - int(before); grown > 2*maxUnfinished {
		t.Errorf("the heap grew by %d octets", grown)
	}
	// The newest are there.
	if _, complete := box.add(piece(messages-1, 2, "end")); !complete {
		t.Error("the newest message was dropped")
	}
	// Small parts are bounded as well, each with what it costs.
	for i := range 20_000 {
		box.add(piece(i, 1, "x"))
	}
	if box.size > maxUnfinished || len(box.open) > maxUnfinished/openCost {
		t.Errorf("%d octets in %d messages", box.size, len(box.open))
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestInbox_ExpiresAndForgets(t *testing.T) {
	t.Parallel()
	var box inbox
	for i := range 10 {
		box.add(piece(i, 1, "x"))
	}
	if got, _ := box.expired(time.Now()); len(got) != 0 {
		t.Errorf("%d expired at once", len(got))
	}
	whole, complete := box.add(piece(3, 2, "y"))
	if !complete || whole.decode(message.CharsetGSM7) != "xy" {
		t.Fatalf("%v %q", complete, whole.decode(message.CharsetGSM7))
	}
	box.forget(whole)
	box.forget(whole)
	got, dropped := box.expired(time.Now().Add(partsLifetime))
	if len(got) != 9 || dropped != 0 || got[0].decode(message.CharsetGSM7) != "x" || box.size != 0 || box.oldest.Len() != 0 || len(box.open) != 0 {
		t.Errorf("%d expired, %d dropped, %d octets left", len(got), dropped, box.size)
	}
}

// TestInbox_OneReferenceForTwoMessages: a phone counts to 255 and begins again.
func TestInbox_OneReferenceForTwoMessages(t *testing.T) {
	t.Parallel()
	var box inbox
	box.add(piece(7, 1, "old "))
	box.add(piece(7, 1, "new "))
	box.add(piece(7, 1, "new ")) // again, by a centre that got no answer
	whole, complete := box.add(piece(7, 2, "end"))
	if !complete || whole.decode(message.CharsetGSM7) != "new end" {
		t.Errorf("%v, %q", complete, whole.decode(message.CharsetGSM7))
	}
}

func TestInbox_EachPartHasItsCoding(t *testing.T) {
	t.Parallel()
	var box inbox
	first, second := piece(1, 1, "\x04\x21"), piece(1, 2, "caf\xe9")
	first.DataCoding = codingUCS2
	box.add(second)
	if whole, complete := box.add(first); !complete || whole.decode(message.CharsetGSM7) != "Сcafé" {
		t.Errorf("%v, %q", complete, whole.decode(message.CharsetGSM7))
	}
}
