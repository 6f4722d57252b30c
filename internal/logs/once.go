package logs

import (
	"context"
	"hash/maphash"
	"log/slog"
	"strings"
	"sync"
)

// maxOnce is how many lines with the same message a command writes.
const maxOnce = 20

// maxRemembered bounds the memory for lines that were seen. Beyond it, a line that repeats is counted again.
const maxRemembered = 1 << 20

// OnceHandler is the log of a command that ends, unlike a server: it writes no line twice, and only the first twenty
// with the same message, so that a command that meets a million damaged rows can be read.
type OnceHandler struct {
	slog.Handler
	mu      sync.Mutex
	hash    maphash.Seed
	seen    map[uint64]bool
	written map[string]int
}

// Once limits the lines that reach next. The caller must call Close.
func Once(next slog.Handler) *OnceHandler {
	return &OnceHandler{Handler: next, hash: maphash.MakeSeed(), seen: map[uint64]bool{}, written: map[string]int{}}
}

// Handle implements slog.Handler.
func (h *OnceHandler) Handle(ctx context.Context, r slog.Record) error {
	var text strings.Builder
	text.WriteString(r.Message)
	r.Attrs(func(a slog.Attr) bool { text.WriteString("\x00" + a.String()); return true })
	key := maphash.String(h.hash, text.String())

	h.mu.Lock()
	defer h.mu.Unlock()
	if h.seen[key] {
		return nil
	}
	if len(h.seen) < maxRemembered {
		h.seen[key] = true
	}
	if h.written[r.Message]++; h.written[r.Message] > maxOnce {
		return nil
	}

	return h.Handler.Handle(ctx, r)
}

// Close writes how many lines of each message were left out.
func (h *OnceHandler) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	log := slog.New(h.Handler)
	for message, n := range h.written {
		if n > maxOnce {
			log.Error("lines were left out, because there were too many", "like", message, "lines", n-maxOnce)
		}
	}
}
