package carrier_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// While a provider throttles, no request leaves, and the pause has a bound, because the limit may have been one number's.
func TestWeb_PauseAfterThrottling(t *testing.T) {
	t.Parallel()
	var count atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count.Add(1) }))
	defer server.Close()
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}

	w := carrier.NewWeb(carrier.Common{Name: "a"}, []message.Channel{message.SMS}, slog.New(slog.DiscardHandler))
	defer w.Close()
	send := func() carrier.Result {
		return w.Submit(t.Context(), w.Client().Call(to, http.Header{}), func(webcall.Answer) carrier.Result {
			return carrier.Result{Outcome: carrier.Retry, Throttled: true, RetryAfter: time.Hour}
		})
	}

	if first := send(); first.RetryAfter != time.Hour {
		t.Fatalf("got %+v, want the answer's own wait", first)
	}
	got := send()
	if got.Outcome != carrier.Retry || !got.Throttled || got.RetryAfter <= 0 || got.RetryAfter > 10*time.Second {
		t.Errorf("got %+v, want a retry within 10s", got)
	}
	if count.Load() != 1 {
		t.Errorf("%d requests left, want 1", count.Load())
	}
}
