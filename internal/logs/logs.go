// Package logs limits repeated log lines: the first is written immediately, and later ones at most once a minute with
// their count. It changes no line, and drops none without counting it. Otherwise a peer that sends garbage, a carrier
// that is down or a full disk could fill the log with one message.
package logs

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// Every is how often a line that repeats is written.
const Every = time.Minute

// Bounds of what is remembered. A message whose attributes change all the time is written in up to maxVariants variants
// a minute; further ones are counted together.
const (
	maxLines    = 1024
	maxVariants = 64
)

// identity are the attributes that make two lines with the same message different: what they are about. Others, such as
// the id of a message or the port of a peer, are different each time.
var identity = map[string]bool{
	"carrier": true, "account": true, "endpoint": true, "table": true, "channel": true, "node": true, "callback": true,
	"command": true, "status": true, "reason": true, "outcome": true, "cause": true, "error": true, "panic": true,
	"because": true, "reload": true, "row": true,
}

// exact are the identity attributes whose digits make a difference.
var exact = map[string]bool{"account": true, "endpoint": true, "carrier": true, "reload": true, "row": true}

// Handler limits the lines that another handler writes. It does not limit debug lines, because those who turn them on
// want all of them.
type Handler struct {
	next slog.Handler
	with string // the identity attributes that With has added
	seen *seen
}

// Limit limits the lines that reach next. The caller must call Close.
func Limit(next slog.Handler) *Handler {
	return &Handler{next: next, seen: &seen{lines: map[string]*line{}, variants: map[string]int{}}}
}

// Enabled implements slog.Handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var with strings.Builder
	with.WriteString(h.with)
	for _, a := range attrs {
		identify(&with, a)
	}

	return &Handler{next: h.next.WithAttrs(attrs), with: with.String(), seen: h.seen}
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{next: h.next.WithGroup(name), with: h.with, seen: h.seen}
}

// Handle implements slog.Handler.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelInfo {
		return h.next.Handle(ctx, r)
	}

	message := r.Level.String() + "\x00" + r.Message
	var key strings.Builder
	key.WriteString(message)
	key.WriteString(h.with)
	r.Attrs(func(a slog.Attr) bool { identify(&key, a); return true })

	if !h.seen.first(message, key.String(), h.next, r) {
		return nil
	}

	return h.next.Handle(ctx, r)
}

// Close writes the counts of lines that were not written, and limits nothing from then on.
func (h *Handler) Close() { h.seen.close() }

// identify adds an attribute to a key. All numbers count as the same, because the same error can have other ports,
// sizes and times.
func identify(key *strings.Builder, a slog.Attr) {
	if !identity[a.Key] {
		return
	}

	key.WriteByte(0)
	key.WriteString(a.Key)
	key.WriteByte('=')
	text := a.Value.Resolve().String()
	if exact[a.Key] {
		key.WriteString(text)
		return
	}

	inside := false
	for _, c := range []byte(text) {
		digit := c >= '0' && c <= '9'
		if !digit {
			key.WriteByte(c)
		} else if !inside {
			key.WriteByte('#')
		}
		inside = digit
	}
}

// line is one that was logged within the last minute.
type line struct {
	message   string
	writtenAt time.Time
	more      int // how often it was logged since
	last      slog.Record
	next      slog.Handler
}

// seen are the recent lines of a log, which all its handlers share.
type seen struct {
	mu       sync.Mutex
	lines    map[string]*line
	variants map[string]int // of a message, among lines
	timer    *time.Timer    // armed while there are lines
	closed   bool
}

// first reports whether a line must be written now. If not, it is counted.
func (s *seen) first(message, key string, next slog.Handler, r slog.Record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true
	}

	if s.lines[key] == nil && s.variants[message] >= maxVariants {
		key = message + "\x00others"
	}
	if s.lines[key] == nil && len(s.lines) >= maxLines {
		message, key = "", "others"
	}

	if known := s.lines[key]; known != nil {
		known.more++
		known.last, known.next = r.Clone(), next
		return false
	}

	s.lines[key] = &line{message: message, writtenAt: time.Now()}
	s.variants[message]++
	if s.timer == nil {
		s.timer = time.AfterFunc(Every, s.flush)
	}

	return true
}

// flush writes the counts of lines whose minute is over, and forgets those that were not repeated.
func (s *seen) flush() {
	s.mu.Lock()
	now := time.Now()
	var due []line
	var soonest time.Time
	for key, l := range s.lines {
		if now.Sub(l.writtenAt) >= Every {
			if l.more == 0 {
				s.forget(key, l)
				continue
			}
			due = append(due, *l)
			*l = line{message: l.message, writtenAt: now}
		}
		if soonest.IsZero() || l.writtenAt.Before(soonest) {
			soonest = l.writtenAt
		}
	}

	s.timer = nil
	if !soonest.IsZero() && !s.closed {
		s.timer = time.AfterFunc(soonest.Add(Every).Sub(now), s.flush)
	}
	s.mu.Unlock()

	write(due)
}

func (s *seen) forget(key string, l *line) {
	delete(s.lines, key)
	if s.variants[l.message]--; s.variants[l.message] <= 0 {
		delete(s.variants, l.message)
	}
}

func (s *seen) close() {
	s.mu.Lock()
	s.closed = true
	if s.timer != nil {
		s.timer.Stop()
	}

	var due []line
	for _, l := range s.lines {
		if l.more > 0 {
			due = append(due, *l)
		}
	}

	clear(s.lines)
	clear(s.variants)
	s.mu.Unlock()

	write(due)
}

// write writes each line as it was logged last, with how often it was logged since it was written.
func write(due []line) {
	for _, l := range due {
		l.last.AddAttrs(slog.Int("repeated", l.more))
		_ = l.next.Handle(context.Background(), l.last) // an error could only be logged
	}
}
