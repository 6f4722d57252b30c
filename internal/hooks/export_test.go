package hooks

// TakeOver is the start of Run.
var TakeOver = (*Hooks).takeOver

// LaneQueued is how much waits in memory for one target.
const LaneQueued = laneQueued

// Lanes is how many targets are known.
func (h *Hooks) Lanes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.lanes)
}
