package smpp_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/secret"
)

// startCentre runs a message centre until the test ends.
func startCentre(tb testing.TB, o smsc.Options) *smsc.Server {
	tb.Helper()
	s, err := smsc.Start(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// startCarrier runs a carrier until the test ends.
func startCarrier(tb testing.TB, c smpp.Config, sink carrier.Sink) *smpp.Carrier {
	tb.Helper()
	if c.Name == "" {
		c.Name = "smsc-1"
	}
	if c.SystemID == "" {
		c.SystemID, c.Password = "user", secret.NewString("secret")
	}

	s, err := smpp.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, sink) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("Run: %v", err)
		}
	})

	return s
}

// scripted is a message centre with the behaviours of the suite.
type scripted struct {
	*smsc.Server
	mu       sync.Mutex
	script   []carriertest.Behaviour
	submits  []carriertest.Submit
	released chan struct{}
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.Run(t, func(t *testing.T, sink carrier.Sink) carriertest.Peer {
		f := &scripted{released: make(chan struct{})}
		f.Server = startCentre(t, smsc.Options{React: f.react})
		c := startCarrier(t, smpp.Config{
			Addr: f.Addr(), From: "Acme", Receipts: true, Window: 8, Connections: 2, ResponseTimeout: time.Second,
		}, sink)

		return carriertest.Peer{
			Carrier: c, From: "Acme", Streams: true,
			Script: func(b ...carriertest.Behaviour) {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.script = b
			},
			Release: func() { close(f.released) },
			Submitted: func() []carriertest.Submit {
				f.mu.Lock()
				defer f.mu.Unlock()
				return append([]carriertest.Submit(nil), f.submits...)
			},
			Receipt: func(id string, s carrier.Status) error {
				return acknowledged(f.SendReceipt(t.Context(), id, smsc.Receipt{Stat: stats[s], Err: "069"}))
			},
			Inbound: func(from, to, body string) error {
				return acknowledged(f.Inbound(t.Context(), from[1:], to, body))
			},
			Stop: func() { _ = f.Close() },
		}
	})
}

var stats = map[carrier.Status]string{
	carrier.Buffered: "ENROUTE", carrier.Delivered: "DELIVRD", carrier.Failed: "UNDELIV",
}

func acknowledged(s pdu.Status, err error) error {
	if err == nil && s != pdu.OK {
		err = errors.New(s.String())
	}
	return err
}

func (f *scripted) react(in smsc.Submit) smsc.Reaction {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := carriertest.Accept
	if len(f.script) > 0 {
		next, f.script = f.script[0], f.script[1:]
	}

	id := fmt.Sprintf("c%x", in.N)
	s := carriertest.Submit{ID: id, To: "+" + in.SM.Dest.Addr, From: in.SM.Source.Addr, Body: in.Text()}
	r := smsc.Reaction{ID: id}
	switch next {
	case carriertest.RejectNumber:
		r.Status, s.ID = pdu.InvalidDestination, ""
	case carriertest.Throttle:
		r.Status, s.ID = pdu.Throttled, ""
	case carriertest.Slow:
		r.Wait = func(done <-chan struct{}) {
			select {
			case <-f.released:
			case <-done:
			}
		}
	case carriertest.Silent:
		r.Silent = true
	case carriertest.Reset:
		r.Drop = true
	case carriertest.Garbage:
		r.Garbage = []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	case carriertest.Drip:
		r.Garbage = []byte{0, 0, 0, 40, 0x80} // the rest of the answer never comes
	case carriertest.Endless, carriertest.EndlessHead:
		r.Garbage = append([]byte{0x7F, 0xFF, 0xFF, 0xFF}, make([]byte, 1<<20)...) // a length of 2 GB
	case carriertest.ReceiptFirst:
		r.Wait = func(done <-chan struct{}) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_, _ = f.SendReceipt(ctx, id, smsc.Receipt{Stat: "DELIVRD"})
		}
	}
	f.submits = append(f.submits, s)

	return r
}
