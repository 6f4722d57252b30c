package web_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/web"
)

func nothing(context.Context) error  { return nil }
func wait(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// produce is what a stream sends.
type produce = func(ctx context.Context, send func(web.Event) error) error

// serveStreams runs a server whose path is the user.
func serveStreams(t *testing.T, s *web.Streams, check func(context.Context) error, p produce) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Stream(w, r, web.Reader{User: r.URL.Path, Account: r.URL.Query().Get("account"), Check: check}, p)
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	server.Config.RegisterOnShutdown(s.Close)
	server.Start()
	t.Cleanup(func() {
		s.Close()
		server.Close()
	})

	return server
}

// listen opens a stream.
func listen(t *testing.T, address string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })

	return answer, bufio.NewScanner(answer.Body)
}

// until reads lines up to one that is wanted, or to the end.
func until(t *testing.T, lines *bufio.Scanner, want string) (read []string) {
	t.Helper()
	for lines.Scan() {
		read = append(read, lines.Text())
		if lines.Text() == want {
			return read
		}
	}
	t.Fatalf("the stream ended with %v after %q", lines.Err(), read)

	return nil
}

func TestStream_Events(t *testing.T) {
	t.Parallel()
	server := serveStreams(t, web.NewStreams(), nothing, func(ctx context.Context, send func(web.Event) error) error {
		for _, e := range []web.Event{
			{ID: "1", Name: "row", Data: "<tr>\n<td>a</td>\r\n</tr>"},
			{ID: "2\nevent: end", Name: "row\rdata: x", Data: "a\rid: 9"},
			{Name: "last"},
		} {
			if err := send(e); err != nil {
				return err
			}
		}
		return wait(ctx)
	})
	answer, lines := listen(t, server.URL+"/ann")
	got := until(t, lines, "event: last")
	want := []string{
		"retry: 3000", "", "id: 1", "event: row", "data: <tr>", "data: <td>a</td>", "data: </tr>", "",
		"id: 2event: end", "event: rowdata: x", "data: a", "data: id: 9", "", "event: last",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestStream_OutlivesTimeouts: the server's limits for requests and answers end no stream.
func TestStream_OutlivesTimeouts(t *testing.T) {
	t.Parallel()
	s := web.NewStreams()
	s.Heartbeat = 100 * time.Millisecond
	var beats atomic.Int32
	enough := make(chan struct{})
	count := func(context.Context) error {
		if beats.Add(1) == 12 { // four times the limits
			close(enough)
		}
		return nil
	}
	server := serveStreams(t, s, count, func(ctx context.Context, send func(web.Event) error) error {
		select {
		case <-enough:
			return send(web.Event{Data: "late"})
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	_, lines := listen(t, server.URL+"/ann")
	read := until(t, lines, "data: late")
	if !slices.Contains(read, ": alive") {
		t.Errorf("no heartbeat in %q", read)
	}
}

// TestStream_SignedOut: whose session has ended gets nothing more.
func TestStream_SignedOut(t *testing.T) {
	t.Parallel()
	s := web.NewStreams()
	s.Heartbeat = 10 * time.Millisecond
	ended := make(chan struct{})
	refuse := func(context.Context) error { return errors.New("the session has ended") }
	server := serveStreams(t, s, refuse, func(ctx context.Context, _ func(web.Event) error) error {
		defer close(ended)
		return wait(ctx)
	})
	_, lines := listen(t, server.URL+"/ann")
	until(t, lines, "event: end")
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), ":") {
			t.Errorf("after its end: %s", lines.Text())
		}
	}
	within(t, ended, "the producer runs on")
}

// within waits for a channel to be closed.
func within(t *testing.T, done <-chan struct{}, otherwise string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal(otherwise)
	}
}

// TestStream_Bound: no user and not all users together can open streams without end, and a closed stream makes room.
func TestStream_Bound(t *testing.T) {
	t.Parallel()
	left := make(chan struct{}, 1)
	server := serveStreams(t, web.NewStreams(), nothing, func(ctx context.Context, _ func(web.Event) error) error {
		defer func() {
			select {
			case left <- struct{}{}:
			default:
			}
		}()
		return wait(ctx)
	})
	var first *http.Response
	for i := range 6 {
		answer, _ := listen(t, server.URL+"/ann")
		if answer.StatusCode != 200 {
			t.Fatalf("stream %d: %d", i, answer.StatusCode)
		}
		first = answer
	}
	if more, _ := listen(t, server.URL+"/ann"); more.StatusCode != 503 || more.Header.Get("Retry-After") != "5" {
		t.Errorf("one more: %d, Retry-After %q", more.StatusCode, more.Header.Get("Retry-After"))
	}
	if other, _ := listen(t, server.URL+"/ben"); other.StatusCode != 200 {
		t.Errorf("another user: %d", other.StatusCode)
	}

	_ = first.Body.Close()
	within(t, left, "the stream goes on without its reader")
	for deadline := time.Now().Add(time.Minute); ; { // the handler counts down after its producer ended
		again, _ := listen(t, server.URL+"/ann")
		if again.StatusCode == 200 {
			return
		}
		_ = again.Body.Close()
		if time.Now().After(deadline) {
			t.Fatalf("a closed stream makes no room: %d", again.StatusCode)
		}
	}
}

// TestStream_Accounts: the users of one account leave streams for those of others.
func TestStream_Accounts(t *testing.T) {
	t.Parallel()
	server := serveStreams(t, web.NewStreams(), nothing,
		func(ctx context.Context, _ func(web.Event) error) error { return wait(ctx) })
	open := func(user int, account string) *http.Response {
		answer, _ := listen(t, fmt.Sprintf("%s/user%d?account=%s", server.URL, user, account))
		return answer
	}
	for i := range 100 {
		if got := open(i/6, "acme").StatusCode; got != 200 {
			t.Fatalf("stream %d: %d", i, got)
		}
	}
	full := open(90, "acme")
	text, err := io.ReadAll(full.Body)
	if err != nil || full.StatusCode != 503 || !strings.Contains(string(text), "limit for an account") {
		t.Errorf("one more: %d %q, %v", full.StatusCode, text, err)
	}
	for _, account := range []string{"other", ""} {
		if got := open(91, account).StatusCode; got != 200 {
			t.Errorf("of the account %q: %d", account, got)
		}
	}
}

// TestStream_Shutdown: a server that shuts down does not wait for readers.
func TestStream_Shutdown(t *testing.T) {
	t.Parallel()
	s := web.NewStreams()
	server := serveStreams(t, s, nothing, func(ctx context.Context, _ func(web.Event) error) error { return wait(ctx) })
	_, lines := listen(t, server.URL+"/ann")
	until(t, lines, "retry: 3000")
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := server.Config.Shutdown(ctx); err != nil {
		t.Errorf("the server waited for its streams: %v", err)
	}
	for lines.Scan() { // to the end, which came with the shutdown
		if lines.Text() != "" {
			t.Errorf("at the end: %q", lines.Text())
		}
	}

	w := httptest.NewRecorder()
	s.Stream(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), web.Reader{User: "ann"}, nil)
	if w.Code != 503 {
		t.Errorf("a stream after the end: %d", w.Code)
	}
}

func TestLastEventID(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ path, header, want string }{
		"first":         {"/", "", ""},
		"by the script": {"/?after=7", "", "7"},
		"by the header": {"/?after=7", "9", "9"}, // the browser has read on since
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, nil)
			if c.header != "" {
				r.Header.Set("Last-Event-ID", c.header)
			}
			if got := web.LastEventID(r); got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestStreams_InTurn: few streams read at the same time, and one that ends does not wait.
func TestStreams_InTurn(t *testing.T) {
	t.Parallel()
	s := web.NewStreams()
	reads, done := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			err := s.InTurn(t.Context(), func() error {
				reads <- struct{}{}
				<-done
				return io.EOF
			})
			if !errors.Is(err, io.EOF) {
				t.Errorf("reading ended with %v", err)
			}
		})
		<-reads
	}

	ended, end := context.WithCancel(t.Context())
	end()
	third := func() error {
		t.Error("a third one reads")
		return nil
	}
	if err := s.InTurn(ended, third); !errors.Is(err, context.Canceled) {
		t.Errorf("the third one got %v", err)
	}
	close(done)
	all.Wait()
	if err := s.InTurn(t.Context(), func() error { return nil }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
