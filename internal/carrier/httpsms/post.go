package httpsms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/carrier"
)

// post is one submit's buffers. It is used again only after the transport closed the body and the answer was read to its
// end: until then the transport may still read from it, even after RoundTrip returned.
type post struct {
	out     bytes.Buffer
	encoder *json.Encoder
	in      bytes.Buffer
	body    *body
	forked  bool
}

func newPost() any {
	p := &post{}
	p.encoder = json.NewEncoder(&p.out)
	p.encoder.SetEscapeHTML(false)
	return p
}

// submit is the published shape of the POST.
type submit struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	To      string `json:"to"`
	From    string `json:"from"`
	Body    string `json:"body"`
}

func (p *post) write(m carrier.Message, from string) error {
	if m.From != "" {
		from = m.From
	}
	p.out.Reset()
	p.in.Reset()
	p.forked = false
	err := p.encoder.Encode(submit{m.Ref, m.Channel.String(), m.To.E164(), from, m.Body.Reveal()})
	p.body = newBody(p.out.Bytes())

	return err
}

// again gives the transport a second body. It asks only when it knows that nothing of the first one was written, so what
// was a point of no return is none.
func (p *post) again() (io.ReadCloser, error) {
	p.body.abandon()
	p.forked = true
	p.body = newBody(p.out.Bytes())
	return p.body, nil
}

func (p *post) done() bool { return !p.forked && p.body.closed.Load() }

// body is a request body that knows whether it was touched.
type body struct {
	r      *bytes.Reader
	state  atomic.Int32
	closed atomic.Bool
}

const (
	untouched int32 = iota
	touched
	abandoned
)

var errAbandoned = errors.New("the submit was given up")

func newBody(data []byte) *body { return &body{r: bytes.NewReader(data)} }

// abandon reports whether the body was never touched, and never will be.
func (b *body) abandon() bool { return b.state.CompareAndSwap(untouched, abandoned) }

func (b *body) Read(p []byte) (int, error) {
	if b.state.Load() != touched && !b.state.CompareAndSwap(untouched, touched) {
		return 0, errAbandoned
	}
	return b.r.Read(p)
}

func (b *body) Close() error {
	b.closed.Store(true)
	return nil
}
