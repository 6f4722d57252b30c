package egress

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
)

// TestPost_LateResponse: a late response is not taken for that of the next post, which may be another account's.
func TestPost_LateResponse(t *testing.T) {
	t.Parallel()
	late, closed := make(chan struct{}), make(chan struct{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for first := true; ; first = false {
			c, err := l.Accept()
			if err != nil {
				return
			}

			in := bufio.NewReader(c)
			if _, err := http.ReadRequest(in); err != nil {
				return
			}

			_, _ = io.WriteString(c, fine)
			if first {
				<-late
				_, _ = io.WriteString(c, "HTTP/1.1 500 Late\r\nContent-Length: 6\r\n\r\nsecret")
				_, _ = io.Copy(io.Discard, in)
				close(closed)
			}
		}
	}()

	p := localClient(t, Options{})
	post := func() Response {
		return p.Post(t.Context(), Request{URL: "http://" + l.Addr().String() + "/"})
	}

	if r := post(); r.Status != 200 {
		t.Fatalf("the first post: %+v", r)
	}

	close(late)
	<-closed
	if r := post(); r.Status != 200 {
		t.Errorf("the second post: %+v", r)
	}
}
