package smpp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// Why a submit got no answer, or a session ended. Only errNotSent promises that nothing was sent.
var (
	errNotSent    = errors.New("the link is not up")
	errLost       = errors.New("the link was lost before the answer")
	errNoAnswer   = errors.New("no answer in time")
	errUnreadable = errors.New("the answer could not be read")
	errStopped    = errors.New("stopped")
	errUnbound    = errors.New("the other side unbound")
	errSilent     = errors.New("enquire_link was not answered")
	errProtocol   = errors.New("the other side does not speak SMPP 3.4")
	errBacklog    = errors.New("the other side does not read")
)

const (
	// maxHandling bounds the deliver_sm that wait for the sink at one time; the other side is asked to repeat more.
	maxHandling = 1024
	// maxUnwritten bounds what waits for a peer that sends requests and does not read the answers.
	maxUnwritten = 4 << 20
	sweepEvery   = time.Second
	unbindWait   = 5 * time.Second
	// controlWait is how long the answer to an enquire_link, or one write, may take.
	controlWait = 10 * time.Second
	// drainWait bounds how long a link that ends waits for the answers that are due.
	drainWait = 10 * time.Second
)

// sessionOptions are what a session needs from its carrier.
type sessionOptions struct {
	window   int
	response time.Duration // how long a submit's answer may take
	idle     time.Duration // silence after which enquire_link is sent
	log      *slog.Logger
	// deliver takes a deliver_sm or data_sm and says what to answer. It runs on its own goroutine and may block.
	deliver func(pdu.PDU) pdu.Status
	// answerLate takes the answer to a submit whose sender has stopped waiting. It runs and may block like deliver.
	answerLate func(lateSubmit, pdu.PDU)
}

// session is one bound link. The read loop waits for the socket only: a call is registered before its request is
// written, and deliver_sm are handled on other goroutines. So answers are always read, however slow the sink.
type session struct {
	sessionOptions
	conn     net.Conn
	reader   *pdu.Reader
	slots    chan struct{} // one token for each submit in flight
	handling chan struct{}
	wake     chan struct{}
	stopping chan struct{}
	done     chan struct{}
	lastRead atomic.Int64 // UnixNano of the last PDU
	received atomic.Bool  // something came since the bind
	early    []pdu.PDU    // what came before the bind's answer

	mu       sync.Mutex
	out      []byte // encoded, not yet written
	sequence uint32
	pending  map[uint32]*call
	late     lateSubmits
	draining bool  // no new submits
	closing  error // not nil: write what is left, then end with it
	err      error // not nil: ended
}

// call is a request whose answer is awaited.
type call struct {
	command pdu.Command
	submission
	deadline  time.Time
	answer    chan answer // holds one
	abandoned bool
}

type answer struct {
	pdu pdu.PDU
	err error
}

// newSession takes over a link that has been bound.
func newSession(conn net.Conn, r *pdu.Reader, sequence uint32, o sessionOptions) *session {
	s := &session{
		sessionOptions: o, conn: conn, reader: r, sequence: sequence,
		slots: make(chan struct{}, o.window), handling: make(chan struct{}, maxHandling),
		wake: make(chan struct{}, 1), stopping: make(chan struct{}), done: make(chan struct{}),
		pending: make(map[uint32]*call, o.window),
	}
	s.lastRead.Store(time.Now().UnixNano())
	return s
}

// run serves the link until it ends, and returns why.
func (s *session) run() error {
	var wg sync.WaitGroup
	wg.Go(s.write)
	wg.Go(s.sweep)
	s.read(&wg)
	wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.err
}

// submit sends one submit_sm and waits for its answer until ctx ends. While the window is full it waits until turn
// ends. errNotSent means that nothing was sent; after every other error of the link the outcome is unknown.
func (s *session) submit(ctx, turn context.Context, sm *pdu.SM, part submission) (pdu.PDU, error) {
	select {
	case s.slots <- struct{}{}:
	default:
		select {
		case s.slots <- struct{}{}:
		case <-s.stopping:
			return pdu.PDU{}, errNotSent
		case <-s.done:
			return pdu.PDU{}, errNotSent
		case <-turn.Done():
			return pdu.PDU{}, errNotSent
		}
	}

	c, err := s.begin(pdu.PDU{Command: pdu.SubmitSM, Body: sm}, part)
	if err != nil {
		<-s.slots
		return pdu.PDU{}, err
	}

	return s.await(ctx, c)
}

