// Package httpsms implements the "http" carrier, for any gateway that takes a message as one JSON POST and reports by
// two callbacks.
//
// It knows neither the store nor the engine, and does not follow redirects or use proxies from the environment,
// because the operator configured one URL. A submit may have been sent from the moment the transport reads the request's body: an error
// before that is a Retry, and one after it is Unknown.
package httpsms

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

// Carrier posts messages to one gateway. It is safe for concurrent use.
type Carrier struct {
	config    Config
	url       *url.URL
	header    http.Header
	token     [sha256.Size]byte
	transport *http.Transport
	rate      atomic.Int64 // this node's share of the configured rate
	resumeAt  atomic.Int64 // Unix nanoseconds of the end of throttling
	posts     sync.Pool
	log       *slog.Logger
}

// New makes the carrier and does not connect. It fails when the URL, the channel or the token is missing or invalid.
func New(c Config, log *slog.Logger) (*Carrier, error) {
	if err := c.verify(); err != nil {
		return nil, err
	}
	target, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("carrier %q: the url is invalid; write it as https://host/path", c.Name)
	}

	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.MaxInFlight <= 0 {
		c.MaxInFlight = defaultInFlight
	}

	made := &Carrier{
		config: c, url: target, token: sha256.Sum256([]byte(c.Token.Reveal())), transport: newTransport(c), log: log,
		header: http.Header{
			"Authorization": {"Bearer " + c.Token.Reveal()},
			"Content-Type":  {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
	}

	made.posts.New = newPost
	made.rate.Store(int64(c.Rate))

	return made, nil
}

// Name is the configured name.
func (c *Carrier) Name() string { return c.config.Name }

// Channels is the one configured channel.
func (c *Carrier) Channels() []message.Channel { return []message.Channel{c.config.Channel} }

// Receipts reports whether the gateway sends receipts.
func (c *Carrier) Receipts() bool { return c.config.Receipts }

// From implements carrier.Sender.
func (c *Carrier) From() string { return c.config.From }

// SendTimeout implements carrier.SelfTimed: Send keeps the configured time-out itself.
func (c *Carrier) SendTimeout(int) time.Duration { return c.config.Timeout + time.Second }

var _ carrier.SelfTimed = (*Carrier)(nil)

// Share implements carrier.Shared: all nodes share the rate.
func (c *Carrier) Share(part func(total int) int) {
	c.rate.Store(int64(part(c.config.Rate)))
}

// Limits implements carrier.Carrier.
func (c *Carrier) Limits() carrier.Limits {
	return carrier.Limits{InFlight: c.config.MaxInFlight, Rate: float64(c.rate.Load())}
}

// Close drops idle connections.
func (c *Carrier) Close() { c.transport.CloseIdleConnections() }

// Send posts one message and reads the answer, within ctx and the configured time-out.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	if wait := time.Until(time.Unix(0, c.resumeAt.Load())); wait > 0 {
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "throttled", RetryAfter: wait,
			Throttled: true, Cause: causeThrottled,
		}
	}

	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()

	p := c.posts.Get().(*post)
	if err := p.write(m, c.config.From); err != nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	response, err := c.transport.RoundTrip(c.request(ctx, p))
	if err != nil {
		return c.failed(ctx, p, err)
	}

	result, whole := p.read(response)
	if result.Outcome == carrier.Unknown && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		result.Reason = message.CarrierTimeout
	}
	if response.StatusCode == http.StatusTooManyRequests && result.RetryAfter > 0 {
		c.resumeAt.Store(time.Now().Add(min(result.RetryAfter, longestPause)).UnixNano())
	}
	if whole && p.done() {
		c.posts.Put(p)
	}

	return result
}

func (c *Carrier) request(ctx context.Context, p *post) *http.Request {
	r := &http.Request{
		Method: http.MethodPost, URL: c.url, Host: c.url.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.header, Body: p.body, GetBody: p.secondBody, ContentLength: int64(p.out.Len()),
	}
	return r.WithContext(ctx)
}

// failed distinguishes a submit that was not sent from one whose outcome is unknown. In the second case an error of the
// transport may quote the answer, and so the message: then only errors of the network become the cause.
func (c *Carrier) failed(ctx context.Context, p *post, err error) carrier.Result {
	result := carrier.Result{
		Outcome: carrier.Unknown, Reason: message.CarrierError, CarrierCode: "link", Cause: "the answer is not HTTP",
	}

	var network *net.OpError
	if p.body.abandon() {
		result.Outcome, result.CarrierCode = carrier.Retry, "connect"
		result.Cause = err.Error()
	} else if errors.As(err, &network) {
		result.Cause = network.Error()
	}

	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		result.Reason, result.CarrierCode, result.Cause = message.CarrierTimeout, "timeout", "no answer in time"
	}

	return result
}

// longestPause bounds how long one throttled submit delays the others: the limit may have been that number's only.
const longestPause = 10 * time.Second

func newTransport(c Config) *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxConnsPerHost:        c.MaxInFlight,
		MaxIdleConns:           c.MaxInFlight,
		MaxIdleConnsPerHost:    c.MaxInFlight,
		IdleConnTimeout:        60 * time.Second,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxBody,
	}
}
