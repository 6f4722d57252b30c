package dashboard_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestFailures_Page: a screen that fails or panics is answered with the dashboard's own page, which has the request's id
// and leads back to what failed. What went wrong is in the log only.
func TestFailures_Page(t *testing.T) {
	t.Parallel()
	cause := errors.New("secret cause")
	for name, fails := range map[string]func(context.Context) (admin.Instance, error){
		"an error": func(context.Context) (admin.Instance, error) { return admin.Instance{}, cause },
		"a panic":  func(context.Context) (admin.Instance, error) { panic(cause) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			w := newWorld(t, func(v *screen.Verbs) {
				v.Instance, v.Log = fails, slog.New(slog.NewTextHandler(&log, nil))
			})
			p := w.operator.get(t, "/dashboard/instance?x=1").shows(t, 500, "The page cannot be shown", "Try again",
				"req_test", "Status 500", `href="/dashboard/instance?x=1"`)
			if strings.Contains(p.raw, "secret cause") || !strings.Contains(p.raw, `href="/dashboard/carriers"`) {
				t.Error("the page tells the cause, or has no navigation")
			}
			if got := log.String(); !strings.Contains(got, "secret cause") || !strings.Contains(got, "request=req_test") {
				t.Errorf("the log has %q", got)
			}
		})
	}
}

// TestFailures_Form: a form that fails leads back to its page, also when the browser does not say which one it was.
func TestFailures_Form(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(v *screen.Verbs) { v.Engine = nil })
	owner := w.user(t, w.Account, signin.Owner)
	inbox := w.at(id.Test, "/inbox")
	p := owner.post(t, inbox+"/clock", url.Values{"advance": {"5m"}}, "Referer", w.base+inbox)
	p.shows(t, 500, "Try again", `href="`+inbox+`"`)
	owner.post(t, inbox+"/clock", url.Values{"advance": {"5m"}}).shows(t, 500, "Try again", `href="`+inbox+`"`)
}

// TestFailures_Begun: an answer that has begun is cut off when its screen panics, so that half a list is not taken for one.
func TestFailures_Begun(t *testing.T) {
	t.Parallel()
	stream := func(*screen.Request) (screen.Answer, error) {
		return screen.Stream(func(q *screen.Request) error {
			_, _ = io.WriteString(q.Writer, "half")
			if err := http.NewResponseController(q.Writer).Flush(); err != nil {
				return err
			}
			panic("in the middle")
		}), nil
	}
	frame, err := screen.New(screen.Verbs{Log: slog.New(slog.DiscardHandler), People: &people.People{}}, nil,
		[]screen.Set{{Routes: []screen.Route{{Pattern: "GET /dashboard/half", Handle: stream}}}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(frame)
	defer server.Close()

	answer, err := http.Get(server.URL + "/dashboard/half")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if text, err := io.ReadAll(answer.Body); err == nil || string(text) != "half" {
		t.Errorf("the answer ended with %q and %v, as if it were whole", text, err)
	}
}

// TestFailures_Reading: a file and a live list that cannot be read on break off, and the log says why.
func TestFailures_Reading(t *testing.T) {
	t.Parallel()
	cause := errors.New("secret cause")
	for name, c := range map[string]struct {
		answer func(q *screen.Request) (screen.Answer, error)
		whole  bool
	}{
		"a file": {answer: func(q *screen.Request) (screen.Answer, error) {
			return q.CSV("list", []string{"id"}, func(below [16]byte) ([][]any, [16]byte, error) {
				if below != ([16]byte{}) {
					return nil, [16]byte{}, cause
				}
				return [][]any{{"first"}}, [16]byte{1}, nil
			}), nil
		}},
		"a live list": {whole: true, answer: func(q *screen.Request) (screen.Answer, error) {
			return q.Live("error", func(context.Context) ([]screen.LiveRow, error) { return nil, cause }), nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			w := newWorld(t, func(v *screen.Verbs) { v.Log = slog.New(slog.NewTextHandler(&log, nil)) })
			frame, err := screen.New(w.verbs, nil, []screen.Set{{Routes: []screen.Route{
				{Pattern: "GET /dashboard/read", Access: screen.SignedIn, Handle: c.answer},
			}}})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(frame)
			r := w.operator.request(t, "GET", "/dashboard/read", "", "Cookie", "ss="+w.operator.token.Reveal())
			r.URL.Host = strings.TrimPrefix(server.URL, "http://")
			var text []byte
			answer, err := http.DefaultClient.Do(r)
			if err == nil {
				text, err = io.ReadAll(answer.Body)
				_ = answer.Body.Close()
			}
			server.Close() // so that the log is complete
			if (err == nil) != c.whole || strings.Contains(string(text), "secret cause") {
				t.Errorf("the answer ended with %q and %v", text, err)
			}
			if !strings.Contains(log.String(), "secret cause") || !strings.Contains(log.String(), "path=/dashboard/read") {
				t.Errorf("the log has %q", log.String())
			}
		})
	}
}