// free reports whether the window has a free slot.
func (s *session) free() bool { return len(s.slots) < cap(s.slots) }

// begin registers the request and queues it for the writer, in this order and under one lock, so that no answer comes
// before its request is known.
func (s *session) begin(p pdu.PDU, part submission) (*call, error) {
	wait := controlWait
	if p.Command == pdu.SubmitSM {
		wait = s.response
	}

	c := &call{command: p.Command, submission: part, deadline: time.Now().Add(wait), answer: make(chan answer, 1)}

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil || s.closing != nil || s.draining && p.Command == pdu.SubmitSM {
		return nil, errNotSent
	}

	p.Sequence = s.nextSequence()
	out, err := p.Append(s.out)
	if err != nil {
		return nil, err
	}

	s.pending[p.Sequence] = c
	s.out = out
	s.wakeWriter()

	return c, nil
}

func (s *session) nextSequence() uint32 {
	for {
		s.sequence = s.sequence%pdu.MaxSequence + 1
		if _, used := s.pending[s.sequence]; !used {
			s.late.forget(s.sequence)
			return s.sequence
		}
	}
}

func (s *session) await(ctx context.Context, c *call) (pdu.PDU, error) {
	select {
	case a := <-c.answer:
		return a.pdu, a.err
	case <-ctx.Done():
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case a := <-c.answer:
		return a.pdu, a.err
	default:
		// The slot stays in use until the answer comes or is overdue: the other side still counts the submit.
		c.abandoned = true
		return pdu.PDU{}, errNoAnswer
	}
}

// reply queues an answer, or a nack. It never blocks, because the read loop calls it.
func (s *session) reply(p pdu.PDU) {
	s.mu.Lock()
	// Append cannot fail: answers have a fixed layout.
	s.out, _ = p.Append(s.out)
	tooMuch := len(s.out) > maxUnwritten
	s.wakeWriter()
	s.mu.Unlock()
	if tooMuch {
		s.fail(errBacklog)
	}
}

func (s *session) wakeWriter() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write is the only writer. What is queued during one write goes into the next one, as one packet.
func (s *session) write() {
	var spare []byte
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}

		for {
			s.mu.Lock()
			batch, closing := s.out, s.closing
			s.out = spare[:0]
			s.mu.Unlock()
			spare = batch
			if len(batch) == 0 {
				if closing != nil {
					s.fail(closing)
				}
				break
			}

			err := s.conn.SetWriteDeadline(time.Now().Add(controlWait))
			if err == nil {
				_, err = s.conn.Write(batch)
			}

			if err != nil {
				s.fail(fmt.Errorf("write: %w", err))
				return
			}
		}
	}
}

// finish ends the session after what is queued has been written.
func (s *session) finish(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing == nil {
		s.closing = err
	}
	s.wakeWriter()
}

// fail ends the session now. The outcome of every submit in flight is unknown.
func (s *session) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}

	s.err = err
	close(s.done)
	_ = s.conn.Close() // the session is over even if this fails
	for sequence, c := range s.pending {
		delete(s.pending, sequence)
		c.answer <- answer{err: errLost}
	}
}

// stop ends the session gracefully: it begins no new submits, waits for the answers that are due, and unbinds.
func (s *session) stop() {
	s.mu.Lock()
	already := s.draining
	s.draining = true
	s.mu.Unlock()
	if already {
		return
	}

	close(s.stopping)
	defer s.fail(errStopped)
	s.drain()
	c, err := s.begin(pdu.PDU{Command: pdu.Unbind}, submission{})
	if err != nil {
		return
	}

	ctx, cancel := context.WithTimeout(context.Background(), unbindWait)
	defer cancel()
	if _, err := s.await(ctx, c); err != nil {
		s.log.Info("unbind was not answered", "error", err)
	}
}

// drain waits until no submit is in flight, but not longer than drainWait: it acquires all the slots.
func (s *session) drain() {
	overdue := time.NewTimer(min(s.response+sweepEvery, drainWait))
	defer overdue.Stop()
	for range cap(s.slots) {
		select {
		case s.slots <- struct{}{}:
		case <-overdue.C:
			return
		case <-s.done:
			return
		}
	}
}
