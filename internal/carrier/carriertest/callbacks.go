package carriertest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

// mostRead bounds what is read of a callback before it is refused.
const mostRead = 8 << 20

// callbackFault is a callback that a stranger, or a broken proxy, makes of a right one.
type callbackFault struct {
	name string
	// change makes it; false when it cannot be made of this one.
	change func(r *http.Request, body []byte) (changed []byte, possible bool)
	// statuses are the answers that are right.
	statuses []int
}

var (
	strangers = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest}
	unread    = []int{http.StatusBadRequest, http.StatusUnauthorized}
)

// callbackFaults are the faults. Each begins with a request that would be accepted.
var callbackFaults = []callbackFault{
	{name: "without credentials", statuses: strangers, change: func(r *http.Request, body []byte) ([]byte, bool) {
		return anonymous(r, body), true
	}},
	{name: "another secret", statuses: strangers, change: func(r *http.Request, body []byte) ([]byte, bool) {
		for name, values := range r.Header {
			if name != "Content-Type" {
				r.Header[name] = []string{forge(values[0])}
			}
		}
		query := r.URL.Query()
		for _, name := range []string{"token", "sig"} {
			if query.Has(name) {
				query.Set(name, forge(query.Get(name)))
			}
		}
		r.URL.RawQuery = query.Encode()
		form, err := url.ParseQuery(string(body))
		if err == nil && isForm(r) && form.Has("sig") {
			form.Set("sig", forge(form.Get("sig")))
			body = []byte(form.Encode())
		}
		return body, true
	}},
	{name: "a header twice", statuses: strangers, change: func(r *http.Request, body []byte) ([]byte, bool) {
		twice := false
		for name, values := range r.Header {
			if name != "Content-Type" {
				r.Header[name], twice = append(values, forge(values[0])), true
			}
		}
		return body, twice
	}},
	{name: "truncated", statuses: unread, change: func(r *http.Request, body []byte) ([]byte, bool) {
		return body[:len(body)/2], len(body) > 0 && (!isForm(r) || len(r.Header) > 1)
	}},
	{name: "another content type", statuses: []int{400, 415}, change: func(r *http.Request, body []byte) ([]byte, bool) {
		r.Header.Set("Content-Type", "application/xml")
		return body, len(body) > 0
	}},
	{name: "PUT", statuses: []int{405}, change: func(r *http.Request, body []byte) ([]byte, bool) {
		r.Method = http.MethodPut
		return body, true
	}},
	{name: "DELETE", statuses: []int{405}, change: func(r *http.Request, body []byte) ([]byte, bool) {
		r.Method = http.MethodDelete
		return body, true
	}},
	{name: "another address", statuses: []int{404}, change: func(r *http.Request, body []byte) ([]byte, bool) {
		r.URL.Path += "s-of-others"
		return body, true
	}},
	{name: "4 MB", statuses: []int{413}, change: func(_ *http.Request, body []byte) ([]byte, bool) {
		return append(body, bytes.Repeat([]byte(" "), 4<<20)...), len(body) > 0
	}},
	{name: "4 MB of a stranger", statuses: []int{401, 413}, change: func(r *http.Request, body []byte) ([]byte, bool) {
		return append(anonymous(r, body), bytes.Repeat([]byte(" "), 4<<20)...), len(body) > 0
	}},
}

// anonymous takes everything from a request by which its sender is known.
func anonymous(r *http.Request, body []byte) []byte {
	r.Header = http.Header{"Content-Type": r.Header["Content-Type"]}
	r.URL.RawQuery = ""
	if form, err := url.ParseQuery(string(body)); err == nil && isForm(r) {
		form.Del("sig")
		return []byte(form.Encode())
	}
	return body
}

func isForm(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form")
}

// forge changes the first character of a secret that it does not know.
func forge(s string) string {
	if s == "" {
		return "x"
	}
	scheme, rest, ok := strings.Cut(s, " ")
	if !ok {
		scheme, rest = "", s
	} else {
		scheme += " "
	}
	first := "0"
	if rest[:1] == first {
		first = "1"
	}

	return scheme + first + rest[1:]
}

// endless is a body without an end. It counts what is read of it.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read.Add(int64(len(p))) > 64<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// cut is a body that breaks off.
func cut(body []byte) io.Reader { return io.MultiReader(bytes.NewReader(body[:len(body)/2]), broken{}) }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// callbackCase is a carrier that is called back, and what its sink stored.
type callbackCase struct {
	carrier WebCarrier
	stored  atomic.Int64
}

func (c *callbackCase) sink() carrier.Sink {
	return carrier.Sink{
		Receipt: func(context.Context, carrier.Receipt) (bool, error) { c.stored.Add(1); return false, nil },
		Inbound: func(context.Context, carrier.Inbound) (bool, error) { c.stored.Add(1); return false, nil },
	}
}

