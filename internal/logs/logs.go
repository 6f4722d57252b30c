// Package logs bounds what noise can make of a log: a line that repeats is written at once, and then at most once a
// minute with how often it came.
//
// It changes no line and drops none without counting it. A peer that sends rubbish, a carrier that is down or a disk
// that is full would otherwise fill the disk with one sentence.
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

// Bounds of what is remembered. A message whose attributes change all the time is written in so many variants a
// minute; what is beyond is counted as one more variant.
const (
	maxLines    = 1024
	maxVariants = 64
)

// identity are the attributes that make two lines with the same message different: who or what it is about. Others,
// such as the id of a message or the port of a peer, only differ from one time to the next.
var identity = map[string]bool{
	"carrier": true, "account": true, "endpoint": true, "table": true, "channel": true, "node": true, "callback": true,
	"command": true, "status": true, "reason": true, "outcome": true, "cause": true, "error": true, "panic": true,
	"because": true, "reload": true, "row": true,
}

// exact are those of the identity whose digits count.
var exact = map[string]bool{"account": true, "endpoint": true, "carrier": true, "reload": true, "row": true}

// Handler writes lines to another handler. Debug lines pass as they are: whoever asks for them wants all.
type Handler struct {
	next  slog.Handler
	known string // what With gave, as far as it is identity
	seen  *seen
}

// Limit bounds the lines that reach next. Close writes what is counted and not written yet.
func Limit(next slog.Handler) *Handler {
	return &Handler{next: next, seen: &seen{lines: map[string]*line{}, variants: map[string]int{}}}
}

// Enabled implements slog.Handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var known strings.Builder
	known.WriteString(h.known)
	for _, a := range attrs {
		identify(&known, a)
	}

	return &Handler{next: h.next.WithAttrs(attrs), known: known.String(), seen: h.seen}
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{next: h.next.WithGroup(name), known: h.known, seen: h.seen}
}

// Handle implements slog.Handler.
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelInfo {
		return h.next.Handle(ctx, r)
	}

	message := r.Level.String() + "\x00" + r.Message
	var key strings.Builder
	key.WriteString(message)
	key.WriteString(h.known)
	r.Attrs(func(a slog.Attr) bool { identify(&key, a); return true })

	if !h.seen.first(message, key.String(), h.next, r) {
		return nil
	}

	return h.next.Handle(ctx, r)
}

// Close writes how often lines came that were not written, and bounds nothing from then on.
func (h *Handler) Close() { h.seen.close() }

// identify adds an attribute to a key. Runs of digits count as one: ports, numbers of bytes and times differ in
// errors that are the same.
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

// line is one that came within the last minute.
type line struct {
	message string
	began   time.Time // when it was last written
	more    int       // how often it came since
	last    slog.Record
	next    slog.Handler
}

// seen is what handlers of one log have in common.
type seen struct {
	mu       sync.Mutex
	lines    map[string]*line
	variants map[string]int // of a message, among lines
	timer    *time.Timer    // armed while there are lines
	closed   bool
}

// first tells whether a line is to be written now. If not, it is counted.
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

	s.lines[key] = &line{message: message, began: time.Now()}
	s.variants[message]++
	if s.timer == nil {
		s.timer = time.AfterFunc(Every, s.look)
	}

	return true
}

// look writes the counts of lines whose minute is over, and forgets those that did not come again.
func (s *seen) look() {
	s.mu.Lock()
	now := time.Now()
	var due []line
	var soonest time.Time
	for key, l := range s.lines {
		if now.Sub(l.began) >= Every {
			if l.more == 0 {
				s.forget(key, l)
				continue
			}
			due = append(due, *l)
			*l = line{message: l.message, began: now}
		}
		if soonest.IsZero() || l.began.Before(soonest) {
			soonest = l.began
		}
	}

	s.timer = nil
	if !soonest.IsZero() && !s.closed {
		s.timer = time.AfterFunc(soonest.Add(Every).Sub(now), s.look)
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

// write writes each line as it came last, and how often it came since it was written before.
func write(due []line) {
	for _, l := range due {
		l.last.AddAttrs(slog.Int("repeated", l.more))
		_ = l.next.Handle(context.Background(), l.last) // there is nobody to tell
	}
}
