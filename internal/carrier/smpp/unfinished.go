package smpp

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// maxUnfinished bounds the long texts that are remembered until all their parts are accepted. The oldest are forgotten;
// a retry then submits their first parts again, under the same concatenation reference.
const maxUnfinished = 4096

// unfinishedSend is a long text of which the message centre has not accepted every part yet.
type unfinishedSend struct {
	ref      string
	parts    []*pdu.SM // the whole text as it was first submitted, so that its parts fit together
	accepted int       // how many parts were accepted, from the first on
	ids      []string  // of the accepted parts that got one
	until    time.Time // end of the message's life
}

// unfinishedSends holds unfinished sends by our reference, so that a retry goes on where the first try stopped. It is
// safe for
// concurrent use.
type unfinishedSends struct {
	mu     sync.Mutex
	at     map[string]*list.Element // of *unfinishedSend
	oldest list.List                // the oldest first
}

// take returns what is known of a message and removes it. When it stays unfinished, the caller must put it back.
func (b *unfinishedSends) take(ref string, now time.Time) (*unfinishedSend, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()

	e, ok := b.at[ref]
	if !ok {
		return nil, false
	}

	b.remove(e)
	t := e.Value.(*unfinishedSend)

	return t, now.Before(t.until)
}

// put remembers a message for its life, unless it has no reference to be recognised by.
func (b *unfinishedSends) put(t *unfinishedSend, life time.Duration, now time.Time) {
	if t.ref == "" {
		return
	}
	if life <= 0 || life > maxLife {
		life = maxLife
	}

	t.until = now.Add(life)

	b.mu.Lock()
	defer b.mu.Unlock()

	if e, twice := b.at[t.ref]; twice {
		b.remove(e)
	}

	for len(b.at) >= maxUnfinished {
		b.remove(b.oldest.Front())
	}
	if b.at == nil {
		b.at = map[string]*list.Element{}
	}
	b.at[t.ref] = b.oldest.PushBack(t)
}

// noteAccepted adds a part whose acceptance came late.
func (b *unfinishedSends) noteAccepted(s submission, ids []string) {
	b.mu.Lock()
	defer b.mu.Unlock()

	e, ok := b.at[s.ref]
	if !ok {
		return
	}
	if t := e.Value.(*unfinishedSend); t.accepted == s.part {
		t.accepted, t.ids = t.accepted+1, append(slices.Clone(t.ids), ids...)
	}
}

// expire forgets the messages whose life has ended.
func (b *unfinishedSends) expire(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()

	for e := b.oldest.Front(); e != nil; {
		next := e.Next()
		if !now.Before(e.Value.(*unfinishedSend).until) {
			b.remove(e)
		}
		e = next
	}
}

func (b *unfinishedSends) remove(e *list.Element) {
	delete(b.at, e.Value.(*unfinishedSend).ref)
	b.oldest.Remove(e)
}

// resume returns the earlier, unfinished send of a message, or a new one of the given parts.
func (c *Carrier) resume(m carrier.Message, parts []*pdu.SM) *unfinishedSend {
	t, ok := c.unfinished.take(m.Ref, time.Now())
	if !ok {
		return &unfinishedSend{ref: m.Ref, parts: parts}
	}

	for _, sm := range t.parts {
		sm.ValidityPeriod = relativeTime(m.Validity)
	}

	return t
}
