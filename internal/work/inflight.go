package work

import "sync"

// InFlight has the keys of work that this process is doing or has queued. Begin returns a ticket, which is valid until
// End or Forget. The zero value is empty.
type InFlight[K comparable] struct {
	mu   sync.Mutex
	keys map[K]int64
	last int64
}

// Begin adds a key. It returns false when the key is in flight already.
func (f *InFlight[K]) Begin(k K) (ticket int64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.keys[k]; there {
		return 0, false
	}
	if f.keys == nil {
		f.keys = map[K]int64{}
	}

	f.last++
	f.keys[k] = f.last

	return f.last, true
}

// End removes a key if the ticket is valid.
func (f *InFlight[K]) End(k K, ticket int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys[k] == ticket {
		delete(f.keys, k)
	}
}

// Forget removes a key, and makes its ticket invalid.
func (f *InFlight[K]) Forget(k K) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.keys, k)
}

// Holds reports whether the ticket is valid.
func (f *InFlight[K]) Holds(k K, ticket int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return ticket != 0 && f.keys[k] == ticket
}

// Has reports whether the key is in flight.
func (f *InFlight[K]) Has(k K) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.keys[k]

	return ok
}
