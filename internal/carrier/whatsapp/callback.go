package whatsapp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
)

const (
	// callback is the last part of the address that Meta calls.
	callback = "callback"
	// maxBody is the size of Meta's largest batches. Those above smallBody are read only so many at a time, because Meta's
	// signature can be checked only after that.
	maxBody   = 3 << 20
	smallBody = 64 << 10
	maxLarge  = 4
	// maxChallenge is more than the length of Meta's challenges.
	maxChallenge = 256
	// storedAtOnce is how many messages' statuses of one batch are stored in parallel, so that they share commits.
	storedAtOnce = 32
)

// ServeCallback implements carrier.CallbackHandler: GET when the address is entered at Meta, POST for what happens. Meta
// repeats a batch for days unless it is answered with 200, so all of it is stored, or it is refused as a whole.
func (c *Carrier) ServeCallback(w http.ResponseWriter, r *http.Request, name string, sink carrier.Sink) *fault.Fault {
	if name != callback {
		return fault.New(fault.NotFound, "unknown callback; use %s", callback)
	}
	if f := carrier.CallbackMethod(w, r, http.MethodPost, http.MethodGet); f != nil {
		return f
	}
	if r.Method == http.MethodGet {
		return c.answerChallenge(w, r)
	}

	signature, ok := strings.CutPrefix(carrier.OnlyHeader(r.Header, "X-Hub-Signature-256"), "sha256=")
	if !ok {
		return fault.New(fault.Unauthorized, "X-Hub-Signature-256 is missing; Meta signs each callback by it")
	}
	if f := carrier.CallbackJSON(r); f != nil {
		return f
	}
	body, f := c.readBody(w, r)
	if f != nil {
		return f
	}
	if !carrier.SignedHex(c.secret, signature, body) {
		return fault.New(fault.Unauthorized, "the signature is not that of this app; check app_secret")
	}

	got, f := parse(body, c.config.PhoneNumberID)
	if f != nil {
		return f
	}
	if f := c.storeAll(r.Context(), sink, got); f != nil {
		return f
	}
	w.WriteHeader(http.StatusOK)

	return nil
}

// answerChallenge proves to Meta that the address is ours: it answers the challenge when the token is right.
func (c *Carrier) answerChallenge(w http.ResponseWriter, r *http.Request) *fault.Fault {
	query := r.URL.Query()
	challenge := query.Get("hub.challenge")
	if query.Get("hub.mode") != "subscribe" || !c.verify.Equal(query.Get("hub.verify_token")) {
		return fault.New(fault.Unauthorized, "hub.verify_token is not the carrier's verify_token").
			WithStatus(http.StatusForbidden)
	}
	if challenge == "" || len(challenge) > maxChallenge {
		return fault.Invalid("hub.challenge", "hub.challenge must have 1 to %d characters", maxChallenge)
	}

	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, challenge)

	return nil
}

// readBody reads a body that is not authenticated yet.
func (c *Carrier) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *fault.Fault) {
	if r.ContentLength >= 0 && r.ContentLength <= smallBody {
		return carrier.ReadCallback(w, r, smallBody)
	}

	select {
	case c.large <- struct{}{}:
		defer func() { <-c.large }()
		return carrier.ReadCallback(w, r, maxBody)
	default:
	}
	f := fault.New(fault.Internal, "too many large callbacks are being read; repeat it as Retry-After says").
		WithStatus(http.StatusServiceUnavailable)
	f.RetryAfter = time.Second

	return nil, f
}

// storeAll stores what a batch reports: the statuses of a message one after the other, those of several messages in
// parallel, and texts in their order, because a START may follow a STOP.
func (c *Carrier) storeAll(ctx context.Context, sink carrier.Sink, got batch) *fault.Fault {
	for _, problem := range got.problems {
		c.Log().Warn("Meta reports a problem", "carrier", c.Name(), "code", problem.code, "cause", problem.cause)
	}
	if got.others > 0 {
		c.Log().Warn("a callback is for another number; give each number of the app an override of its callback URL",
			"carrier", c.Name(), "count", got.others)
	}

	if got.unreadable > 0 {
		c.Log().Warn("parts of a callback cannot be read and were dropped", "carrier", c.Name(), "count", got.unreadable)
	}

	var group errgroup.Group
	group.SetLimit(storedAtOnce)
	var mu sync.Mutex
	var first *fault.Fault
	for _, receipts := range got.receipts {
		group.Go(func() error {
			if _, f := c.Store(ctx, sink, receipts, nil); f != nil {
				mu.Lock()
				defer mu.Unlock()
				first = f
			}
			return nil
		})
	}
	_ = group.Wait()
	if first != nil {
		return first
	}

	_, f := c.Store(ctx, sink, nil, got.inbound)

	return f
}
