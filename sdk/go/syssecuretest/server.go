// Package syssecuretest has a fake SysSecure server for the tests of programs that use package syssecure. It gives the
// answers that it was told, and records the requests.
//
//	server := syssecuretest.NewServer(t)
//	server.Answer("POST /v2/otp/send", syssecuretest.Answer{Body: `{"otp_id": "otp_1", "status": "sent"}`})
//	client := server.Client()
//
// To test the receiver of webhooks, sign a payload with [syssecure.SignWebhook].
package syssecuretest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
)

// Key is the API key of [Server.Client].
const Key = "sk_test_fake"

// Server is a fake server. It is safe for concurrent use.
type Server struct {
	// URL is the address of the server, for WithBaseURL.
	URL string

	server   *httptest.Server
	mutex    sync.Mutex
	mux      *http.ServeMux
	scripts  map[string]*script
	requests []Request
}

// Answer is what the server answers.
type Answer struct {
	// Status is the HTTP status, 200 by default.
	Status int
	// Header holds headers, such as Retry-After.
	Header http.Header
	// Body is the body: a string or []byte as it is, anything else as JSON.
	Body any
	// Drop closes the connection without an answer.
	Drop bool
}

// Request is a request that the server received.
type Request struct {
	// Method is the HTTP method.
	Method string
	// Path is the decoded path, with /v2.
	Path string
	// Query holds the decoded query.
	Query url.Values
	// Header holds the headers.
	Header http.Header
	// Body is the body, byte for byte.
	Body []byte
}

// JSON decodes the body of a request. It returns nil when that is not a JSON object.
func (r Request) JSON() map[string]any {
	var fields map[string]any
	if json.Unmarshal(r.Body, &fields) != nil {
		return nil
	}

	return fields
}

// script holds the answers to one pattern, their bodies as bytes.
type script struct{ answers []Answer }

// NewServer starts a server. The test, such as a *testing.T, closes it at its end.
func NewServer(t interface{ Cleanup(func()) }) *Server {
	s := &Server{mux: http.NewServeMux(), scripts: map[string]*script{}}
	s.server = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.server.URL
	t.Cleanup(s.server.Close)

	return s
}

// Client returns a client of this server. It does not wait between attempts.
func (s *Server) Client(options ...syssecure.ClientOption) *syssecure.Client {
	quick := knobs.Knobs{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	all := []syssecure.ClientOption{syssecure.WithBaseURL(s.URL), syssecure.WithKnobs(quick)}

	return syssecure.NewClient(Key, append(all, options...)...)
}

// Answer sets what the server answers to requests that match a pattern of [http.ServeMux], such as
// "GET /v2/otp/{otp_id}": the first request gets the first answer, and so on, and the last answer repeats. A request
// without an answer gets the status 404.
func (s *Server) Answer(pattern string, answers ...Answer) {
	given := &script{}
	for _, a := range answers {
		a.Body = encode(a.Body)
		given.answers = append(given.answers, a)
	}

	s.mutex.Lock()
	defer s.mutex.Unlock()
	if known := s.scripts[pattern]; known != nil {
		known.answers = given.answers
		return
	}
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { s.answer(w, given) })
	s.scripts[pattern] = given
}

// Requests returns the requests that the server received so far, oldest first.
func (s *Server) Requests() []Request {
	s.mutex.Lock()
	defer s.mutex.Unlock()

	return slices.Clone(s.requests)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}

	s.mutex.Lock()
	s.requests = append(s.requests, Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), Body: body,
	})
	s.mutex.Unlock()
	if _, pattern := s.mux.Handler(r); pattern == "" {
		unexpected(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// answer writes the next answer of a script.
func (s *Server) answer(w http.ResponseWriter, from *script) {
	s.mutex.Lock()
	var a Answer
	if len(from.answers) > 0 {
		a = from.answers[0]
	}
	if len(from.answers) > 1 {
		from.answers = from.answers[1:]
	}
	s.mutex.Unlock()

	if a.Drop {
		panic(http.ErrAbortHandler)
	}
	write(w, a)
}

func write(w http.ResponseWriter, a Answer) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Request-Id", "req_fake")
	for name, values := range a.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
	if a.Status != 0 {
		w.WriteHeader(a.Status)
	}
	body, _ := a.Body.([]byte)
	_, _ = w.Write(body) // an error means that the client went away
}

// encode returns a body as bytes. It panics when it cannot be written as JSON, which is a fault of the test.
func encode(body any) []byte {
	switch body := body.(type) {
	case nil:
		return nil
	case string:
		return []byte(body)
	case []byte:
		return body
	}

	text, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("syssecuretest: the body of an answer cannot be written as JSON: %v", err))
	}

	return text
}

// unexpected answers a request for which there is no answer.
func unexpected(w http.ResponseWriter, r *http.Request) {
	write(w, Answer{Status: http.StatusNotFound, Body: encode(map[string]any{
		"code":    "not_found",
		"message": fmt.Sprintf("syssecuretest: there is no answer for %s %s", r.Method, r.URL.Path),
	})})
}
