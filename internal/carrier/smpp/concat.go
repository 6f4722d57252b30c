package smpp

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

const (
	maxOpen       = 1000            // messages waiting for parts
	partsLifetime = 5 * time.Minute // after which what came is passed on without the rest
	expireEvery   = 10 * time.Second
)

// inboundText is a message from a phone, put together.
type inboundText struct {
	key      partsKey
	from, to pdu.Address
	coding   uint8
	text     []byte
}

// partsKey tells the messages of one sender apart.
type partsKey struct {
	from, to string
	ref      uint16
	total    uint8
}

// inbox collects the parts of long messages. A part is acknowledged when it is in here, in memory: a centre that sends
// one message at a time would never send the second part otherwise. A crash can therefore lose a long message, never
// one of a single part, as opt-out words are.
type inbox struct {
	mu   sync.Mutex
	open map[partsKey]*openParts
}

type openParts struct {
	since time.Time
	first *pdu.SM
	parts [][]byte
}

// add takes one deliver_sm. complete is true when it, alone or with earlier parts, is a whole message.
func (b *inbox) add(sm *pdu.SM) (whole inboundText, complete bool) {
	text, ref, total, number := part(sm)
	if total <= 1 {
		return inboundText{from: sm.Source, to: sm.Dest, coding: sm.DataCoding, text: text}, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	key := partsKey{sm.Source.Addr, sm.Dest.Addr, ref, total}
	o := b.open[key]
	if o == nil {
		if len(b.open) >= maxOpen {
			b.dropOldest()
		}
		o = &openParts{since: time.Now(), first: sm, parts: make([][]byte, total)}
		if b.open == nil {
			b.open = map[partsKey]*openParts{}
		}
		b.open[key] = o
	}
	// Not nil even when empty: nil marks a part that is missing.
	o.parts[number-1] = append([]byte{}, text...)
	if slices.ContainsFunc(o.parts, func(p []byte) bool { return p == nil }) {
		return inboundText{}, false
	}
	return o.whole(key), true
}

// forget drops a message that has been stored.
func (b *inbox) forget(m inboundText) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, m.key)
}

func (o *openParts) whole(key partsKey) inboundText {
	return inboundText{key, o.first.Source, o.first.Dest, o.first.DataCoding, slices.Concat(o.parts...)}
}

func (b *inbox) dropOldest() {
	var oldest partsKey
	var since time.Time
	for key, o := range b.open {
		if since.IsZero() || o.since.Before(since) {
			oldest, since = key, o.since
		}
	}
	delete(b.open, oldest)
}

// expired takes out the messages whose last parts did not come.
func (b *inbox) expired(now time.Time) []inboundText {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []inboundText
	for key, o := range b.open {
		if now.Sub(o.since) >= partsLifetime {
			out = append(out, o.whole(key))
			delete(b.open, key)
		}
	}
	return out
}

// expireParts passes on what came of messages whose other parts are lost: half a text is worth more than none.
func (c *Carrier) expireParts(ctx context.Context, sink carrier.Sink) {
	for sleep(ctx, expireEvery) {
		for _, m := range c.inbox.expired(time.Now()) {
			if err := c.deliverText(ctx, sink, m); err != nil {
				c.log.Error("a piece of a long message could not be stored and is lost", "error", err)
			}
		}
	}
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
