package hooks

import (
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// TakeOver is the start of Run.
var TakeOver = (*Hooks).takeOver

// MaxPerTarget is how many deliveries wait in memory for one target.
const MaxPerTarget = maxPerTarget

// Queues is how many targets have a queue.
func (h *Hooks) Queues() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.queues)
}

// MaxFound is how many rows a search reads.
var MaxFound = searched.Most

// Search is what lists with filters are made of.
func Search[R any](
	from id.Event, limit int, read func(id.Event, int) ([]R, error), of func(R) id.Event, wanted func(R) bool,
) ([]R, id.Event, bool, error) {
	return store.Search(searched, from, limit, read, of, wanted)
}
