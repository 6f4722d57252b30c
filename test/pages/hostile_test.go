//go:build browser

package pages

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostile are texts that would run if a page took them as markup.
var hostile = []string{
	`"><img src=x onerror=window.hacked=1>`, `</title></textarea><script>window.hacked=1</script>`,
	`' autofocus onfocus=window.hacked=1 x='`, `javascript:window.hacked=1//`, `<svg/onload=window.hacked=1>`,
	"=HYPERLINK(\"http://evil\") \u202e<b>", `${window.hacked=1} {%raw%}`,
}

// api calls the server with a key, and returns the answer's body.
func (i installation) api(t testing.TB, key, method, path string, body any) string {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, i.base+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", i.program)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s %s: answered %d: %s (%v)", method, path, answer.StatusCode, text, err)
	}

	return string(text)
}

// poison writes hostile texts into every field that a stranger can fill.
func (i installation) poison(t testing.TB, key, receiver string) {
	t.Helper()
	all := strings.Join(hostile, " ")
	metadata := map[string]any{}
	for _, h := range hostile {
		metadata[h[:min(len(h), 30)]] = h
	}
	for _, to := range []string{"+15005550006", "+15005550002", "+15005550021"} {
		i.api(t, key, "POST", "/v2/otp/send", map[string]any{
			"to": to, "channels": []string{"sms", "voice"}, "metadata": metadata, "purpose": hostile[0],
		})
		i.api(t, key, "POST", "/v2/sms/send", map[string]any{"to": to, "body": all, "from": "A & B", "metadata": metadata})
	}
	i.api(t, key, "POST", "/v2/templates", map[string]any{
		"name": hostile[0], "translations": map[string]string{"en": "{{code}} " + all},
	})
	i.api(t, key, "POST", "/v2/webhooks", map[string]any{"url": receiver + "/" + "?q=%3Cscript%3E", "description": all[:150]})
	i.api(t, key, "POST", "/v2/keys", map[string]any{"name": hostile[0]})
	i.api(t, key, "POST", "/v2/otp/send", map[string]any{"to": "+15005550012", "channels": []string{"sms"}})
}

// TestDashboard_Hostile: no screen runs what strangers wrote, or even tries to.
func TestDashboard_Hostile(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(strings.Join(hostile, "\n"))) // what the delivery shows
	}))
	defer receiver.Close()
	b, i := newTab(t, browser(t)), serveNew(t, "SYSSECURE_WEBHOOKS_ALLOW_CIDRS=127.0.0.0/8")
	i.program = hostile[0] + hostile[1]
	i.poison(t, i.setUp(t, b), receiver.URL)
	b.open(t, i.base+"/dashboard")
	b.do(t, chromedp.WaitVisible(css(".side")))

	seen, kinds := map[string]bool{}, map[string]int{}
	queue := value[[]string](t, b, `[...document.querySelectorAll('.side a')].map((a) => a.pathname)`)
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if kind := kindOf(path); seen[path] || kinds[kind] == 3 { // three of a kind are enough
			continue
		} else {
			seen[path] = true
			kinds[kind]++
		}

		b.open(t, i.base+path)
		if value[bool](t, b, `window.hacked !== undefined`) {
			t.Errorf("%s ran what a stranger wrote", path)
		}
		queue = append(queue, value[[]string](t, b, links)...)
		b.sound(t)
	}
	if len(seen) < 30 {
		t.Errorf("only %d pages were looked at", len(seen))
	}
}

// links are the paths to which the main part of a page leads.
const links = `[...document.querySelectorAll('main table a, main .actions a')].map((a) => a.pathname)
  .filter((p) => p.startsWith('/dashboard/') && !p.endsWith('.csv'))`

var ids = regexp.MustCompile(`/(otp|msg|tmpl|whe|evt|req|aud)_[0-9A-Z]+|/key_\w+|/[0-9a-f]{32}`)

// kindOf is a path without its ids.
func kindOf(path string) string { return ids.ReplaceAllString(path, "/id") }
