package httpapi_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// maxPage is the documented bound.
const maxPage = 1_000_000

// bigTemplate is the body of a template of 59 KB.
func bigTemplate(name string) string {
	var texts []string
	for i := range 40 {
		texts = append(texts, fmt.Sprintf("%q:%q", fmt.Sprintf("en-x-v%d", i), "{{code}} "+strings.Repeat("x", 1450)))
	}
	return fmt.Sprintf(`{"name":%q,"translations":{%s}}`, name, strings.Join(texts, ","))
}

// allPages reads a list to its end and returns the ids, and how many pages there were.
func (a *api) allPages(t *testing.T, key, path string) (ids []string, pages int) {
	t.Helper()
	for cursor := ""; ; pages++ {
		w := a.call(t, key, "GET", path+"&cursor="+url.QueryEscape(cursor), "").ok()
		if len(w.text) > maxPage {
			t.Errorf("a page has %d bytes", len(w.text))
		}

		for _, v := range w.json["data"].([]any) {
			row := v.(map[string]any)
			for _, field := range []string{"id", "message_id", "otp_id"} {
				if s, ok := row[field].(string); ok {
					ids = append(ids, s)
					break
				}
			}
		}
		if cursor = w.str("next_cursor"); cursor == "" {
			return ids, pages + 1
		}
	}
}

func TestPages_LargeTemplates(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	made := map[string]bool{}
	for i := range 120 {
		made[a.call(t, a.live, "POST", "/v2/templates", bigTemplate(fmt.Sprint("t", i))).ok().str("id")] = true
	}

	for _, limit := range []int{1, 7, 100} {
		ids, pages := a.allPages(t, a.live, fmt.Sprintf("/v2/templates?limit=%d", limit))
		for _, one := range ids {
			if !made[one] {
				t.Errorf("limit %d: %s is listed twice, or was never made", limit, one)
			}
			delete(made, one)
		}
		if len(made) != 0 || len(ids) != 120 {
			t.Errorf("limit %d: %d listed, %d are missing", limit, len(ids), len(made))
		}
		if least := 120 / limit; pages < least || limit == 100 && pages < 120*59_000/maxPage {
			t.Errorf("limit %d: %d pages", limit, pages)
		}
		for _, one := range ids {
			made[one] = true
		}
	}
}

func TestPages_LargeMetadata(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{Credits: 100_000})
	metadata := strings.Repeat(`é`, 1900)
	for i := range 130 {
		body := fmt.Sprintf(`{"to":%q,"channels":["sms"],"metadata":{"x":%q}}`, testworld.Number(i), metadata)
		a.call(t, a.live, "POST", "/v2/otp/send", body).ok()
		body = fmt.Sprintf(`{"to":%q,"body":"x","metadata":{"x":%q}}`, testworld.Number(i), metadata)
		a.call(t, a.live, "POST", "/v2/sms/send", body).ok()
	}

	for path, want := range map[string]int{
		"/v2/otp?limit=100": 130, "/v2/messages?limit=100": 130, "/v2/otp?limit=100&channel=sms": 130,
	} {
		if ids, _ := a.allPages(t, a.live, path); len(ids) != want {
			t.Errorf("%s: %d listed, want %d", path, len(ids), want)
		}
	}
}

// TestPages_SlowReaders: a client that reads its lists slowly delays no other account.
func TestPages_SlowReaders(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	for i := range 10 {
		a.call(t, a.live, "POST", "/v2/templates", bigTemplate(fmt.Sprint("t", i))).ok()
	}

	other := a.stranger(t, id.Live)

	hold := make(chan struct{})
	var begun, done sync.WaitGroup
	for range 16 {
		begun.Add(1)
		done.Go(func() {
			r := httptest.NewRequest("GET", "/v2/templates", nil)
			r.Header.Set("Authorization", "Bearer "+a.live)
			a.ServeHTTP(&slowReader{
				ResponseRecorder: httptest.NewRecorder(), begun: sync.OnceFunc(begun.Done), hold: hold,
			}, r)
		})
	}

	begun.Wait()

	for range 20 {
		a.call(t, other, "GET", "/v2/templates", "").ok()
	}

	a.call(t, a.live, "GET", "/v2/balance", "").ok() // other requests are not limited
	close(hold)
	done.Wait()
	a.call(t, a.live, "GET", "/v2/templates", "").ok()
}

// slowReader blocks writes until hold is closed.
type slowReader struct {
	*httptest.ResponseRecorder
	begun func()
	hold  chan struct{}
}

func (w *slowReader) Write(b []byte) (int, error) {
	w.begun()
	<-w.hold
	return w.ResponseRecorder.Write(b)
}
