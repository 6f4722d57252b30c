package inbound

// SetBound changes how many texts are kept of an account and mode.
func (h *Handler) SetBound(n int) { h.bound = n }
