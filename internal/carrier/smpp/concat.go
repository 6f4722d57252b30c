package smpp

import (
	"bytes"
	"container/list"
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

const (
	// maxIncompleteSize bounds the memory of messages that wait for parts; the oldest are dropped beyond it.
	maxIncompleteSize = 4 << 20
	// messageCost and partCost are the memory of a message and of a part of it without their text.
	messageCost = 512
	partCost    = 64
	// partsLifetime is how long the missing parts of a message are waited for; then it is passed on without them.
	partsLifetime = 5 * time.Minute
	expireEvery   = 10 * time.Second
)

// inboundText is a message from a phone, with its parts joined.
type inboundText struct {
	from, to pdu.Address
	parts    []textPart      // in their order
	whole    *incompleteText // nil for a message of one part
	// repeat is set for a repeated part. It is closed once the message of that part is stored, or storing it has
	// failed.
	repeat <-chan struct{}
}

// textPart is a piece of a text with its data_coding. A phone may choose another one for each part.
type textPart struct {
	coding uint8
	text   []byte
}

// partsKey identifies a message of several parts.
type partsKey struct {
	from, to string //nolint:unused // part of a key
	ref      uint16 //nolint:unused // part of a key
	total    uint8  //nolint:unused // part of a key
}

// inbox collects the parts of long messages in memory. A part is acknowledged once it is in here, because a centre that
// sends one message at a time would otherwise never send the second part. So a crash can lose a long message, but never
// one of a single part, such as an opt-out keyword.
type inbox struct {
	mu      sync.Mutex
	open    map[partsKey]*incompleteText
	oldest  list.List // of *incompleteText, the oldest first
	size    int
	dropped int // messages that were dropped at the bound since expired was last called
	stored  storedTexts
}

// incompleteText is a message of which parts are missing, or that is being stored.
type incompleteText struct {
	key      partsKey
	since    time.Time
	from, to pdu.Address
	parts    map[uint8]textPart
	size     int
	element  *list.Element // in inbox.oldest
	storing  chan struct{} // not nil while it is being stored; closed afterwards
	err      error         // of the last try to store it
}

// add adds one deliver_sm. complete is true when it is a whole message, alone or with earlier parts: the caller must
// then store the message and call finish.
func (b *inbox) add(sm *pdu.SM) (whole inboundText, complete bool) {
	text, ref, total, number := splitPart(sm)
	piece := textPart{sm.DataCoding, text}
	if total <= 1 {
		return inboundText{from: sm.Source, to: sm.Dest, parts: []textPart{piece}}, true
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	key := partsKey{sm.Source.Addr, sm.Dest.Addr, ref, total}
	if b.open[key] == nil && b.stored.has(key, number, text, time.Now()) {
		return inboundText{repeat: alreadyStored}, false
	}

	o := b.open[key]
	if o != nil {
		// The same part with another text belongs to another message, for which the sender reuses the reference.
		known, twice := o.parts[number]
		switch same := bytes.Equal(known.text, text); {
		case twice && !same:
			b.remove(o)
			o = nil
		case twice && o.storing != nil:
			return inboundText{whole: o, repeat: o.storing}, false
		}
	}
	if o == nil {
		o = b.begin(key, sm)
	}

	if _, twice := o.parts[number]; !twice {
		piece.text = bytes.Clone(text) // not the memory of the whole PDU
		o.parts[number] = piece
		o.size += len(text) + partCost
		b.size += len(text) + partCost
	}

	if len(o.parts) == int(total) {
		o.storing = make(chan struct{})
		return o.join(), true
	}

	for b.size > maxIncompleteSize {
		b.remove(b.oldest.Front().Value.(*incompleteText))
		b.dropped++
	}

	return inboundText{}, false
}

func (b *inbox) begin(key partsKey, sm *pdu.SM) *incompleteText {
	o := &incompleteText{
		key: key, since: time.Now(), from: sm.Source, to: sm.Dest, parts: map[uint8]textPart{}, size: messageCost,
	}
	if b.open == nil {
		b.open = map[partsKey]*incompleteText{}
	}

	b.open[key] = o
	o.element = b.oldest.PushBack(o)
	b.size += o.size

	return o
}

func (b *inbox) remove(o *incompleteText) {
	if b.open[o.key] == o {
		delete(b.open, o.key)
		b.oldest.Remove(o.element)
		b.size -= o.size
	}
}

// finish notes whether a message was stored. A stored one is remembered for a while, because its parts may be repeated.
// One that was not stored stays, so that the next repeat of a part completes it.
func (b *inbox) finish(m inboundText, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	o := m.whole
	if o == nil || o.storing == nil {
		return
	}

	o.err = err
	close(o.storing)
	o.storing = nil
	if err == nil {
		b.remove(o)
		b.stored.add(o, time.Now())
	}
}

// await waits until the message of a repeated part is stored.
func (b *inbox) await(ctx context.Context, m inboundText) error {
	select {
	case <-m.repeat:
	case <-ctx.Done():
		return ctx.Err()
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	if m.whole == nil {
		return nil
	}

	return m.whole.err
}

// join puts the parts that came in order.
func (o *incompleteText) join() inboundText {
	m := inboundText{from: o.from, to: o.to, whole: o}
	for _, number := range slices.Sorted(maps.Keys(o.parts)) {
		m.parts = append(m.parts, o.parts[number])
	}
	return m
}

// expired removes and returns the messages whose last parts did not come, and counts those that were dropped at the
// bound.
func (b *inbox) expired(now time.Time) (out []inboundText, dropped int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for e := b.oldest.Front(); e != nil && now.Sub(e.Value.(*incompleteText).since) >= partsLifetime; {
		o := e.Value.(*incompleteText)
		if e = e.Next(); o.storing != nil {
			continue
		}
		out = append(out, o.join())
		b.remove(o)
	}
	b.stored.expire(now)
	dropped, b.dropped = b.dropped, 0

	return out, dropped
}

// expireParts forgets unfinished sends whose life is over, and passes on inbound messages whose other parts are lost:
// half a text is worth more than none.
func (c *Carrier) expireParts(ctx context.Context, sink carrier.Sink) {
	for sleep(ctx, expireEvery) {
		c.unfinished.expire(time.Now())
		texts, dropped := c.inbox.expired(time.Now())
		if dropped > 0 {
			c.log.Warn("incomplete long messages from phones were dropped, because too many waited for parts",
				"count", dropped)
		}

		for _, m := range texts {
			if err := c.deliverText(ctx, sink, m); err != nil {
				c.log.Error("an incomplete long message from a phone could not be stored and is lost", "error", err)
			}
		}
	}
}

// decode reads the parts. Neighbours with one data_coding are read together, since a character may be split between
// them.
func (m inboundText) decode(charset message.Charset) string {
	var out strings.Builder
	for i := 0; i < len(m.parts); {
		coding, text := m.parts[i].coding, []byte(nil)
		for ; i < len(m.parts) && m.parts[i].coding == coding; i++ {
			text = append(text, m.parts[i].text...)
		}
		out.WriteString(decodeText(text, coding, charset))
	}

	return out.String()
}

// splitPart reads which part of a long message a deliver_sm is, from its user data header (3GPP TS 23.040 clause
// 9.2.3.24) or its sar_* TLVs. total is 0 when it is a whole message or the numbers are impossible.
func splitPart(sm *pdu.SM) (text []byte, ref uint16, total, number uint8) {
	text = sm.Text()
	if sm.ESMClass&pdu.ESMClassUDHI != 0 && len(text) > 0 {
		if end := int(text[0]) + 1; end <= len(text) {
			ref, total, number = concatHeader(text[1:end])
			text = text[end:]
		}
	} else {
		r, _ := pdu.Find(sm.TLVs, pdu.TagSARReference)
		t, _ := pdu.Find(sm.TLVs, pdu.TagSARTotal)
		n, _ := pdu.Find(sm.TLVs, pdu.TagSARSequence)
		if len(r) == 2 && len(t) == 1 && len(n) == 1 {
			ref, total, number = binary.BigEndian.Uint16(r), t[0], n[0]
		}
	}
	if number == 0 || number > total {
		return text, 0, 0, 0
	}

	return text, ref, total, number
}

// concatHeader finds the concatenation element, with an 8-bit (0x00) or a 16-bit (0x08) reference.
func concatHeader(h []byte) (ref uint16, total, number uint8) {
	for len(h) >= 2 && len(h) >= 2+int(h[1]) {
		id, data := h[0], h[2:2+int(h[1])]
		switch {
		case id == 0x00 && len(data) == 3:
			return uint16(data[0]), data[1], data[2]
		case id == 0x08 && len(data) == 4:
			return binary.BigEndian.Uint16(data), data[2], data[3]
		}
		h = h[2+len(data):]
	}

	return 0, 0, 0
}
