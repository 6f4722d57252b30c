package inbound

// SetBound changes how many texts of an account and mode are kept.
func (h *Handler) SetBound(n int) { h.bound = n }
