package httpsms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"

	"github.com/syssecure/syssecure/internal/carrier"
)

// post holds the buffers of one submit. It is reused only after the transport closed the body and the answer was read
// to its end: until then the transport may still read from it, even after RoundTrip returned.
type post struct {
	out     bytes.Buffer
	encoder *json.Encoder
	in      bytes.Buffer
	body    *body
	resent  bool // the transport asked for a second body
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
	p.resent = false

	err := p.encoder.Encode(submit{m.Ref, m.Channel.String(), m.To.E164(), from, m.Body.Reveal()})
	p.body = newBody(p.out.Bytes())

	return err
}

// secondBody gives the transport a second body. It asks for one only when nothing of the first one was written, so the
// submit once more counts as not sent.
func (p *post) secondBody() (io.ReadCloser, error) {
	p.body.abandon()
	p.resent = true
	p.body = newBody(p.out.Bytes())
	return p.body, nil
}

func (p *post) done() bool { return !p.resent && p.body.closed.Load() }

// body is a request body that knows whether the transport has begun to read it.
type body struct {
	r      *bytes.Reader
	state  atomic.Int32
	closed atomic.Bool
}

const (
	unread int32 = iota
	reading
	abandoned
)

var errAbandoned = errors.New("the submit was given up")

func newBody(data []byte) *body { return &body{r: bytes.NewReader(data)} }

// abandon makes a body unreadable. It reports false when the transport has begun to read it.
func (b *body) abandon() bool { return b.state.CompareAndSwap(unread, abandoned) }

func (b *body) Read(p []byte) (int, error) {
	if b.state.Load() != reading && !b.state.CompareAndSwap(unread, reading) {
		return 0, errAbandoned
	}
	return b.r.Read(p)
}

func (b *body) Close() error {
	b.closed.Store(true)
	return nil
}
