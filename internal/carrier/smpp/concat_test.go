package smpp

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// piece is one of the two parts of a message from a phone, with a reference of 16 bits.
func piece(ref int, number byte, text string) *pdu.SM {
	return &pdu.SM{
		ESMClass: pdu.ESMClassUDHI, DataCoding: codingLatin1,
		ShortMessage: append([]byte{6, 8, 4, byte(ref >> 8), byte(ref), 2, number}, text...),
	}
}

// TestInbox_SizeBound is not parallel, because it measures the heap, which other tests use, too.
func TestInbox_SizeBound(t *testing.T) {
	var box inbox
	payload := bytes.Repeat([]byte{'x'}, 60_000)
	before := heap()
	const messages = 10_001
	for i := range messages {
		sm := piece(i, 1, "")
		long := append(bytes.Clone(sm.ShortMessage), payload...)
		sm.ShortMessage, sm.TLVs = nil, []pdu.TLV{{Tag: pdu.TagMessagePayload, Value: long}}
		if _, complete := box.add(sm); complete {
			t.Fatal("a part is complete")
		}
	}
	if box.size > maxIncompleteSize || len(box.open) != box.oldest.Len() || box.dropped != messages-len(box.open) ||
		len(box.open) < 60 {
		t.Errorf("%d octets in %d messages, %d in order, %d dropped",
			box.size, len(box.open), box.oldest.Len(), box.dropped)
	}
	if grown := int(heap()) - int(before); grown > 2*maxIncompleteSize {
		t.Errorf("the heap grew by %d octets", grown)
	}
	if _, complete := box.add(piece(messages-1, 2, "end")); !complete {
		t.Error("the newest message was dropped")
	}

	// Small parts are bounded, too, by the memory that they need without their text.
	for i := range 20_000 {
		box.add(piece(i, 1, "x"))
	}
	if box.size > maxIncompleteSize || len(box.open) > maxIncompleteSize/messageCost {
		t.Errorf("%d octets in %d messages", box.size, len(box.open))
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestInbox_Expires(t *testing.T) {
	t.Parallel()
	var box inbox
	for i := range 10 {
		box.add(piece(i, 1, "x"))
	}
	if got, _ := box.expired(time.Now()); len(got) != 0 {
		t.Errorf("%d expired immediately", len(got))
	}

	whole, complete := box.add(piece(3, 2, "y"))
	if !complete || whole.decode(message.CharsetGSM7) != "xy" {
		t.Fatalf("%v %q", complete, whole.decode(message.CharsetGSM7))
	}

	box.finish(whole, nil)
	box.finish(whole, nil)
	got, dropped := box.expired(time.Now().Add(partsLifetime))
	if len(got) != 9 || dropped != 0 || got[0].decode(message.CharsetGSM7) != "x" || box.size != 0 ||
		box.oldest.Len() != 0 || len(box.open) != 0 {
		t.Errorf("%d expired, %d dropped, %d octets left", len(got), dropped, box.size)
	}
}

// TestInbox_ReusedReference: a phone that has counted to 255 reuses its references.
func TestInbox_ReusedReference(t *testing.T) {
	t.Parallel()
	var box inbox
	box.add(piece(7, 1, "old "))
	box.add(piece(7, 1, "new "))
	box.add(piece(7, 1, "new ")) // repeated by a centre that got no answer
	whole, complete := box.add(piece(7, 2, "end"))
	if !complete || whole.decode(message.CharsetGSM7) != "new end" {
		t.Errorf("%v, %q", complete, whole.decode(message.CharsetGSM7))
	}
}

func TestInbox_CodingOfEachPart(t *testing.T) {
	t.Parallel()
	var box inbox
	first, second := piece(1, 1, "\x04\x21"), piece(1, 2, "caf\xe9")
	first.DataCoding = codingUCS2
	box.add(second)
	if whole, complete := box.add(first); !complete || whole.decode(message.CharsetGSM7) != "Сcafé" {
		t.Errorf("%v, %q", complete, whole.decode(message.CharsetGSM7))
	}
}

// TestInbox_RepeatedParts: repeated parts make no second message while the message is being stored, after it was
// stored, and when it could not be stored.
func TestInbox_RepeatedParts(t *testing.T) {
	t.Parallel()
	var box inbox
	box.add(piece(7, 1, "one "))
	whole, complete := box.add(piece(7, 2, "two"))
	if !complete {
		t.Fatal("not complete")
	}

	for number, text := range []string{"one ", "two"} {
		if again, complete := box.add(piece(7, byte(number+1), text)); complete || again.repeat == nil {
			t.Errorf("while it is being stored part %d makes %v, %+v", number+1, complete, again)
		}
	}

	again, _ := box.add(piece(7, 2, "two"))
	box.finish(whole, errors.New("the database is out"))
	if err := box.await(t.Context(), again); err == nil {
		t.Error("a repeat is acknowledged although nothing was stored")
	}

	whole, complete = box.add(piece(7, 1, "one "))
	if !complete || whole.decode(message.CharsetGSM7) != "one two" {
		t.Fatalf("after a failure: %v, %q", complete, whole.decode(message.CharsetGSM7))
	}

	again, _ = box.add(piece(7, 2, "two"))
	box.finish(whole, nil)
	if err := box.await(t.Context(), again); err != nil {
		t.Error(err)
	}

	again, complete = box.add(piece(7, 2, "two"))
	if complete || again.repeat == nil || box.await(t.Context(), again) != nil || len(box.open) != 0 {
		t.Errorf("after it was stored: %v, %+v, %d open", complete, again, len(box.open))
	}

	// The reference is reused for another message.
	if again, _ = box.add(piece(7, 1, "other ")); again.repeat != nil {
		t.Error("another message counts as a repeat")
	}
	if whole, complete = box.add(piece(7, 2, "two")); !complete || whole.decode(message.CharsetGSM7) != "other two" {
		t.Errorf("another message: %v, %q", complete, whole.decode(message.CharsetGSM7))
	}

	box.finish(whole, nil)
	box.expired(time.Now().Add(partsLifetime))
	if again, _ = box.add(piece(7, 1, "other ")); again.repeat != nil || box.stored.oldest.Len() != 0 {
		t.Error("it is remembered forever")
	}
}

func TestStoredTexts_Bound(t *testing.T) {
	t.Parallel()
	var box inbox
	for i := range maxStored + 10 {
		box.add(piece(i, 1, "x"))
		whole, _ := box.add(piece(i, 2, "y"))
		box.finish(whole, nil)
	}
	if len(box.stored.at) != maxStored || box.stored.oldest.Len() != maxStored {
		t.Errorf("%d are kept, %d in order", len(box.stored.at), box.stored.oldest.Len())
	}
}

// TestInbound_RepeatedParts: however often the parts come, they make one message, and all are acknowledged.
func TestInbound_RepeatedParts(t *testing.T) {
	for name, numbers := range map[string][]byte{
		"last twice": {1, 2, 2}, "both twice": {1, 2, 1, 2}, "many times": {2, 2, 1, 1, 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Config{}, func(t *testing.T, r *rig) {
				l := <-r.links
				l.bind()
				var all []byte
				for i, number := range numbers {
					b, err := pdu.PDU{
						Command: pdu.DeliverSM, Sequence: uint32(i + 1),
						Body: piece(9, number, "half"),
					}.Append(nil)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, b...)
				}
				if _, err := l.Write(all); err != nil {
					t.Fatal(err)
				}

				for range numbers {
					if p := l.expect(pdu.DeliverSMResp); p.Status != pdu.OK {
						t.Errorf("answered %v", p.Status)
					}
				}
				if x := <-r.texts; x.Body.Reveal() != "halfhalf" || len(r.texts) != 0 {
					t.Errorf("%q, and %d more", x.Body.Reveal(), len(r.texts))
				}
			})
		})
	}
}
