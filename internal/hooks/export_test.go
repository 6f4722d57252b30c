package hooks

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
