package carriertest

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

const (
	// badSends is how many submits the bad carrier of an isolation case has at a time, at most.
	badSends = 32
	// goodSends is how many messages go over the other one meanwhile.
	goodSends = 8
	// mostTaken bounds what a carrier takes of an answer without an end, with what the system keeps in between.
	mostTaken = 16 << 20
)

// dripEvery is how long the next byte of a Drip takes.
const dripEvery = time.Second

// runIsolation checks that a carrier whose other side misbehaves delays no other carrier, of the same kind: neither its
// messages nor its receipts.
func runIsolation(t *testing.T, start func(t *testing.T, sink carrier.Sink) Peer) {
	t.Helper()
	for _, how := range []Behaviour{Silent, Slow, Reset, Garbage, Drip, Endless, EndlessHead} {
		t.Run("harms only itself: "+how.String(), func(t *testing.T) {
			t.Parallel()
			bad, good := newHarness(t), newHarness(t)
			bad.peer = start(t, bad.sink())
			if bad.peer.Script == nil || how > lastCommon && !bad.peer.Streams {
				t.Skip("its fake cannot do it")
			}
			good.peer = start(t, good.sink())
			bad.accepted(bad.message())
			good.accepted(good.message())
			isolated(t, bad, good, how)
		})
	}
}

func isolated(t *testing.T, bad, good *harness, how Behaviour) {
	t.Helper()
	n := min(bad.peer.Carrier.Limits().InFlight, badSends)
	script := make([]Behaviour, n)
	for i := range script {
		script[i] = how
	}
	bad.peer.Script(script...)

	ctx, stop := context.WithCancel(t.Context())
	var sends sync.WaitGroup
	var ended atomic.Int64
	for range n {
		m := bad.message()
		sends.Go(func() {
			got := bad.checked(bad.peer.Carrier.Send(ctx, m))
			ended.Add(1)
			if got.Outcome == carrier.Rejected {
				t.Errorf("got %+v of a broken answer", got)
			}
		})
	}
	bad.eventually("received", func() bool { return len(bad.peer.Submitted()) > 1 })

	waiting := ended.Load() == 0
	for range goodSends {
		if got := good.send(good.message()); got.Outcome != carrier.Accepted {
			t.Errorf("the other carrier: %+v", got)
		}
	}
	if bad.peer.Stall != nil {
		bad.peer.Stall(badSends)
	}
	if canReceipt(good.peer) {
		id := good.reported()
		good.eventually("acknowledged", func() bool { return good.peer.Receipt(id, carrier.Delivered) == nil })
		if got := good.receipt(); got.ID != id {
			t.Errorf("the other carrier's sink got %+v", got)
		}
	}
	if how == Drip && waiting && ended.Load() == int64(n) {
		t.Error("no submit was left on the bad carrier when the other had sent")
	}

	taken := bad.peer.Streamed
	if taken != nil && (how == Endless || how == EndlessHead) { // it is not read until a time-out
		bad.eventually("ended", func() bool { return ended.Load() == int64(n) })
	}

	stop()
	sends.Wait()
	if taken != nil && taken() > int64(n)*mostTaken {
		t.Errorf("%d bytes were taken of %d answers without an end", taken(), n)
	}
}

// stream writes an answer that takes for ever.
func (g *Gateway) stream(w http.ResponseWriter, how Behaviour) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()

	head, part, pause := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n", make([]byte, 32<<10), time.Duration(0)
	for i := range part {
		part[i] = ' '
	}
	switch how {
	case Drip:
		head, part, pause = head+"Content-Length: 4096\r\n\r\n", part[:1], dripEvery
	case Endless:
		head += "\r\n{"
	case EndlessHead:
		copy(part, "X-More: ")
		copy(part[len(part)-2:], "\r\n")
	}
	if _, err := conn.Write([]byte(head)); err != nil {
		return
	}
	for g.pump(conn, part, pause) {
	}
}

// pump writes one part; false when the other side is gone, or the gateway has stopped.
func (g *Gateway) pump(conn net.Conn, part []byte, pause time.Duration) bool {
	n, err := conn.Write(part)
	g.streamed.Add(int64(n))
	select {
	case <-g.stopped:
		return false
	case <-time.After(pause):
		return err == nil
	}
}

// Stall begins so many callbacks whose bodies never come, and returns when all are under way.
func (g *Gateway) Stall(n int) {
	for range n {
		request, err := g.dialect.Receipt(*g.callbacks.Load(), "id", carrier.Delivered)
		if err != nil || request.Body == nil {
			return
		}
		body, writer := io.Pipe()
		request.Body, request.ContentLength = body, -1
		begun := make(chan struct{})
		g.running.Go(func() {
			if response, err := g.client.Do(request); err == nil {
				_ = response.Body.Close()
			}
		})
		g.running.Go(func() {
			_, _ = writer.Write([]byte("{")) // returns when it is read
			close(begun)
			<-g.stopped
			_ = writer.CloseWithError(io.ErrUnexpectedEOF)
		})
		<-begun
	}
}

// Streamed is how many bytes of answers without an end were written.
func (g *Gateway) Streamed() int64 { return g.streamed.Load() }
