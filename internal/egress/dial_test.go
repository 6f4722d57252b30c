package egress

import (
	"context"
	"net"
	"testing"
	"time"
)

// TestDial_EndsWithRequest: a dial ends with its request, although the transport would continue it.
func TestDial_EndsWithRequest(t *testing.T) {
	t.Parallel()
	dialling, ended := make(chan struct{}, 1), make(chan struct{})
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		select {
		case dialling <- struct{}{}:
		default:
		}

		<-ctx.Done()
		select {
		case ended <- struct{}{}:
		case <-t.Context().Done():
		}

		return nil, ctx.Err()
	}}

	p := localClient(t, Options{Resolver: resolver, Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan Response, 1)
	go func() { answer <- p.Post(ctx, Request{URL: "http://a.example/"}) }()
	<-dialling
	cancel()
	if r := <-answer; r.Error != ConnectionFailed {
		t.Errorf("%+v", r)
	}
	<-ended
}
