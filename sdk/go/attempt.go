package syssecure

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/backoff"
)

// longestBody is the most that is read of an answer.
const longestBody = 10 << 20

// answer is a whole answer of the server.
type answer struct {
	status    int
	header    http.Header
	body      []byte
	tooLarge  bool
	requestID string
}

// call carries out an operation and decodes its result.
func call[T any](ctx context.Context, c *core, op operation, options []RequestOption) (*T, error) {
	a, err := c.do(ctx, op, options)
	if err != nil {
		return nil, err
	}
	object, err := c.object(a)
	if err != nil {
		return nil, err
	}

	result := new(T)
	if err := (decoder{a.requestID}).fill(reflect.ValueOf(result).Elem(), object, ""); err != nil {
		return nil, c.responseError(a, err.Error())
	}

	return result, nil
}

// object decodes the body of an answer.
func (c *core) object(a *answer) (map[string]any, error) {
	if a.tooLarge {
		return nil, c.responseError(a, "the answer is larger than 10 MB")
	}
	object, err := decodeObject(a.body)
	if err != nil {
		return nil, c.responseError(a, err.Error())
	}

	return object, nil
}

func (c *core) responseError(a *answer, message string) *ResponseError {
	return &ResponseError{Status: a.status, RequestID: a.requestID, Message: c.redact.Text(message)}
}

// do sends a request, and again when that may help. It returns the answer if its status is 2xx.
func (c *core) do(ctx context.Context, op operation, options []RequestOption) (*answer, error) {
	r, invalid := c.prepare(op, options)
	if invalid != nil {
		return nil, invalid
	}

	for retry := 0; ; retry++ {
		start := time.Now()
		a, err := c.attempt(ctx, r, retry)
		c.logAttempt(ctx, r, retry, a, err, time.Since(start))
		if err == nil || retry == r.maxRetries || !retryable(ctx, err) {
			return a, err
		}

		wait, ok := c.wait(a, retry+1)
		if !ok {
			return nil, err
		}
		c.logWait(ctx, r, err, wait)
		if err := c.knobs.Sleep(ctx, wait); err != nil {
			return nil, c.connectionError(ctx, ctx, r, err)
		}
	}
}

// wait returns how long to wait before a retry, and false when the server asks for more than may be waited.
func (c *core) wait(a *answer, retry int) (time.Duration, bool) {
	if a != nil {
		if after, ok := c.retryAfter(a.header); ok {
			return after, after <= c.settings.maxRetryAfter
		}
	}

	return backoff.Delay(retry, c.knobs.Random()), true
}

// retryAfter returns how long the server asks to wait.
func (c *core) retryAfter(h http.Header) (time.Duration, bool) {
	return backoff.RetryAfter(h.Get("Retry-After"), c.knobs.Now())
}

// retryable reports whether the same request may succeed later.
func retryable(ctx context.Context, err error) bool {
	var apiErr *APIError
	if errors.As(err, &apiErr) {
		switch apiErr.Status {
		case http.StatusRequestTimeout, http.StatusTooManyRequests:
			return true
		case http.StatusNotImplemented:
			return false
		}

		return apiErr.Status >= http.StatusInternalServerError
	}

	var connectionErr *ConnectionError

	return errors.As(err, &connectionErr) && ctx.Err() == nil && !isCertificateError(err)
}

// isCertificateError reports whether the server showed a certificate that cannot be trusted.
func isCertificateError(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)

	return errors.As(err, &verification) || errors.As(err, &authority) ||
		errors.As(err, &host) || errors.As(err, &invalid)
}

// attempt sends a request once. The answer is there with an [APIError], too.
func (c *core) attempt(ctx context.Context, r *request, retry int) (*answer, error) {
	limited, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	req, err := r.http(limited, retry)
	if err != nil {
		return nil, err
	}

	res, err := c.client.Do(req)
	if err != nil {
		return nil, c.connectionError(ctx, limited, r, err)
	}
	defer func() { _ = res.Body.Close() }() // the body was read, or its connection is of no use any more

	a := &answer{status: res.StatusCode, header: res.Header, requestID: c.redact.Text(res.Header.Get(headerRequestID))}
	if a.body, a.tooLarge, err = readBody(res); err != nil {
		return nil, c.connectionError(ctx, limited, r, err)
	}
	if a.status < 200 || a.status > 299 {
		return a, c.apiError(a)
	}

	return a, nil
}

// readBody reads a body up to the limit, and reports whether there is more.
func readBody(res *http.Response) (body []byte, tooLarge bool, err error) {
	from := io.Reader(res.Body)
	if strings.EqualFold(res.Header.Get("Content-Encoding"), "gzip") {
		if from, err = gzip.NewReader(res.Body); err != nil {
			return nil, false, err
		}
	}

	body, err = io.ReadAll(io.LimitReader(from, longestBody+1))
	if len(body) > longestBody {
		return nil, true, nil
	}

	return body, false, err
}

// connectionError wraps the cause of an attempt without a whole answer. limited is the context of the attempt.
func (c *core) connectionError(ctx, limited context.Context, r *request, cause error) *ConnectionError {
	var outer *url.Error
	if errors.As(cause, &outer) {
		cause = outer.Err // the URL around it may hold a number
	}
	if ctx.Err() != nil {
		cause = endOf(ctx)
		return &ConnectionError{Err: cause, text: "the call ended early: " + c.redact.Text(cause.Error())}
	}

	e := &ConnectionError{Err: cause, text: "no whole answer from the server: " + c.redact.Text(cause.Error())}
	if limited.Err() != nil {
		e.text = "no whole answer from the server within " + r.timeout.String()
	}
	if c.hint != "" {
		e.text += ". " + c.hint
	}

	return e
}

// endOf says why a context ended, for errors.Is with the errors of package context as well as with a cause of the
// caller's.
func endOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) {
		return cause
	}

	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}

// sleep waits until the time is over or the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
