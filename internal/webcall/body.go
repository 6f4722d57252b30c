package webcall

import (
	"bytes"
	"errors"
	"sync/atomic"
)

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

var errAbandoned = errors.New("the request was given up")

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
