package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// streamSeats are the limits of open streams. A browser opens one for each tab that is seen. That of an account keeps its
// users, whom it invites itself, from taking the streams of all others.
var streamSeats = SeatLimits{User: 6, Account: 100, All: 500}

// How long things of a stream may take.
const (
	heartbeat     = 15 * time.Second
	writePatience = 10 * time.Second // a reader that takes longer is gone
)

// Event is one server-sent event. A page of live rows has the HTML of a row as the data of an event "row".
type Event struct {
	// ID is where a reader continues after a break; empty for events that nobody continues from.
	ID   string
	Name string
	Data string
}

// Ended is the last event of a stream that its user may not read any more. The page opens no other one.
var Ended = Event{Name: "end", Data: "You may not see these rows any more. Load the page again."}

// Reader is who reads a stream.
type Reader struct {
	// User and Account are whom the stream counts for; a stream of the installation has no account.
	User, Account string
	// Check is asked regularly whether the user may still read; its error ends the stream.
	Check func(context.Context) error
}

// Streams are the open streams of a server. A zero Streams is not usable, see NewStreams.
type Streams struct {
	// Heartbeat is how often a stream without events shows that it is alive, and asks Check.
	Heartbeat time.Duration

	closed context.Context
	close  context.CancelFunc
	seats  *Seats
	// reading is taken to read the rows of a stream.
	reading turns
}

// readAtOnce is how many streams read their rows at the same time. However many there are, and whatever they have to
// search, they take two connections to the database and at most two processors from those who send.
const readAtOnce = 2

// NewStreams makes streams that end with Close. A server calls it at its shutdown (http.Server.RegisterOnShutdown),
// which otherwise waits for streams.
func NewStreams() *Streams {
	closed, stop := context.WithCancel(context.Background())
	return &Streams{
		Heartbeat: heartbeat, closed: closed, close: stop, seats: NewSeats(streamSeats),
		reading: make(turns, readAtOnce),
	}
}

// InTurn reads the rows of a stream when it is its turn. The error is that of the context, or of read.
func (s *Streams) InTurn(ctx context.Context, read func() error) error {
	return s.reading.in(ctx, read)
}

// Close ends all streams, and those that are asked for later.
func (s *Streams) Close() { s.close() }

// LastEventID is the id of the last event that the reader has. Browsers send a header when they open a stream again
// themselves; a script that opens a new one names it in the address.
func LastEventID(r *http.Request) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return id
	}
	return r.URL.Query().Get("after")
}

// Stream answers a request with events. produce sends them until its context ends, because the reader has gone, may no
// longer read, or the server shuts down. An error of send means the same.
func (s *Streams) Stream(w http.ResponseWriter, r *http.Request, reader Reader,
	produce func(ctx context.Context, send func(Event) error) error,
) {
	leave, full := s.enter(reader)
	if full != "" {
		SetHeaders(w.Header())
		w.Header().Set("Retry-After", "5")
		w.Header().Set("Cache-Control", NoStore)
		http.Error(w, full, http.StatusServiceUnavailable)
		return
	}
	defer leave()

	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	defer context.AfterFunc(s.closed, stop)()
	out := &stream{w: w, control: http.NewResponseController(w), ctx: ctx}
	if err := out.start(r); err != nil {
		return // nobody reads
	}

	// The heartbeat must have ended before the handler does: later writes would be part of another answer.
	var beats sync.WaitGroup
	beats.Go(func() {
		defer stop()
		s.beat(ctx, out, reader.Check)
	})
	_ = produce(ctx, out.send) // why it ended is known to produce, and the reader opens the stream again
	stop()
	beats.Wait()
}

// enter counts a stream, or says which limit it would exceed.
func (s *Streams) enter(r Reader) (leave func(), full string) {
	if s.closed.Err() != nil {
		return nil, "the server is about to end"
	}
	return s.seats.Enter(r.User, r.Account, "live pages")
}

// beat writes a comment regularly, and ends the stream when the user may no longer read it.
func (s *Streams) beat(ctx context.Context, out *stream, check func(context.Context) error) {
	tick := time.NewTicker(s.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}

		if check != nil {
			if err := check(ctx); err != nil && ctx.Err() == nil {
				_ = out.send(Ended)
				return
			}
		}
		if out.write(": alive\n\n") != nil {
			return
		}
	}
}

// stream writes events to one reader.
type stream struct {
	ctx     context.Context
	control *http.ResponseController

	mu sync.Mutex
	w  http.ResponseWriter
}

// start sends the headers.
func (s *stream) start(r *http.Request) error {
	h := s.w.Header()
	SetHeaders(h)
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", NoStore)
	h.Set("X-Accel-Buffering", "no") // nginx would wait for more
	if r.Method == http.MethodHead {
		return errors.New("only the headers are wanted")
	}

	return s.write("retry: 3000\n\n")
}

// send writes an event.
func (s *stream) send(e Event) error {
	var out strings.Builder
	if e.ID != "" {
		out.WriteString("id: " + oneLine(e.ID) + "\n")
	}
	if e.Name != "" {
		out.WriteString("event: " + oneLine(e.Name) + "\n")
	}
	for line := range strings.SplitSeq(lineEnds.Replace(e.Data), "\n") {
		out.WriteString("data: " + line + "\n")
	}
	out.WriteString("\n")

	return s.write(out.String())
}

// lineEnds makes all ends of lines, of which each would end a field, the same.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// oneLine leaves out what would end a field.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == 0 {
			return -1
		}
		return r
	}, text)
}

// write sends a text at once.
func (s *stream) write(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.ctx.Err(); err != nil {
		return err
	}

	if err := s.control.SetWriteDeadline(time.Now().Add(writePatience)); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}

	return nil
}
