package cli_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/cli"
	"github.com/syssecure/syssecure/internal/webhook"
)

// lines is a writer that a test can read while the command writes.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestListen_Forwards checks that new events of the sandbox are forwarded, signed with the secret that was printed,
// with a line for each.
func TestListen_Forwards(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	base, stop := i.serve(t)
	defer stop()
	var a, k created
	i.json(&a, "account", "create", "--name", "Acme", "--json")
	i.json(&k, "key", "create", "--account", a.ID, "--mode", "test", "--json")
	send := func() {
		if code, text := call(t, "POST", base+"/v2/otp/send", k.Secret, `{"to":"+15005550006","channels":["sms"]}`); code != 200 {
			t.Fatalf("send: %d %s", code, text)
		}
	}
	send()
	type hit struct {
		header http.Header
		body   string
	}
	hits := make(chan hit, 100)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		hits <- hit{r.Header, string(b)}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer app.Close()
	var out, errs lines
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- cli.Run(ctx, []string{"listen", "--forward", app.URL + "/hook", "--key", k.Secret, "--url", base +
			"/v2", "--config", i.config}, cli.IO{Out: &out, Err: &errs})
	}()
	wait := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s did not come: %s%s", what, out.String(), errs.String())
			}
		}
	}
	wait("the greeting", func() bool { return strings.Contains(out.String(), "Ctrl-C") })
	secret := regexp.MustCompile(`whsec_\S+`).FindString(out.String())
	old := len(hits)
	if code, text := call(t, "POST", base+"/v2/otp/send", k.Secret, `{"to":"+15005550018","channels":["sms"]}`); code != 200 {
		t.Fatalf("send: %d %s", code, text)
	}
	events := map[string]bool{}
	for len(events) < 3 {
		select {
		case h := <-hits:
			event := h.header.Get(webhook.HeaderEvent)
			events[event] = true
			at, _, _ := strings.Cut(strings.TrimPrefix(h.header.Get(webhook.HeaderSignature), "t="), ",")
			unix, err := strconv.ParseInt(at, 10, 64)
			if err != nil || at != h.header.Get(webhook.HeaderStandardTime) {
				t.Fatal(at, err)
			}
			if want := webhook.Sign([]string{secret}, unix, h.header.Get(webhook.HeaderEventID),
				[]byte(h.body)); h.header.Get(webhook.HeaderSignature) != want.Ours ||
				h.header.Get(webhook.HeaderStandardSignature) != want.Standard {
				t.Errorf("%s is not signed with %s", event, secret)
			}
			if strings.Contains(h.body, "+15005550006") {
				t.Errorf("an old event was forwarded: %s", h.body)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("got %v (%d before): %s%s", events, old, out.String(), errs.String())
		}
	}
	if !events["message.sent"] || !events["message.delivered"] || !events["contact.opted_out"] {
		t.Errorf("got %v", events)
	}
	wait("a line for each", func() bool { return strings.Count(out.String(), "202 Accepted") >= 3 })
	cancel()
	if code := <-ended; code != 0 {
		t.Errorf("ended with %d: %s", code, errs.String())
	}
}

func TestListen_Errors(t *testing.T) {
	t.Parallel()
	i := install(t, "")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"listen"}, "--forward"},
		{[]string{"listen", "--forward", "localhost:3000", "--key", "sk_test_x"}, "must be a URL"},
		{[]string{"listen", "--forward", "http://localhost", "--key", "sk_live_x"}, "sk_test_"},
		{[]string{"listen", "--forward", "http://localhost"}, "sk_test_"},
		{
			[]string{"listen", "--forward", "http://localhost", "--key", "sk_test_x", "--events", "otp.sent"},
			"not an event",
		},
		{
			[]string{"listen", "--forward", "http://localhost", "--key", "sk_test_x", "--url", "http://127.0.0.1:1"},
			"connect",
		},
	} {
		if code, _, errs := i.run(c.args...); code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, %s", c.args, code, errs)
		}
	}
}
