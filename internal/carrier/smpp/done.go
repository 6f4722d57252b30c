package smpp

import (
	"container/list"
	"hash/maphash"
	"time"
)

// maxDone bounds the long messages from phones that are remembered after they were stored; the oldest go first.
const maxDone = 4096

// stored is the channel of what was stored before.
var stored = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// seed makes the sums of texts differ from process to process.
var seed = maphash.MakeSeed()

// doneText is a long message that was stored: the sum of each of its parts.
type doneText struct {
	key   partsKey
	until time.Time
	sums  map[uint8]uint64
}

// doneTexts remember stored messages for partsLifetime, so that a part that a centre sends again makes nothing new.
type doneTexts struct {
	at     map[partsKey]*list.Element // of *doneText
	oldest list.List
}

func (d *doneTexts) add(o *openParts, now time.Time) {
	t := &doneText{key: o.key, until: now.Add(partsLifetime), sums: make(map[uint8]uint64, len(o.parts))}
	for number, p := range o.parts {
		t.sums[number] = maphash.Bytes(seed, p.text)
	}
	if e, twice := d.at[o.key]; twice {
		d.remove(e)
	}

	for len(d.at) >= maxDone {
		d.remove(d.oldest.Front())
	}
	if d.at == nil {
		d.at = map[partsKey]*list.Element{}
	}
	d.at[o.key] = d.oldest.PushBack(t)
}

// has reports whether the part is one of a message that was stored a while ago. The same part with another text belongs to
// another message: the old one is forgotten.
func (d *doneTexts) has(key partsKey, number uint8, text []byte, now time.Time) bool {
	e, ok := d.at[key]
	if !ok {
		return false
	}

	t := e.Value.(*doneText)
	if now.Before(t.until) && t.sums[number] == maphash.Bytes(seed, text) {
		return true
	}
	d.remove(e)

	return false
}

func (d *doneTexts) expire(now time.Time) {
	for e := d.oldest.Front(); e != nil && !now.Before(e.Value.(*doneText).until); e = d.oldest.Front() {
		d.remove(e)
	}
}

func (d *doneTexts) remove(e *list.Element) {
	delete(d.at, e.Value.(*doneText).key)
	d.oldest.Remove(e)
}
