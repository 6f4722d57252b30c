package httpapi_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
)

// raw sends a request with the test key and further header lines, which can repeat a header.
func (a *api) raw(t testing.TB, method, path, body string, lines ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+a.test)
	r.Header.Set("Content-Type", "application/json")
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header[name] = append(r.Header[name], value)
	}

	w := answer{ResponseRecorder: httptest.NewRecorder(), t: t}
	a.ServeHTTP(w.ResponseRecorder, r)
	w.text = w.Body.String()
	if err := json.Unmarshal([]byte(w.text), &w.json); err != nil {
		t.Errorf("%s %s: answered %d with no JSON object: %q", method, path, w.Code, w.text)
	}

	return w
}
