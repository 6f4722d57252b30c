package carriertest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

// GatewayOptions configure a Gateway. The zero value listens on a free loopback port and requires no token.
type GatewayOptions struct {
	Addr  string // host:port to listen on; empty = 127.0.0.1:0
	Token string // required as Bearer on every submit when set, and sent with every callback
	// Callbacks is the URL that receipts and inbound messages are posted under, e.g. "http://host/carriers/any-http".
	Callbacks string
	// Choose chooses the behaviour of a submit; nil means the script.
	Choose func(Submit) Behaviour
	// Deliver makes the gateway send a Delivered receipt for each accepted submit.
	Deliver bool
	// Dialect is the wire format; nil is that of the kind "http".
	Dialect *Dialect
	// Forget keeps no submits, so that the memory of a benchmark does not grow; Count still counts.
	Forget bool
}

// Gateway is a provider that takes messages by HTTP: the other end of carriers of this sort, for tests and benchmarks.
// It
// speaks the dialect of its options.
type Gateway struct {
	options   GatewayOptions
	dialect   Dialect
	server    *http.Server
	url       string
	client    *http.Client
	callbacks atomic.Pointer[string]
	count     atomic.Int64
	acked     atomic.Int64
	streamed  atomic.Int64 // bytes of answers without an end
	due       chan string  // ids whose receipts Deliver has to send
	running   sync.WaitGroup

	mu       sync.Mutex
	script   []Behaviour
	submits  []Submit
	released chan struct{}
	stopped  chan struct{}
}

// StartGateway listens and serves until Close.
func StartGateway(o GatewayOptions) (*Gateway, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("start gateway: %w", err)
	}

	dialect := PlainDialect(o.Token)
	if o.Dialect != nil {
		dialect = *o.Dialect
	}
	g := &Gateway{
		options: o, dialect: dialect, url: "http://" + listener.Addr().String() + "/",
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}, Timeout: 10 * time.Second},
		due:    make(chan string, 1<<14), released: make(chan struct{}), stopped: make(chan struct{}),
	}

	g.SetCallbacks(o.Callbacks)
	g.server = &http.Server{Handler: http.HandlerFunc(g.submit), ReadHeaderTimeout: 10 * time.Second}
	g.running.Go(func() { _ = g.server.Serve(listener) })
	if o.Deliver {
		for range receiptSenders {
			g.running.Go(g.deliver)
		}
	}

	return g, nil
}

// URL is where submits are posted.
func (g *Gateway) URL() string { return g.url }

// SetCallbacks changes the URL that receipts and inbound messages are posted under.
func (g *Gateway) SetCallbacks(url string) { g.callbacks.Store(&url) }

// Script sets the behaviours of the next submits, one each; after the last one the gateway accepts.
func (g *Gateway) Script(b ...Behaviour) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.script = slices.Clone(b)
}

// Release sends the answers that Slow holds back, now and later.
func (g *Gateway) Release() { g.closeOnce(g.released) }

// Submitted lists the submits in order of arrival.
func (g *Gateway) Submitted() []Submit {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.submits)
}

// Count is the number of submits so far.
func (g *Gateway) Count() int64 { return g.count.Load() }

// Acknowledged is the number of callbacks that were answered with 2xx.
func (g *Gateway) Acknowledged() int64 { return g.acked.Load() }

// Receipt posts one receipt for a carrier's id or one of ours; nil when it was acknowledged.
func (g *Gateway) Receipt(id string, s carrier.Status) error {
	return g.callback(g.dialect.Receipt(*g.callbacks.Load(), id, s))
}

// Inbound posts one message from a phone; nil when it was acknowledged.
func (g *Gateway) Inbound(from, to, body string) error {
	return g.callback(g.dialect.Inbound(*g.callbacks.Load(), from, to, body))
}

// Close closes every link, refuses connections, and waits for the receipts that are being posted. Deliver posts no
// others.
func (g *Gateway) Close() {
	g.closeOnce(g.stopped)
	_ = g.server.Close()
	g.running.Wait()
	g.client.CloseIdleConnections()
}

// receiptSenders is how many receipts Deliver posts at a time.
const receiptSenders = 32

func (g *Gateway) submit(w http.ResponseWriter, r *http.Request) {
	// The server notices that the client went away only once the body is read to its end.
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	submit, ok := g.dialect.Read(w, r, body)
	if !ok {
		return
	}
	submit.ID = g.dialect.id(g.count.Add(1))

	switch b := g.record(submit); b {
	case RejectNumber:
		g.dialect.Reject(w)
	case Throttle:
		g.dialect.Throttle(w)
	case Silent, Slow:
		if g.wait(r.Context(), b == Slow) {
			g.accept(w, submit.ID)
		}
	case Reset, Garbage:
		breakLink(w, b)
	case Drip, Endless, EndlessHead:
		g.stream(w, b)
	case ReceiptFirst:
		id := submit.ID
		if g.dialect.NoIDs {
			id = submit.Ref
		}
		_ = g.Receipt(id, carrier.Delivered)
		g.accept(w, submit.ID)
	default:
		g.accept(w, submit.ID)
	}
}

// record keeps the submit and chooses its behaviour. A submit that is not accepted gets no id.
func (g *Gateway) record(s Submit) Behaviour {
	b := Accept
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.options.Choose != nil {
		b = g.options.Choose(s)
	} else if len(g.script) > 0 {
		b, g.script = g.script[0], g.script[1:]
	}
	if b == RejectNumber || b == Throttle {
		s.ID = ""
	}
	if !g.options.Forget {
		g.submits = append(g.submits, s)
	}

	return b
}

func (g *Gateway) accept(w http.ResponseWriter, id string) {
	g.dialect.Accept(w, id)
	if g.options.Deliver {
		select {
		case g.due <- id:
		case <-g.stopped:
		}
	}
}

func (g *Gateway) deliver() {
	for {
		select {
		case id := <-g.due:
			_ = g.Receipt(id, carrier.Delivered)
		case <-g.stopped:
			return
		}
	}
}

// wait reports whether the answer was released before the client or the gateway closed the link.
func (g *Gateway) wait(ctx context.Context, releasable bool) bool {
	var released chan struct{}
	if releasable {
		released = g.released
	}

	select {
	case <-released:
		return true
	case <-ctx.Done():
	case <-g.stopped:
	}

	return false
}

func (g *Gateway) callback(request *http.Request, err error) error {
	if err != nil {
		return err
	}
	response, err := g.client.Do(request)
	if err != nil {
		return err
	}

	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s was answered with %s", request.URL.Path, response.Status)
	}
	g.acked.Add(1)

	return nil
}

func (g *Gateway) closeOnce(c chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-c:
	default:
		close(c)
	}
}

func breakLink(w http.ResponseWriter, how Behaviour) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}

	if how == Garbage {
		_, _ = conn.Write([]byte("\x00\x00\x00\x10 this is not an answer \xff\xfe\r\n\r\n"))
	} else if tcp, ok := conn.(*net.TCPConn); ok {
		// Without lingering, Close resets the connection.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
