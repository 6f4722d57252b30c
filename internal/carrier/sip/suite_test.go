package sip

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
)

// ports is the first RTP port of the next carrier, so that carriers of one process have ranges that do not overlap.
var ports atomic.Uint32

// newTest makes a carrier that calls a trunk and is ready. It has 200 lines when the configuration names no number.
func newTest(t testing.TB, c Config, sink carrier.Sink, answer time.Duration) *Carrier {
	t.Helper()
	defaults := Factory.NewSettings().(*Config)
	if c.Transport == "" {
		c.Transport = defaults.Transport
	}
	if c.MaxCalls == 0 {
		c.MaxCalls = 200
	}
	if c.RingTimeout == 0 {
		c.RingTimeout = defaults.RingTimeout
	}
	low := 34000 + ports.Add(uint32(2*c.MaxCalls))%26000
	c.LocalAddr, c.RTPPorts = "127.0.0.1:0", fmt.Sprintf("%d-%d", low, int(low)+2*c.MaxCalls)
	common := carrier.Common{Name: "trunk", From: "+3221234567", Receipts: true, AnswerTimeout: answer}
	made, err := c.Make(common, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}

	one := made.(*Carrier)
	one.grace = 0
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- one.Run(ctx, sink) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for late := time.Now().Add(time.Minute); one.agent.Load() == nil; {
		if time.Now().After(late) {
			t.Fatal("the socket does not open")
		}
		time.Sleep(time.Millisecond)
	}

	return one
}

func TestCarrier_Suite(t *testing.T) {
	t.Parallel()
	carriertest.Run(t, func(t *testing.T, sink carrier.Sink) carriertest.Peer {
		k := startTrunk(t, nil)
		return carriertest.Peer{
			Carrier: newTest(t, Config{Server: k.addr()}, sink, time.Second), From: "+3221234567",
			Streams: true,
			Script: func(b ...carriertest.Behaviour) {
				k.mu.Lock()
				defer k.mu.Unlock()
				k.script = b
			},
			Release: k.release,
			Submitted: func() []carriertest.Submit {
				k.mu.Lock()
				defer k.mu.Unlock()
				return append([]carriertest.Submit(nil), k.submits...)
			},
		}
	})
}
