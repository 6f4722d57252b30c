package harness

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDriver_Lost(t *testing.T) {
	for _, row := range []struct{ manner, want string }{
		{"dies", "the driver died instead of answering: exit status 7"},
		{"hangs", "the driver did not answer within"},
		{"chats", `no answer (invalid character 'H' looking for beginning of value): "Hello, world"`},
		{"miscounts", "the driver's answer has not the id 2"},
		{"says_both", "needs one of ok and error"},
		{"misspells", `unknown field "sleep_ms"`},
	} {
		t.Run(row.manner, func(t *testing.T) {
			d, err := StartDriver(t.Context(), puppetCommand(row.manner))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(d.Kill)

			limit := 10 * time.Second
			if row.manner == "hangs" {
				limit = time.Millisecond
			}
			_, err = d.Do(map[string]any{"cmd": "call"}, limit)
			var lost *LostError
			if !errors.As(err, &lost) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want a LostError: %s", err, row.want)
			}
		})
	}
}

func TestStartDriver_Refuses(t *testing.T) {
	says := func(version, lacks string) string {
		const hello = `{"id": 1, "ok": {"sdk": "x", "version": "%s", "modes": ["sync"], "lacks": [%s]}}`
		return "read line; echo '" + fmt.Sprintf(hello, version, lacks) + "'"
	}

	for _, row := range []struct{ name, command, want string }{
		{"no such program", "exec /nonexistent/driver 2>/dev/null", "exit status 127"},
		{"ends at once", "exit 0", "the driver ended (exit status 0) instead of answering"},
		{"no version", says("", ""), "version"},
		{"an unknown lack", says("1", `"luxury"`), `lack "luxury"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, err := StartDriver(t.Context(), row.command)
			if err == nil {
				d.Kill()
			}
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}

func TestRunner_ReplacesALostDriverAFewTimes(t *testing.T) {
	r := startPuppet(t, "dies")
	c, err := newCase([]byte(`{"id": "a.b", "rule": "X-1", "call": {"cmd": "call"}, "want": {"ok": 1}}`))
	if err != nil {
		t.Fatal(err)
	}

	for i := range lossLimit + 2 {
		want := "the driver died"
		if i >= lossLimit {
			want = "not run, because the driver was lost 5 times"
		}
		if got := strings.Join(r.Run(c).Failures, "; "); !strings.Contains(got, want) {
			t.Errorf("run %d: %s, want %s", i+1, got, want)
		}
	}

	if result := r.Close(); result.Skipped == "" {
		t.Errorf("%+v, want it to be skipped", result)
	}
}

func TestRunner_WrongMode(t *testing.T) {
	_, err := NewRunner(t.Context(), puppetCommand("obedient"), "async")
	if err == nil || !strings.Contains(err.Error(), "the modes sync, and not async") {
		t.Error(err)
	}
}

func TestDriver_Close(t *testing.T) {
	for _, row := range []struct {
		manner, want string
		limit        time.Duration
	}{
		{"obedient", "", 10 * time.Second},
		{"stays", "the driver did not end within", time.Millisecond},
	} {
		t.Run(row.manner, func(t *testing.T) {
			d, err := StartDriver(t.Context(), puppetCommand(row.manner))
			if err != nil {
				t.Fatal(err)
			}
			err = d.Close(row.limit)
			if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
				t.Errorf("error %v, want %q", err, row.want)
			}
		})
	}
}