// serve calls the carrier back, and returns the status of its answer.
func (c *callbackCase) serve(t *testing.T, r *http.Request, body io.Reader) int {
	t.Helper()
	w := httptest.NewRecorder()
	served := httptest.NewRequest(r.Method, r.URL.String(), body)
	served.Header = r.Header
	path := strings.Split(r.URL.Path, "/")
	if f := c.carrier.ServeCallback(w, served, path[len(path)-1], c.sink()); f != nil {
		if f.Message == "" {
			t.Error("a fault without a message")
		}
		return f.Status
	}

	return w.Code
}

// publicURL is that of carriers in the cases of callbacks.
const publicURL = "https://otp.example.com"

// callbacks makes the cases of one sort of callback.
type callbacks struct {
	sort    string
	request func() (*http.Request, error)
	start   func(t *testing.T) *callbackCase
}

// runCallbacks checks how a carrier takes callbacks that are forged, broken, too large or about nothing.
func runCallbacks(
	t *testing.T, name string, spoken Dialect, start func(t *testing.T, base, publicURL string) WebCarrier,
) {
	t.Helper()
	base := publicURL + "/carriers/" + name
	begin := func(t *testing.T) *callbackCase {
		t.Helper()
		return &callbackCase{carrier: start(t, "http://127.0.0.1:1", publicURL)}
	}
	if spoken.Receipt != nil {
		callbacks{"receipt", func() (*http.Request, error) {
			return spoken.Receipt(base, "id-1", carrier.Delivered)
		}, begin}.run(t)
	}
	if spoken.Inbound != nil {
		callbacks{"inbound", func() (*http.Request, error) {
			return spoken.Inbound(base, "+32470123456", "8080", "STOP")
		}, begin}.run(t)
	}
	if spoken.Old == nil {
		return
	}

	for name, at := range map[string]time.Duration{"old": -10 * time.Minute, "of the future": 10 * time.Minute} {
		t.Run("callbacks/receipt "+name, func(t *testing.T) {
			t.Parallel()
			r, err := spoken.Old(base, "id-1", time.Now().Add(at))
			if err != nil {
				t.Fatal(err)
			}
			begin(t).refuses(t, r, r.Body, strangers)
		})
	}
}

func (c callbacks) run(t *testing.T) {
	t.Helper()
	for _, fault := range callbackFaults {
		c.one(t, fault.name, func(t *testing.T, to *callbackCase, r *http.Request, body []byte) {
			body, possible := fault.change(r, body)
			if !possible {
				t.Skip("it cannot be made of this callback")
			}
			to.refuses(t, r, bytes.NewReader(body), fault.statuses)
		})
	}

	c.one(t, "cut off", func(t *testing.T, to *callbackCase, r *http.Request, body []byte) {
		if len(body) == 0 {
			t.Skip("it has no body")
		}
		to.refuses(t, r, cut(body), unread)
	})
	c.one(t, "without an end", func(t *testing.T, to *callbackCase, r *http.Request, body []byte) {
		if len(body) == 0 {
			t.Skip("it has no body")
		}
		stream := &endless{}
		to.refuses(t, r, stream, []int{http.StatusRequestEntityTooLarge})
		if n := stream.read.Load(); n > mostRead {
			t.Errorf("%d bytes were read", n)
		}
	})
	c.one(t, "about nothing, and again", func(t *testing.T, to *callbackCase, r *http.Request, body []byte) {
		for i := range int64(2) {
			if status := to.serve(t, r, bytes.NewReader(body)); status/100 != 2 || to.stored.Load() != i+1 {
				t.Errorf("%d, and %d were stored", status, to.stored.Load())
			}
		}
	})
}

// one runs one case with a carrier and a callback that it would accept.
func (c callbacks) one(
	t *testing.T, name string, check func(t *testing.T, to *callbackCase, r *http.Request, body []byte),
) {
	t.Helper()
	t.Run("callbacks/"+c.sort+" "+name, func(t *testing.T) {
		t.Parallel()
		r, err := c.request()
		if err != nil {
			t.Fatal(err)
		}
		var body []byte
		if r.Body != nil {
			if body, err = io.ReadAll(r.Body); err != nil {
				t.Fatal(err)
			}
		}
		check(t, c.start(t), r, body)
	})
}

// refuses checks that a callback is answered with one of the statuses, and that nothing was stored.
func (c *callbackCase) refuses(t *testing.T, r *http.Request, body io.Reader, statuses []int) {
	t.Helper()
	status, right := c.serve(t, r, body), false
	for _, one := range statuses {
		right = right || one == status
	}
	if !right || c.stored.Load() != 0 {
		t.Errorf("answered with %d, want one of %v; %d were stored", status, statuses, c.stored.Load())
	}
}
