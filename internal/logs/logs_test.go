package logs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/slogtest"
	"testing/synctest"
	"time"

	"github.com/syssecure/syssecure/internal/logs"
	"github.com/syssecure/syssecure/internal/secret"
)

// output is what was written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// take gives the lines since the last time, without their times.
func (o *output) take() (lines []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for line := range strings.Lines(o.text.String()) {
		_, line, _ = strings.Cut(line, " ")
		lines = append(lines, strings.TrimSpace(line))
	}
	o.text.Reset()

	return lines
}

func same(t *testing.T, when string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s it wrote %d lines:\n%s\nwant\n%s", when, len(got), strings.Join(got, "\n"), strings.Join(want,
			"\n"))
	}
}

func limited() (*logs.Handler, *slog.Logger, *output) {
	out := &output{}
	h := logs.Limit(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return h, slog.New(h), out
}

// TestLimit_Repeated checks that the first line is written immediately, then one a minute with the count, and none when
// the line is not repeated any more.
func TestLimit_Repeated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log, out := limited()
		defer h.Close()
		for n := range 50_000 {
			log.Warn("an answer to nothing that was asked", "carrier", "a", "sequence", n)
		}

		same(t, "at once", out.take(), `level=WARN msg="an answer to nothing that was asked" carrier=a sequence=0`)

		time.Sleep(logs.Every + time.Millisecond)
		synctest.Wait()
		same(t, "after a minute", out.take(),
			`level=WARN msg="an answer to nothing that was asked" carrier=a sequence=49999 repeated=49999`)
		log.Warn("an answer to nothing that was asked", "carrier", "a", "sequence", 7)
		same(t, "within the next minute", out.take())

		time.Sleep(logs.Every)
		synctest.Wait()
		same(t, "after the next minute", out.take(),
			`level=WARN msg="an answer to nothing that was asked" carrier=a sequence=7 repeated=1`)
		time.Sleep(10 * logs.Every)
		synctest.Wait()
		same(t, "when it has stopped", out.take())
		log.Warn("an answer to nothing that was asked", "carrier", "a", "sequence", 8)
		same(t, "when it comes again", out.take(),
			`level=WARN msg="an answer to nothing that was asked" carrier=a sequence=8`)
	})
}

// TestLimit_Different checks that lines about something else, or with another cause, are written.
func TestLimit_Different(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log, out := limited()
		defer h.Close()
		a, b := log.With("carrier", "a"), log.With("carrier", "b")
		for range 3 {
			a.Warn("the link is down", "error", errors.New("read 127.0.0.1:4711: refused"))
			a.Warn("the link is down", "error", errors.New("read 127.0.0.1:4712: refused"))
			a.Warn("the link is down", "error", errors.New("wrong password"))
			b.Warn("the link is down", "error", errors.New("wrong password"))
			a.Error("the link is down", "error", errors.New("wrong password"))
			log.Info("bound")
			a.WithGroup("g").Info("bound", "account", "acct_2")
		}

		same(t, "at once", out.take(),
			`level=WARN msg="the link is down" carrier=a error="read 127.0.0.1:4711: refused"`,
			`level=WARN msg="the link is down" carrier=a error="wrong password"`,
			`level=WARN msg="the link is down" carrier=b error="wrong password"`,
			`level=ERROR msg="the link is down" carrier=a error="wrong password"`,
			`level=INFO msg=bound`,
			`level=INFO msg=bound carrier=a g.account=acct_2`)
	})
}

// TestLimit_Bounded checks that lines that change all the time do not grow the log, and do not hide another message.
func TestLimit_Bounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log, out := limited()
		defer h.Close()
		word := func(n int) string {
			return strings.NewReplacer("0", "a", "1", "b", "2", "c", "3", "d", "4", "e", "5", "f", "6", "g", "7", "h",
				"8", "i", "9", "j").Replace(fmt.Sprint(n))
		}

		for n := range 10_000 {
			log.Warn("unreadable PDU", "carrier", "a", "error", "it begins with "+word(n))
		}
		if got := len(out.take()); got > 70 {
			t.Errorf("errors that differ made %d lines in a minute", got)
		}

		log.Warn("the disk is full")
		same(t, "meanwhile", out.take(), `level=WARN msg="the disk is full"`)

		for n := range 10_000 {
			log.Warn("message " + word(n))
		}
		if got := len(out.take()); got > 1100 {
			t.Errorf("messages that differ made %d lines in a minute", got)
		}

		time.Sleep(logs.Every + time.Millisecond)
		synctest.Wait()
		if got := strings.Join(out.take(), "\n"); strings.Count(got, "\n") > 3 || !strings.Contains(got,
			"repeated=99") {
			t.Errorf("after a minute it wrote %s", got)
		}
	})
}

// TestLimit_Close checks that counts are written, and that later lines are not limited.
func TestLimit_Close(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log, out := limited()
		for range 3 {
			log.Info("x")
		}
		h.Close()
		log.Info("x")
		same(t, "at the end", out.take(), "level=INFO msg=x", "level=INFO msg=x repeated=2", "level=INFO msg=x")
	})
}

// TestLimit_Secrets checks that secrets are redacted in the lines with counts, too.
func TestLimit_Secrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, log, out := limited()
		for range 2 {
			log.With("error", secret.NewString("hush-hush")).Info("x", "body", secret.NewString("735190"))
		}

		h.Close()
		lines := strings.Join(out.take(), "\n")
		if strings.Contains(lines, "hush") || strings.Contains(lines, "735190") || strings.Count(lines,
			"[redacted]") != 4 {
			t.Errorf("it wrote %s", lines)
		}
	})
}

// TestLimit_Debug checks that debug lines are not limited.
func TestLimit_Debug(t *testing.T) {
	t.Parallel()
	h, log, out := limited()
	defer h.Close()
	for range 3 {
		log.Debug("request")
	}
	same(t, "in all", out.take(), "level=DEBUG msg=request", "level=DEBUG msg=request", "level=DEBUG msg=request")
}

// TestLimit_SlogHandler runs the standard library's tests of handlers.
func TestLimit_SlogHandler(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	slogtest.Run(t, func(t *testing.T) slog.Handler {
		out.Reset()
		return logs.Limit(slog.NewJSONHandler(&out, nil))
	}, func(t *testing.T) map[string]any { return parse(t, out.Bytes()) })
}

func parse(t *testing.T, line []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(line, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestLimit_Reloads checks that each reload logs its outcome, also when only a number is different.
func TestLimit_Reloads(t *testing.T) {
	t.Parallel()
	h, log, out := limited()
	defer h.Close()
	for n := range 3 {
		log.With("reload", n).Info("read again", "valid_until", fmt.Sprintf("202%d", n))
		log.With("reload", n).Error("kept", "error", fmt.Errorf("expired at 202%d", n))
	}
	if lines := out.take(); len(lines) != 6 {
		t.Errorf("%d lines, want 6:\n%s", len(lines), strings.Join(lines, "\n"))
	}
}
