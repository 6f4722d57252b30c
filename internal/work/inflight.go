package work

import "sync"

// InFlight is the things that are in hand in this process: they wait for their turn, or are being worked on. Who has
// one in hand has a ticket for it, which is worth nothing once it was let go. The zero value is empty.
type InFlight[K comparable] struct {
	mu   sync.Mutex
	keys map[K]int64
	last int64
}

// Begin is false when somebody has it in hand already.
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

// End gives it back. It does nothing for a ticket that is worth nothing.
func (f *InFlight[K]) End(k K, ticket int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys[k] == ticket {
		delete(f.keys, k)
	}
}

// LetGo takes it out of the hands of whoever has it.
func (f *InFlight[K]) LetGo(k K) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.keys, k)
}

// Holds reports whether the ticket is still worth something.
func (f *InFlight[K]) Holds(k K, ticket int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()

	return ticket != 0 && f.keys[k] == ticket
}

// Has reports whether somebody has it in hand.
func (f *InFlight[K]) Has(k K) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.keys[k]

	return ok
}
