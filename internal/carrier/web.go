package carrier

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

const (
	// WebAnswerTimeout and WebInFlight are the defaults of kinds that send each message by an HTTP request.
	WebAnswerTimeout = 15 * time.Second
	WebInFlight      = 256

	// longestPause bounds how long one throttled submit delays the others: the limit may have been that number's only.
	longestPause = 10 * time.Second
)

// BaseKey is the key that replaces a provider's host.
func BaseKey(to *string, provider string) setting.Key {
	return setting.Key{Name: "api_base", To: to, Doc: "replaces " + provider + "'s host, for a proxy or a test"}
}

// CheckBase finds what is wrong with the host of a provider, which is usually the one of the example.
// A slash at its end is removed.
func CheckBase(base *string, example string, found *setting.Findings) {
	*base = strings.TrimRight(*base, "/")
	if !setting.WebAddress(*base) || strings.ContainsAny(*base, "?#") {
		found.Problem("api_base", "api_base must be an http or https address without a query, such as %q", example)
	}
}

// NeedsPublicURL finds receipts that cannot come, because the provider gets their address from public_url.
func (c *Common) NeedsPublicURL(provider string, found *setting.Findings) {
	if c.Receipts && c.PublicURL == "" {
		found.Problem("receipts",
			"receipts needs public_url, where %s reaches this server; set it, or receipts = false", provider)
	}
}

// Throttled is the cause of a submit over the provider's limit.
const Throttled = "the provider accepts no more messages for now"

// Web is what carriers that send each message by an HTTP request have in common: everything of Carrier but Send. It is safe
// for concurrent use.
type Web struct {
	common   Common
	channels []message.Channel
	client   *webcall.Client
	rate     atomic.Int64 // this node's share of the configured rate
	resumeAt atomic.Int64 // Unix nanoseconds of the end of throttling
	log      *slog.Logger
}

// NewWeb makes it from the settings of a [[carrier]]. It does not connect.
func NewWeb(c Common, channels []message.Channel, log *slog.Logger) *Web {
	if c.AnswerTimeout <= 0 {
		c.AnswerTimeout = WebAnswerTimeout
	}
	if c.MaxInFlight <= 0 {
		c.MaxInFlight = WebInFlight
	}

	w := &Web{common: c, channels: channels, client: webcall.New(c.AnswerTimeout, c.MaxInFlight), log: log}
	w.rate.Store(int64(c.Rate))

	return w
}

// Name is the configured name.
func (w *Web) Name() string { return w.common.Name }

// Channels implements Carrier.
func (w *Web) Channels() []message.Channel { return w.channels }

// Receipts reports whether the provider sends receipts.
func (w *Web) Receipts() bool { return w.common.Receipts }

// From implements Sender.
func (w *Web) From() string { return w.common.From }

// SendTimeout implements SelfTimed: Send keeps the configured time-out itself.
func (w *Web) SendTimeout(int) time.Duration { return w.common.AnswerTimeout + time.Second }

// Share implements Shared: all nodes share the rate.
func (w *Web) Share(part func(total int) int) { w.rate.Store(int64(part(w.common.Rate))) }

// Limits implements Carrier.
func (w *Web) Limits() Limits {
	return Limits{InFlight: w.common.MaxInFlight, Rate: float64(w.rate.Load())}
}

// Close drops idle connections.
func (w *Web) Close() { w.client.Close() }

// Country is the region whose national form the senders of inbound messages may have.
func (w *Web) Country() string { return w.common.Country }

// Log is the carrier's log.
func (w *Web) Log() *slog.Logger { return w.log }

// Client makes requests beside Send, which know nothing of the pause after throttling.
func (w *Web) Client() *webcall.Client { return w.client }

// Sender is the sender of a message: its own, else the configured one.
func (w *Web) Sender(m Message) string {
	if m.From != "" {
		return m.From
	}
	return w.common.From
}

// Submit makes the request of one submit and has read turn its answer into a result. While the provider throttles, nothing is
// sent. A request without an answer ends as Unknown when it may have been received, else as Retry.
func (w *Web) Submit(ctx context.Context, call *webcall.Call, read func(webcall.Answer) Result) Result {
	defer w.client.Release(call)
	if wait := time.Until(time.Unix(0, w.resumeAt.Load())); wait > 0 {
		return Result{
			Outcome: Retry, Reason: message.CarrierError, CarrierCode: "throttled", RetryAfter: wait, Throttled: true,
			Cause: Throttled,
		}
	}

	answer, failure := w.client.Do(ctx, call)
	if failure != nil {
		return failed(failure)
	}

	result := read(answer)
	if result.Outcome == Unknown && answer.TimeOut {
		result.Reason = message.CarrierTimeout
	}
	if result.Throttled && result.RetryAfter > 0 {
		w.resumeAt.Store(time.Now().Add(min(result.RetryAfter, longestPause)).UnixNano())
	}

	return result
}

// SubmitJSON makes the request of one submit with a JSON body, as Submit does.
func (w *Web) SubmitJSON(
	ctx context.Context, to *url.URL, header http.Header, body any, read func(webcall.Answer) Result,
) Result {
	call := w.client.Call(to, header)
	if call.JSON(body) != nil {
		w.client.Release(call)
		return Result{Outcome: Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	return w.Submit(ctx, call, read)
}

func failed(f *webcall.Failure) Result {
	result := Result{Outcome: Unknown, Reason: message.CarrierError, CarrierCode: "link", Cause: f.Cause}
	if !f.Sent {
		result.Outcome, result.CarrierCode = Retry, "connect"
	}
	if f.TimeOut {
		result.Reason, result.CarrierCode = message.CarrierTimeout, "timeout"
	}

	return result
}
