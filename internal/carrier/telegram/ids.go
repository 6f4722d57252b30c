package telegram

import (
	"container/list"
	"sync"
	"time"
)

const (
	// maxIDs bounds the ids in memory. Only submits that were not answered, or have to be tried again, need theirs.
	maxIDs = 1 << 14
	// keepID is longer than any code is valid.
	keepID = 2 * time.Hour
)

// requestIDs are the ids under which submits may be repeated, by our reference. The zero value is empty. It is safe for
// concurrent use.
type requestIDs struct {
	mu    sync.Mutex
	byRef map[string]*list.Element
	order list.List // of reservedID, the oldest first
}

type reservedID struct {
	ref, id string
	at      time.Time
}

// of returns the id that is kept for a reference.
func (r *requestIDs) of(ref string) (id string, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.byRef[ref]
	if e == nil {
		return "", false
	}
	return e.Value.(reservedID).id, true
}

// keep keeps an id until it is forgotten, is too old, or too many others were kept after it.
func (r *requestIDs) keep(ref, id string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(ref)
	if r.byRef == nil {
		r.byRef = map[string]*list.Element{}
	}
	r.byRef[ref] = r.order.PushBack(reservedID{ref, id, now})

	for e := r.order.Front(); e != nil; e = r.order.Front() {
		old := e.Value.(reservedID)
		if r.order.Len() <= maxIDs && now.Sub(old.at) < keepID {
			break
		}
		r.remove(old.ref)
	}
}

func (r *requestIDs) forget(ref string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(ref)
}

func (r *requestIDs) remove(ref string) {
	if e := r.byRef[ref]; e != nil {
		r.order.Remove(e)
		delete(r.byRef, ref)
	}
}
