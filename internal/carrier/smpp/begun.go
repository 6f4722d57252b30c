package smpp

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// maxBegun bounds the long texts that are remembered until their other parts are taken. What falls out at the bound is the
// oldest, whose first parts would be submitted again under the same concatenation reference.
const maxBegun = 4096

// begunText is a long text of which the message centre has not taken every part yet.
type begunText struct {
	ref   string
	parts []*pdu.SM // the whole text as it was first submitted, so that the halves fit together
	taken int       // parts that were accepted, from the first on
	ids   []string  // of those that were given one
	until time.Time // end of the message's life
}

// begunTexts remembers them by our reference, so that a repeat goes on where the first try stopped. It is safe for
// concurrent use.
type begunTexts struct {
	mu     sync.Mutex
	at     map[string]*list.Element // of *begunText
	oldest list.List                // the oldest first
}

// take gives what is known of a message and forgets it: whoever sends the rest puts it back when there is one still.
func (b *begunTexts) take(ref string, now time.Time) (*begunText, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()

	e, ok := b.at[ref]
	if !ok {
		return nil, false
	}

	b.remove(e)
	t := e.Value.(*begunText)

	return t, now.Before(t.until)
}

// put remembers a message for its life. One without a reference cannot be recognised.
func (b *begunTexts) put(t *begunText, life time.Duration, now time.Time) {
	if t.ref == "" {
		return
	}
	if life <= 0 || life > longestLife {
		life = longestLife
	}

	t.until = now.Add(life)

	b.mu.Lock()
	defer b.mu.Unlock()
	if e, twice := b.at[t.ref]; twice {
		b.remove(e)
	}

	for len(b.at) >= maxBegun {
		b.remove(b.oldest.Front())
	}
	if b.at == nil {
		b.at = map[string]*list.Element{}
	}
	b.at[t.ref] = b.oldest.PushBack(t)
}

// accepted notes that a part was taken after all.
func (b *begunTexts) accepted(s submission, ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()

	e, ok := b.at[s.ref]
	if !ok {
		return
	}
	if t := e.Value.(*begunText); t.taken == s.part {
		t.taken, t.ids = t.taken+1, append(slices.Clone(t.ids), ids...)
	}
}

// expire forgets the messages that are over.
func (b *begunTexts) expire(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()

	for e := b.oldest.Front(); e != nil; {
		next := e.Next()
		if !now.Before(e.Value.(*begunText).until) {
			b.remove(e)
		}
		e = next
	}
}

func (b *begunTexts) remove(e *list.Element) {
	delete(b.at, e.Value.(*begunText).ref)
	b.oldest.Remove(e)
}

// resume is the text of a message: what is left of an earlier try of it, or the parts that were just made.
func (c *Carrier) resume(m carrier.Message, parts []*pdu.SM) *begunText {
	t, ok := c.begun.take(m.Ref, time.Now())
	if !ok {
		return &begunText{ref: m.Ref, parts: parts}
	}

	for _, sm := range t.parts {
		sm.ValidityPeriod = relativeTime(m.Validity)
	}

	return t
}
