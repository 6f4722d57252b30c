package smpp

import (
	"container/list"
	"hash/maphash"
	"time"
)

// maxStored bounds the long messages from phones that are remembered after they were stored; the oldest are forgotten.
const maxStored = 4096

// alreadyStored is the channel to wait on for a message that was stored before: it is closed.
var alreadyStored = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// seed makes the hashes of texts differ between processes.
var seed = maphash.MakeSeed()

// storedText is a long message that was stored, as the hash of each of its parts.
type storedText struct {
	key    partsKey
	until  time.Time
	hashes map[uint8]uint64 // by the part's number
}

// storedTexts remembers stored messages for partsLifetime, so that a repeated part makes no second message.
type storedTexts struct {
	at     map[partsKey]*list.Element // of *storedText
	oldest list.List
}

func (d *storedTexts) add(o *incompleteText, now time.Time) {
	t := &storedText{key: o.key, until: now.Add(partsLifetime), hashes: make(map[uint8]uint64, len(o.parts))}
	for number, p := range o.parts {
		t.hashes[number] = maphash.Bytes(seed, p.text)
	}
	if e, twice := d.at[o.key]; twice {
		d.remove(e)
	}

	for len(d.at) >= maxStored {
		d.remove(d.oldest.Front())
	}
	if d.at == nil {
		d.at = map[partsKey]*list.Element{}
	}
	d.at[o.key] = d.oldest.PushBack(t)
}

// has reports whether the part belongs to a message that was stored. The same part with another text belongs to a new
// message, and the stored one is forgotten.
func (d *storedTexts) has(key partsKey, number uint8, text []byte, now time.Time) bool {
	e, ok := d.at[key]
	if !ok {
		return false
	}

	t := e.Value.(*storedText)
	if now.Before(t.until) && t.hashes[number] == maphash.Bytes(seed, text) {
		return true
	}
	d.remove(e)

	return false
}

func (d *storedTexts) expire(now time.Time) {
	for e := d.oldest.Front(); e != nil && !now.Before(e.Value.(*storedText).until); e = d.oldest.Front() {
		d.remove(e)
	}
}

func (d *storedTexts) remove(e *list.Element) {
	delete(d.at, e.Value.(*storedText).key)
	d.oldest.Remove(e)
}
