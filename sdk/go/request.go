package syssecure

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/wire"
)

const (
	headerIdempotencyKey = "Idempotency-Key"
	headerRetryCount     = "X-Syssecure-Retry-Count"
	headerRequestID      = "X-Request-Id"
)

// operation is one thing that the API can do, with its arguments.
type operation struct {
	method string
	path   string   // with the names of its parameters in braces, relative to /v2
	ids    []string // the values of these parameters
	query  any      // a params struct, or a map
	body   any      // a params struct, or any value when raw is set; nil for no body
	raw    bool     // for Client.Request: the path is encoded already

	cursorName, cursor string // sent in place of the query's own when a list goes on
}

// request is a call, ready to be sent as often as necessary.
type request struct {
	callSettings

	operation operation
	url       string
	body      []byte
	header    http.Header
}

// prepare checks the arguments of a call and encodes them.
func (c *core) prepare(op operation, options []RequestOption) (*request, *ConfigurationError) {
	if c.err != nil {
		return nil, c.err
	}
	if c.closed.Load() {
		return nil, configurationError("the client is closed")
	}

	r := &request{callSettings: c.settings.callSettings, operation: op}
	r.headers = r.headers.Clone()
	for _, o := range options {
		o.applyToCall(&r.callSettings)
	}
	if r.err != nil {
		return nil, r.err
	}

	path, err := fillPath(op)
	if err != nil {
		return nil, err
	}
	r.url = c.baseURL + path
	if err := r.encode(); err != nil {
		return nil, err
	}
	r.setHeaders(c)

	return r, nil
}

// fillPath puts the values of its parameters into a path.
func fillPath(op operation) (string, *ConfigurationError) {
	path := op.path
	for _, id := range op.ids {
		start, end := strings.IndexByte(path, '{'), strings.IndexByte(path, '}')
		if id == "" || id == "." || id == ".." {
			return "", configurationError("%s must not be empty, . or ..", path[start+1:end])
		}
		path = path[:start] + wire.Escape(id) + path[end+1:]
	}

	return path, nil
}

// rawPath checks the path of a request that the package does not know, and encodes what must be encoded.
func rawPath(path string) (string, *ConfigurationError) {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return "", configurationError("the path must begin with one slash, such as /balance, and name no host")
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return "", configurationError("the path must not hold a query or a fragment: give the query in RequestParams")
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == ".." || segment == "." {
			return "", configurationError("the path must not hold . or .. as a part")
		}
	}

	path = u.EscapedPath()
	if rest, ok := strings.CutPrefix(path, "/v2/"); ok {
		return "/" + rest, nil
	}

	return path, nil
}

// encode writes the parameters of the call as its query and body.
func (r *request) encode() *ConfigurationError {
	op := r.operation
	query, err := paramsOf(op.query)
	if err != nil {
		return err
	}
	body, into := op.body, query
	if body != nil && !op.raw {
		if into, err = paramsOf(body); err != nil {
			return err
		}
		body = into
	}
	maps.Copy(into, r.params)
	if op.cursor != "" {
		query[op.cursorName] = op.cursor
	}

	if text := wire.Query(query); text != "" {
		r.url += "?" + text
	}
	if body == nil {
		return nil
	}

	text, bodyErr := wire.Body(body)
	if bodyErr != nil {
		return configurationError("%v", bodyErr)
	}
	r.body = text

	return nil
}

// paramsOf returns parameters under their names in the API, in a new map.
func paramsOf(params any) (map[string]any, *ConfigurationError) {
	switch params := params.(type) {
	case nil:
		return map[string]any{}, nil
	case map[string]any:
		fields := maps.Clone(params)
		if fields == nil {
			fields = map[string]any{}
		}

		return fields, nil
	}

	fields, err := wire.Params(params)
	if err != nil {
		return nil, configurationError("%v", err)
	}

	return fields, nil
}

// setHeaders sets the headers that are the same on each attempt.
func (r *request) setHeaders(c *core) {
	h := http.Header{"User-Agent": {c.userAgent}, "Accept": {"application/json"}}
	if r.body != nil {
		h.Set("Content-Type", "application/json")
	}
	switch {
	case r.idempotencyKey != nil:
		h.Set(headerIdempotencyKey, *r.idempotencyKey)
	case r.operation.method == http.MethodPost:
		h.Set(headerIdempotencyKey, newIdempotencyKey())
	}
	maps.Copy(h, r.headers)
	h.Set("Authorization", "Bearer "+c.redact.Secret())
	r.header = h
}

// newIdempotencyKey returns a random UUID, version 4, with a prefix that tells where it was made.
func newIdempotencyKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80

	return fmt.Sprintf("ss-%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// http returns the request of one attempt; retry is 0 for the first.
func (r *request) http(ctx context.Context, retry int) (*http.Request, error) {
	var req *http.Request
	var err error
	if r.body == nil {
		req, err = http.NewRequestWithContext(ctx, r.operation.method, r.url, nil)
	} else {
		req, err = http.NewRequestWithContext(ctx, r.operation.method, r.url, bytes.NewReader(r.body))
	}
	if err != nil {
		return nil, configurationError("the method or the path of the request is not valid")
	}

	req.Header = r.header.Clone()
	if retry > 0 {
		req.Header.Set(headerRetryCount, strconv.Itoa(retry))
	}

	return req, nil
}
