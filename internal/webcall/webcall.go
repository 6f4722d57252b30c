// Package webcall makes the HTTP requests of carriers to their providers. It tells apart how a request ended: nothing was
// sent, it may have been sent, or it was answered. Only the first may be repeated without risk of a second message.
//
// It follows no redirects and uses no proxy from the environment, because the operator configured one address.
package webcall

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// MaxAnswer is the most bytes of an answer that are read.
const MaxAnswer = 64 << 10

// Client makes requests to one provider. It is safe for concurrent use.
type Client struct {
	transport *http.Transport
	timeout   time.Duration
	calls     sync.Pool
}

// New makes a client that waits for each answer as long as timeout says, and has at most so many connections.
func New(timeout time.Duration, connections int) *Client {
	c := &Client{timeout: timeout, transport: &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxConnsPerHost:        connections,
		MaxIdleConns:           connections,
		MaxIdleConnsPerHost:    connections,
		IdleConnTimeout:        60 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: MaxAnswer,
	}}
	c.calls.New = func() any { return newCall() }

	return c
}

// Timeout is the longest wait for an answer.
func (c *Client) Timeout() time.Duration { return c.timeout }

// Close drops idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Call is one request. Its buffers are used again, so neither it nor its answer may be kept after Release.
type Call struct {
	Method string
	URL    *url.URL
	Header http.Header
	// Out is the body, written before Do.
	Out bytes.Buffer

	encoder *json.Encoder
	in      bytes.Buffer
	body    *body
	resent  bool // the transport asked for a second body
	whole   bool // the answer was read to its end
}

func newCall() *Call {
	c := &Call{}
	c.encoder = json.NewEncoder(&c.Out)
	c.encoder.SetEscapeHTML(false)
	return c
}

// JSON writes v as the body.
func (c *Call) JSON(v any) error { return c.encoder.Encode(v) }

// Call gives an empty POST.
func (c *Client) Call(to *url.URL, header http.Header) *Call {
	call := c.calls.Get().(*Call)
	call.Method, call.URL, call.Header = http.MethodPost, to, header
	call.Out.Reset()
	call.in.Reset()
	call.resent, call.whole, call.body = false, false, nil

	return call
}

// Release gives a call back. Its buffers are used again only after the transport closed the body and the answer was read to
// its end: until then the transport may still read from them, even after Do returned.
func (c *Client) Release(call *Call) {
	if call.body == nil || call.whole && !call.resent && call.body.closed.Load() {
		c.calls.Put(call)
	}
}

// Answer is what the provider answered. The body is nil when it broke off or was larger than MaxAnswer.
type Answer struct {
	Status  int
	Header  http.Header
	Body    []byte
	TimeOut bool // the time was over before the body was read
	// Broken is set when the body broke off, so that Body is empty.
	Broken bool
}

// Failure is a request without an answer.
type Failure struct {
	// Sent is set when the provider may have received the request.
	Sent bool
	// TimeOut is set when the time was over.
	TimeOut bool
	// Certificate is set when the provider's certificate is not valid.
	Certificate bool
	// Cause says in a sentence what went wrong. It quotes nothing of the request or the answer.
	Cause string
}

// Reach connects to an address, with TLS when it is https, and sends nothing. It returns nil when that works.
func (c *Client) Reach(ctx context.Context, to *url.URL) *Failure {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	port := to.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[to.Scheme]
	}
	var conf *tls.Config
	if to.Scheme == "https" {
		conf = &tls.Config{ServerName: to.Hostname(), MinVersion: tls.VersionTLS12}
	}

	return Reach(ctx, net.JoinHostPort(to.Hostname(), port), conf)
}

// Reach connects to host:port, with TLS unless conf is nil, and sends nothing. It returns nil when that works.
func Reach(ctx context.Context, addr string, conf *tls.Config) *Failure {
	dial := (&net.Dialer{}).DialContext
	if conf != nil {
		dial = (&tls.Dialer{Config: conf}).DialContext
	}

	conn, err := dial(ctx, "tcp", addr)
	if err == nil {
		_ = conn.Close() // nothing was sent
		return nil
	}

	call := &Call{body: newBody(nil)}

	return call.failure(ctx, err)
}

// Do sends the request and reads the answer, within ctx and the client's time. A redirect is an answer like any other.
func (c *Client) Do(ctx context.Context, call *Call) (Answer, *Failure) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	call.body = newBody(call.Out.Bytes())
	response, err := c.transport.RoundTrip(call.request(ctx))
	if err != nil {
		return Answer{}, call.failure(ctx, err)
	}

	_, err = call.in.ReadFrom(io.LimitReader(response.Body, MaxAnswer+1))
	_ = response.Body.Close()
	answer := Answer{Status: response.StatusCode, Header: response.Header, Broken: err != nil}
	call.whole = err == nil && call.in.Len() <= MaxAnswer
	if call.whole {
		answer.Body = call.in.Bytes()
	}
	answer.TimeOut = errors.Is(ctx.Err(), context.DeadlineExceeded)

	return answer, nil
}

func (c *Call) request(ctx context.Context) *http.Request {
	r := &http.Request{
		Method: c.Method, URL: c.URL, Host: c.URL.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.Header, Body: c.body, ContentLength: int64(c.Out.Len()),
	}
	if c.Method != http.MethodGet { // the transport repeats a GET whose body it can get again, although it may have been sent
		r.GetBody = c.secondBody
	}

	return r.WithContext(ctx)
}

// secondBody gives the transport a second body. It asks for one only when nothing of the first one was written, so the
// request once more counts as not sent.
func (c *Call) secondBody() (io.ReadCloser, error) {
	c.body.abandon()
	c.resent = true
	c.body = newBody(c.Out.Bytes())
	return c.body, nil
}

// failure distinguishes a request that was not sent from one that may have been. In the second case an error of the
// transport may quote the answer: then only errors of the network become the cause.
func (c *Call) failure(ctx context.Context, err error) *Failure {
	f := &Failure{Sent: true, Cause: "the answer is not HTTP"}
	var network *net.OpError
	if c.body.abandon() {
		f.Sent, f.Cause, f.Certificate = false, ConnectProblem(err), CertificateProblem(err) != ""
	} else if errors.As(err, &network) {
		f.Cause = network.Error()
	}

	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		f.TimeOut, f.Cause = true, "no answer in time"
	}

	return f
}
