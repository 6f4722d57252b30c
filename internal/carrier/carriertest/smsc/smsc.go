// Package smsc implements a message centre for tests and benchmarks: it listens on a real port, speaks SMPP 3.4, and
// misbehaves as its options say.
//
// It keeps messages only when asked. It writes its answers in one packet when no more requests wait, so that it does
// not slow down a benchmark.
package smsc

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// Options configure the centre. With the zero value it accepts every bind and every submit, on a free loopback port.
type Options struct {
	Addr     string // empty: a free port on 127.0.0.1
	SystemID string // empty: any name and password may bind
	Password string
	TLS      *tls.Config
	// BindStatus, when not OK, rejects every bind.
	BindStatus pdu.Status
	// HexIDs makes the ids in answers hexadecimal, HexReceipts those in receipts. Otherwise they are decimal.
	HexIDs, HexReceipts bool
	// Receipts sends DELIVRD for each submit that asks for a receipt, unless React decides otherwise.
	Receipts bool
	// Keep makes Submitted return what was submitted.
	Keep bool
	// React decides about each submit; nil accepts all. It runs in the read loop of its link and must not block.
	React func(Submit) Reaction
}

// Submit is a submit_sm that was received.
type Submit struct {
	N  int64 // 1 for the first of this centre
	SM *pdu.SM
}

// Text is the message of this one part, without its user data header.
func (s Submit) Text() string {
	b := s.SM.Text()
	if s.SM.ESMClass&pdu.ESMClassUDHI != 0 && len(b) > 0 {
		b = b[min(int(b[0])+1, len(b)):]
	}
	if s.SM.DataCoding == 8 {
		return message.DecodeUCS2(b)
	}

	return message.DecodeGSM7(b)
}

// Reaction is what happens to a submit. The zero value accepts it.
type Reaction struct {
	Status pdu.Status
	ID     string        // empty: the centre makes one
	Silent bool          // no answer
	Delay  time.Duration // before the answer
	// Wait, when set, runs on its own goroutine before the answer, which is sent once it returns. It must return when
	// done is closed.
	Wait    func(done <-chan struct{})
	Drop    bool   // the link is cut instead of an answer
	Garbage []byte // these octets instead of an answer
	// Receipts are sent for it, in order; nil follows Options.Receipts.
	Receipts []Receipt
}

// Receipt is a delivery receipt.
type Receipt struct {
	Stat   string        // "DELIVRD", "UNDELIV", …
	Err    string        // empty: "000"
	Before bool          // before the answer to the submit
	Delay  time.Duration // after it became due
	NoTLV  bool          // the text alone
}

// Server is a running centre.
type Server struct {
	opts     Options
	listener net.Listener
	submits  atomic.Int64
	nextID   atomic.Uint64
	wg       sync.WaitGroup
	done     chan struct{}

	mu    sync.Mutex
	links []*link
	kept  []Submit
	binds int
}

// Start listens and serves until Close.
func Start(o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the message centre: %w", err)
	}
	if o.TLS != nil {
		l = tls.NewListener(l, o.TLS)
	}

	s := &Server{opts: o, listener: l, done: make(chan struct{})}
	s.nextID.Store(0x3d36a154)
	s.wg.Go(s.accept)

	return s, nil
}

// Addr is the host:port that it listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops listening, closes every link, and waits for all goroutines.
func (s *Server) Close() error {
	err := s.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}

	s.mu.Lock()
	close(s.done)
	s.mu.Unlock()
	s.DropLinks()
	s.wg.Wait()

	return err
}

// DropLinks closes every link without an unbind, and returns how many there were.
func (s *Server) DropLinks() int {
	s.mu.Lock()
	links := slices.Clone(s.links)
	s.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
	return len(links)
}

// Submits counts the submit_sm so far, rejected ones included.
func (s *Server) Submits() int64 { return s.submits.Load() }

// Submitted returns the submits so far, when Options.Keep is set.
func (s *Server) Submitted() []Submit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept)
}

// Binds counts the binds that were accepted so far.
func (s *Server) Binds() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.binds
}

// Bound counts the links that are bound now.
func (s *Server) Bound() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, l := range s.links {
		if l.bound {
			n++
		}
	}

	return n
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}

		l := &link{server: s, conn: conn, reader: pdu.NewReader(conn), waiting: map[uint32]chan pdu.Status{}}
		s.mu.Lock()
		select {
		case <-s.done:
			_ = conn.Close()
		default:
			s.links = append(s.links, l)
			s.wg.Go(l.serve)
		}
		s.mu.Unlock()
	}
}

func (s *Server) remove(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links = slices.DeleteFunc(s.links, func(x *link) bool { return x == l })
}

// id makes the number of a message.
func (s *Server) id() uint64 { return s.nextID.Add(1) }

func format(id uint64, hex bool) string {
	if hex {
		return strconv.FormatUint(id, 16)
	}
	return strconv.FormatUint(id, 10)
}
