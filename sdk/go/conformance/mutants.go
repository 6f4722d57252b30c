package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// mutants are faults that the suite must find. Each changes what the SDK sends or gets, from outside.
var mutants = map[string]struct {
	transport func(m mutant, req *http.Request) (*http.Response, error)
	time      func(now time.Time, header string) time.Time
}{
	"drops-the-key-on-retry":         {transport: dropKey},
	"new-key-for-each-attempt":       {transport: newKey},
	"retries-400":                    {transport: retry400},
	"ignores-retry-after":            {transport: ignoreRetryAfter},
	"reads-retry-after-leniently":    {transport: readLeniently},
	"follows-redirects":              {transport: followRedirects},
	"logs-the-code":                  {transport: logBody},
	"changes-metadata-keys":          {transport: changeMetadataKeys},
	"retries-certificate-errors":     {transport: hideCertificateErrors},
	"shares-the-timeout":             {transport: shareTimeout},
	"drops-filters-on-the-next-page": {transport: dropFilters},
	"takes-webhooks-from-the-future": {time: neverEarly},
}

// mutant is a transport with a fault.
type mutant struct {
	command *command
	next    http.RoundTripper
	change  func(m mutant, req *http.Request) (*http.Response, error)
}

func (m mutant) RoundTrip(req *http.Request) (*http.Response, error) {
	return m.change(m, req.Clone(req.Context()))
}

const retryCount = "X-SysSecure-Retry-Count"

func dropKey(m mutant, req *http.Request) (*http.Response, error) {
	if req.Header.Get(retryCount) != "" {
		req.Header.Del("Idempotency-Key")
	}

	return m.next.RoundTrip(req)
}

var keys atomic.Int64

func newKey(m mutant, req *http.Request) (*http.Response, error) {
	if req.Header.Get(retryCount) != "" && req.Header.Get("Idempotency-Key") != "" {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("ss-00000000-0000-4000-8000-%012x", keys.Add(1)))
	}

	return m.next.RoundTrip(req)
}

// again drops an answer and sends its request once more, to another address if there is one.
func (m mutant) again(res *http.Response, req *http.Request, to *url.URL) (*http.Response, error) {
	if err := res.Body.Close(); err != nil {
		return nil, err
	}
	second := req.Clone(req.Context())
	if to != nil {
		second.URL = to
	}
	if req.GetBody != nil {
		second.Body, _ = req.GetBody() // of bytes in memory, which cannot fail
	}

	return m.next.RoundTrip(second)
}

func retry400(m mutant, req *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(req)
	if err != nil || res.StatusCode != http.StatusBadRequest {
		return res, err
	}
	req.Header.Set(retryCount, "1")

	return m.again(res, req, nil)
}

func followRedirects(m mutant, req *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	to, err := res.Location()
	if err != nil {
		return res, nil
	}

	return m.again(res, req, to)
}

func ignoreRetryAfter(m mutant, req *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(req)
	if err == nil {
		res.Header.Del("Retry-After")
	}

	return res, err
}

var leadingDigits = regexp.MustCompile(`^[0-9]+`)

func readLeniently(m mutant, req *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(req)
	if err == nil {
		if digits := leadingDigits.FindString(res.Header.Get("Retry-After")); digits != "" {
			res.Header.Set("Retry-After", digits)
		}
	}

	return res, err
}

func logBody(m mutant, req *http.Request) (*http.Response, error) {
	if req.GetBody != nil {
		body, _ := req.GetBody() // of bytes in memory, which cannot fail
		text, _ := io.ReadAll(body)
		fmt.Fprintf(&m.command.logs, "sent %s\n", text)
	}

	return m.next.RoundTrip(req)
}

func changeMetadataKeys(m mutant, req *http.Request) (*http.Response, error) {
	if req.GetBody == nil {
		return m.next.RoundTrip(req)
	}
	var fields map[string]any
	if err := json.NewDecoder(req.Body).Decode(&fields); err != nil {
		return nil, err
	}
	if metadata, ok := fields["metadata"].(map[string]any); ok {
		changed := map[string]any{}
		for key, value := range metadata {
			changed[strings.ReplaceAll(key, "_", "")] = value
		}
		fields["metadata"] = changed
	}

	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))

	return m.next.RoundTrip(req)
}

func hideCertificateErrors(m mutant, req *http.Request) (*http.Response, error) {
	res, err := m.next.RoundTrip(req)
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return nil, errors.New("the connection failed")
	}

	return res, err
}

func shareTimeout(m mutant, req *http.Request) (*http.Response, error) {
	m.command.mutex.Lock()
	if req.Header.Get(retryCount) == "" {
		m.command.deadline, _ = req.Context().Deadline()
	}
	ctx, cancel := context.WithDeadline(req.Context(), m.command.deadline)
	m.command.mutex.Unlock()
	res, err := m.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	context.AfterFunc(req.Context(), cancel)

	return res, nil
}

func dropFilters(m mutant, req *http.Request) (*http.Response, error) {
	for _, name := range []string{"cursor", "after"} {
		if cursor := req.URL.Query().Get(name); cursor != "" {
			req.URL.RawQuery = url.Values{name: {cursor}}.Encode()
		}
	}

	return m.next.RoundTrip(req)
}

// neverEarly takes the time of a webhook for now when it is later.
func neverEarly(now time.Time, header string) time.Time {
	_, rest, _ := strings.Cut(header, "t=")
	digits, _, _ := strings.Cut(rest, ",")
	if at, err := strconv.ParseInt(digits, 10, 64); err == nil && time.Unix(at, 0).After(now) {
		return time.Unix(at, 0)
	}

	return now
}
