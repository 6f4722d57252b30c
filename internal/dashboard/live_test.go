package dashboard_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// reads opens a stream, and reads it up to a text. Another text may not come before that.
func (b *browser) reads(t *testing.T, path, until, never string) {
	t.Helper()
	answer, err := b.Do(b.request(t, "GET", path, "", "Accept", "text/event-stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if never != "" && strings.Contains(lines.Text(), never) {
			t.Fatalf("%s: the stream has %s", path, lines.Text())
		}
		if strings.Contains(lines.Text(), until) {
			return
		}
	}
	t.Errorf("%s: the stream ended without %s: %v", path, until, lines.Err())
}

// TestLive: what happens appears in an open list by itself.
func TestLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	w.answering(http.StatusNoContent, "")
	hook, _ := owner.addEndpoint(t, "https://example.com/hook")
	now := w.Clock.Now()
	request, change := id.NewRequest(now), id.NewAudit(now)

	for name, c := range map[string]struct {
		path string
		make func(t *testing.T) (shown string)
	}{
		"texts from phones": {w.at(id.Live, "/inbound/live"), func(t *testing.T) string {
			w.sendCode(t, id.Live, "+32470987654")
			w.Settle()
			in := carrier.Inbound{Carrier: "smsc", From: "+32470987654", To: "Acme", Body: secret.NewString("On my way")}
			if _, err := w.Inbound(t.Context(), in); err != nil {
				t.Error(err)
			}
			return "On my way"
		}},
		"requests": {w.at(id.Test, "/requests/live?method=POST"), func(t *testing.T) string {
			line := store.Request{ID: request, At: now, Method: "POST", Path: "/v2/otp/send", Status: 200, Key: "ab12CD34"}
			w.insert(t, store.RequestBatch{
				Account: w.Account, Mode: id.Test, ID: id.NewRequest(now), From: now, To: now, Requests: []store.Request{line},
			})
			return `id="` + request.String() + `"`
		}},
		"changes": {w.at(id.Test, "/audit/live?action=key"), func(t *testing.T) string {
			w.insert(t, store.Audit{Account: w.Account, ID: change, Mode: id.Test, Action: audit.KeyRotated, At: now})
			return `id="` + change.String() + `"`
		}},
		"deliveries": {hook + "/deliveries/live", func(t *testing.T) string {
			w.sendCode(t, id.Test, "+32470123456")
			return `<code>HTTP 204</code>`
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := owner.Do(owner.request(t, "GET", c.path, "", "Accept", "text/event-stream"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = answer.Body.Close() }()

			shown, lines := c.make(t), bufio.NewScanner(answer.Body)
			for lines.Scan() {
				if strings.Contains(lines.Text(), shown) {
					return
				}
			}
			t.Errorf("the stream ended without %s: %v", shown, lines.Err())
		})
	}
}

// TestLive_Filtered: a row that does not match the filter any more leaves the list.
func TestLive_Filtered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	o := w.sendCode(t, id.Test, "+15005550010") // of which nothing is reported, so it stays sent
	path := w.at(id.Test, "/verifications/live?status=sent")
	answer, err := owner.Do(owner.request(t, "GET", path, "", "Accept", "text/event-stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	lines := bufio.NewScanner(answer.Body)
	for canceled := false; lines.Scan(); {
		switch text := lines.Text(); {
		case !canceled && strings.Contains(text, `<tr id="`+o.String()+`"`):
			if _, _, err := w.CancelOTP(t.Context(), w.Test, o, nil); err != nil {
				t.Fatal(err)
			}
			canceled = true
		case canceled && text == "event: only":
			if lines.Scan(); lines.Text() != "data: " {
				t.Errorf("the list still has %s", lines.Text())
			}
			return
		}
	}
	t.Errorf("the stream ended: %v", lines.Err())
}
