package live

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
)

// newerValue is what a newer server says instead of one of today's values.
func newerValue(today string) string { return "new_" + today }

// openFields hold values of lists to which a newer server may add others.
var openFields = []string{
	"status", "state", "channel", "reason", "type", "event", "encoding", "source", "disabled_reason", "code",
}

// beyond64Bits is a number that a field which no SDK knows may have.
const beyond64Bits = json.Number("18446744073709551616")

// freeFields hold what the user or another document put there, which no server changes.
var freeFields = []string{"metadata", "translations", "spend_cap_countries", "payload", "example", "schema"}

// newerServer answers as a later version of the server might: with fields and values that no SDK knows.
func newerServer(of string) (http.Handler, error) {
	target, err := url.Parse(of)
	if err != nil {
		return nil, err
	}

	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return err
		}
		if body, err = json.Marshal(renew(v)); err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		r.Header.Set("X-Newer", "1")
		return nil
	}

	return proxy, nil
}

func renew(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = renew(v[i])
		}
	case map[string]any:
		for name, inner := range v {
			if text, ok := inner.(string); ok && slices.Contains(openFields, name) {
				v[name] = newerValue(text)
			} else if !slices.Contains(freeFields, name) {
				v[name] = renew(inner)
			}
		}
		v["newer_text"] = "x"
		v["newer_object"] = map[string]any{"list": []any{1, nil, map[string]any{}}, "large": beyond64Bits}
	}

	return v
}
