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
	// maxUnfinished bounds the memory of messages that wait for parts; the oldest are dropped beyond it.
	maxUnfinished = 4 << 20
	// openCost and partCost are what a message and a part of it take beside their text.
	openCost = 512
	partCost = 64
	// partsLifetime is the wait for parts, after which what came is passed on without the rest.
	partsLifetime = 5 * time.Minute
	expireEvery   = 10 * time.Second
)

// inboundText is a message from a phone, put together.
type inboundText struct {
	from, to pdu.Address
	parts    []textPart // in their order
	of       *openParts // nil for a message of one part
	// repeat is set when the part came before: what it belongs to is stored, or is being stored until the channel is closed.
	repeat <-chan struct{}
}

// textPart is a piece of a text, and how it is coded. A phone may choose another coding for each part.
type textPart struct {
	coding uint8
	text   []byte
}

// partsKey tells the messages of one sender apart.
type partsKey struct {
	from, to string //nolint:unused // part of a key
	ref      uint16 //nolint:unused // part of a key
	total    uint8  //nolint:unused // part of a key
}

// inbox collects the parts of long messages. A part is acknowledged when it is in here, in memory: a centre that sends
// one message at a time would never send the second part otherwise. A crash can therefore lose a long message, never
// one of a single part, as opt-out words are.
type inbox struct {
	mu      sync.Mutex
	open    map[partsKey]*openParts
	oldest  list.List // of *openParts, the oldest first
	size    int
	dropped int // messages that were dropped at the bound since the last look
	done    doneTexts
}

type openParts struct {
	key      partsKey
	since    time.Time
	from, to pdu.Address
	parts    map[uint8]textPart
	size     int
	place    *list.Element
	storing  chan struct{} // while it is being stored; closed then
	err      error         // why it was not stored, the last time
}

// add takes one deliver_sm. complete is true when it, alone or with earlier parts, is a whole message: it is to be stored,
// and finish called.
func (b *inbox) add(sm *pdu.SM) (whole inboundText, complete bool) {
	text, ref, total, number := part(sm)
	piece := textPart{sm.DataCoding, text}
	if total <= 1 {
		return inboundText{from: sm.Source, to: sm.Dest, parts: []textPart{piece}}, true
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	key := partsKey{sm.Source.Addr, sm.Dest.Addr, ref, total}
	if b.open[key] == nil && b.done.has(key, number, text, time.Now()) {
		return inboundText{repeat: stored}, false
	}

	o := b.open[key]
	if o != nil {
		// The same part with another text belongs to another message, for which the sender uses the number again.
		was, twice := o.parts[number]
		switch same := bytes.Equal(was.text, text); {
		case twice && !same:
			b.remove(o)
			o = nil
		case twice && o.storing != nil:
			return inboundText{of: o, repeat: o.storing}, false
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
		return o.whole(), true
	}

	for b.size > maxUnfinished {
		b.remove(b.oldest.Front().Value.(*openParts))
		b.dropped++
	}

	return inboundText{}, false
}

func (b *inbox) begin(key partsKey, sm *pdu.SM) *openParts {
	o := &openParts{key: key, since: time.Now(), from: sm.Source, to: sm.Dest, parts: map[uint8]textPart{}, size: openCost}
	if b.open == nil {
		b.open = map[partsKey]*openParts{}
	}

	b.open[key] = o
	o.place = b.oldest.PushBack(o)
	b.size += o.size

	return o
}

func (b *inbox) remove(o *openParts) {
	if b.open[o.key] == o {
		delete(b.open, o.key)
		b.oldest.Remove(o.place)
		b.size -= o.size
	}
}

// finish ends the storing of a message. One that is stored is remembered for a while, because its parts may come again; one
// that is not stays, so that the next repeat of a part completes it again.
func (b *inbox) finish(m inboundText, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	o := m.of
	if o == nil || o.storing == nil {
		return
	}

	o.err = err
	close(o.storing)
	o.storing = nil
	if err == nil {
		b.remove(o)
		b.done.add(o, time.Now())
	}
}

// await waits until a message is stored of which a part came again.
func (b *inbox) await(ctx context.Context, m inboundText) error {
	select {
	case <-m.repeat:
	case <-ctx.Done():
		return ctx.Err()
	}

	b.mu.Lock()
	defer b.mu.Unlock()
	if m.of == nil {
		return nil
	}

	return m.of.err
}

// whole puts the parts that came in their order.
func (o *openParts) whole() inboundText {
	m := inboundText{from: o.from, to: o.to, of: o}
	for _, number := range slices.Sorted(maps.Keys(o.parts)) {
		m.parts = append(m.parts, o.parts[number])
	}
	return m
}

// expired takes out the messages whose last parts did not come, and tells how many were dropped at the bound meanwhile.
func (b *inbox) expired(now time.Time) (out []inboundText, dropped int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for e := b.oldest.Front(); e != nil && now.Sub(e.Value.(*openParts).since) >= partsLifetime; {
		o := e.Value.(*openParts)
		if e = e.Next(); o.storing != nil {
			continue
		}
		out = append(out, o.whole())
		b.remove(o)
	}
	b.done.expire(now)
	dropped, b.dropped = b.dropped, 0

	return out, dropped
}

// expireParts forgets texts that were begun and whose life is over, and passes on what came of messages whose other parts are lost: half a text is worth more than none.
func (c *Carrier) expireParts(ctx context.Context, sink carrier.Sink) {
	for sleep(ctx, expireEvery) {
		c.begun.expire(time.Now())
		whole, dropped := c.inbox.expired(time.Now())
		if dropped > 0 {
			c.log.Warn("unfinished long messages from phones were dropped, because more came than are kept", "count", dropped)
		}

		for _, m := range whole {
			if err := c.deliverText(ctx, sink, m); err != nil {
				c.log.Error("a piece of a long message could not be stored and is lost", "error", err)
			}
		}
	}
}

// decode reads the parts. Neighbours in one coding are read together, since a character may be cut in two.
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

// part reads where a deliver_sm stands in a long message, from its user data header (3GPP TS 23.040 clause 9.2.3.24) or
// its sar_* TLVs. total is 0 when it stands alone or says something impossible.
func part(sm *pdu.SM) (text []byte, ref uint16, total, number uint8) {
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
