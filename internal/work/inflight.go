package work

import "sync"

// InFlight has the keys of work that this process is doing or has queued. Begin returns a ticket, which is valid until
// End or Forget. The zero value is empty.
type InFlight[K comparable] struct {
	mu   sync.Mutex
	keys map[K]flight
	last int64
}

// flight is a key's ticket. ended is closed when the ticket ends; it is nil until somebody waits for that.
type flight struct {
	ticket int64
	ended  chan struct{}
}

// Begin adds a key. It returns false when the key is in flight already.
func (f *InFlight[K]) Begin(k K) (ticket int64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.keys[k]; there {
		return 0, false
	}
	if f.keys == nil {
		f.keys = map[K]flight{}
	}

	f.last++
	f.keys[k] = flight{ticket: f.last}

	return f.last, true
}

// End removes a key if the ticket is valid.
func (f *InFlight[K]) End(k K, ticket int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys[k].ticket == ticket {
		f.remove(k)
	}
}

// Forget removes a key, and makes its ticket invalid.
func (f *InFlight[K]) Forget(k K) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(k)
}

func (f *InFlight[K]) remove(k K) {
	if ended := f.keys[k].ended; ended != nil {
		close(ended)
	}
	delete(f.keys, k)
}

// Ended returns a channel that is closed when the key is no longer in flight, or when its ticket is forgotten.
func (f *InFlight[K]) Ended(k K) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	one, there := f.keys[k]
	if one.ended == nil {
		one.ended = make(chan struct{})
		if there {
			f.keys[k] = one
		} else {
			close(one.ended)
		}
	}

	return one.ended
}

// Holds reports whether the ticket is valid.
func (f *InFlight[K]) Holds(k K, ticket int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return ticket != 0 && f.keys[k].ticket == ticket
}

// Has reports whether the key is in flight.
func (f *InFlight[K]) Has(k K) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.keys[k]

	return ok
}
