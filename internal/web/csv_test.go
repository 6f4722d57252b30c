package web_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/web"
)

// rows writes a download and reads it back.
func rows(t testing.TB, name string, all ...[]any) (http.Header, [][]string) {
	t.Helper()
	w := httptest.NewRecorder()
	c, err := web.NewCSV(w, httptest.NewRequest(http.MethodGet, "/", nil), name, []string{"first", "second"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		if err := c.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	c.Finish(nil)

	read, err := csv.NewReader(w.Body).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(read) == 0 || read[0][0] != "first" || read[0][1] != "second" {
		t.Fatalf("the heading of %q is wrong", read)
	}

	return w.Header(), read[1:]
}

func TestCSV_Cells(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3*3600)
	for name, c := range map[string]struct {
		cell any
		want string
	}{
		"text":            {`a "b", c`, `a "b", c`},
		"nothing":         {nil, ""},
		"formula":         {"=1+1", "'=1+1"},
		"number of phone": {"+254700000000", "'+254700000000"},
		"minus":           {"-a", "'-a"},
		"at":              {"@SUM(A1)", "'@SUM(A1)"},
		"tab":             {"\t=1", "'\t=1"},
		"wide equals":     {"＝1", "'＝1"},
		"after spaces":    {" \u00a0=1", "' \u00a0=1"},
		"spaces":          {"  a = 1", "  a = 1"},
		"negative number": {-5, "-5"}, // a number computes nothing
		"fraction":        {0.035, "0.035"},
		"time":            {time.Date(2026, 12, 1, 15, 0, 0, 5e6, zone), "2026-12-01T12:00:00.005Z"},
		"no time":         {time.Time{}, ""},
		"truth":           {true, "true"},
		"other type":      {[]int{1, 2}, "[1 2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := rows(t, "a", []any{c.cell, "x"}); got[0][0] != c.want {
				t.Errorf("%q, want %q", got[0][0], c.want)
			}
		})
	}
}

func TestCSV_FileName(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"messages-failed.csv": "messages-failed.csv", "a b\"\r\nX: y": "a-b---X--y.csv", "../../etc/passwd": "etc-passwd.csv",
		"": "export.csv", "...": "export.csv", strings.Repeat("x", 200): strings.Repeat("x", 100) + ".csv",
	} {
		h, _ := rows(t, given)
		if got := h.Get("Content-Disposition"); got != `attachment; filename="`+want+`"` {
			t.Errorf("%q: %s", given, got)
		}
	}
}

// TestCSV_ClientGone: writing ends when nobody reads.
func TestCSV_ClientGone(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := web.NewCSV(w, r, "long", []string{"a"})
		for err == nil {
			err = c.Row(strings.Repeat("x", 1000))
		}
		ended <- err
		c.Finish(err)
	}))
	defer server.Close()

	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if errors.Is(err, web.ErrTooManyRows) {
			t.Error("a million rows were written for nobody")
		}
	case <-time.After(time.Minute):
		t.Fatal("it still writes")
	}
}

// TestCSV_TooMany: of a list that has more rows than a file, a browser gets a cut connection, and a script a last byte.
func TestCSV_TooMany(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := web.NewCSV(w, r, "long", []string{"a"})
		for err == nil {
			err = c.Row("x")
		}
		c.Finish(err)
	}))
	t.Cleanup(server.Close)

	for name, tt := range map[string]struct {
		watched string
		end     string // empty when the connection was cut
	}{
		"a browser": {},
		"a script":  {watched: "watched", end: "x\n\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Download", tt.watched)
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()

			body, err := io.ReadAll(answer.Body)
			if tt.end == "" {
				if err == nil {
					t.Error("it ended as if it were whole")
				}
			} else if lines := bytes.Count(body, []byte("\n")); err != nil || lines != web.MaxCSVRows+1 ||
				!bytes.HasSuffix(body, []byte(tt.end)) {
				t.Errorf("%d lines, %v", lines, err)
			}
		})
	}
}

// TestCSV_BrokenOff: a list that could not be read to its end is no complete download.
func TestCSV_BrokenOff(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := web.NewCSV(w, r, "broken", []string{"a"})
		for range 1000 {
			_ = c.Row("x")
		}
		c.Finish(errors.New("the database is gone"))
	}))
	defer server.Close()

	answer, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := csv.NewReader(answer.Body).ReadAll(); err == nil {
		t.Error("the client takes the half for the whole")
	}
}

// FuzzCSV: no text becomes a formula, whatever it is, and none moves into another cell.
func FuzzCSV(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0", "a")
	f.Add("\"\r\n=1+1", ",=1")
	f.Add("\xff=1", "＝1")
	f.Fuzz(func(t *testing.T, first, second string) {
		_, got := rows(t, first, []any{first, second}, []any{second, first})
		if len(got) != 2 || len(got[0]) != 2 {
			t.Fatalf("%q, %q became %q", first, second, got)
		}
		for _, row := range got {
			for _, cell := range row {
				text := strings.TrimLeft(cell, " ")
				if text != "" && strings.ContainsAny(string([]rune(text)[:1]), "=+-@\t\r\n") {
					t.Errorf("%q, %q: the cell %q", first, second, cell)
				}
			}
		}
	})
}
