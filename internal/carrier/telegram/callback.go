package telegram

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
)

const (
	// callback is the last part of the address that Telegram posts to.
	callback = "callback"
	maxBody  = 64 << 10
	// maxAge is how far the time of a callback may be from ours, so that an old one cannot be repeated for ever.
	maxAge = 5 * time.Minute
)

// ServeCallback implements carrier.CallbackHandler. Telegram repeats a report unless it is answered with 200, so that
// is
// the answer to a report that belongs to no message, too.
func (c *Carrier) ServeCallback(w http.ResponseWriter, r *http.Request, name string, sink carrier.Sink) *fault.Fault {
	if name != callback {
		return fault.New(fault.NotFound, "unknown callback; use %s", callback)
	}
	if f := carrier.CallbackMethod(w, r, http.MethodPost); f != nil {
		return f
	}
	sentAt := carrier.OnlyHeader(r.Header, "X-Request-Timestamp")
	if !recent(sentAt, time.Now()) {
		return fault.New(fault.Unauthorized, "X-Request-Timestamp is missing or not of now; check the clocks")
	}

	if f := carrier.CallbackJSON(r); f != nil {
		return f
	}
	body, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return f
	}
	if !carrier.SignedHex(c.key[:], carrier.OnlyHeader(r.Header, "X-Request-Signature"), []byte(sentAt+"\n"), body) {
		return fault.New(fault.Unauthorized, "the signature is not that of this token's owner; check the token")
	}

	var s requestStatus
	if json.Unmarshal(body, &s) != nil {
		return fault.New(fault.InvalidParams, "the body must be one JSON object, a RequestStatus")
	}
	if s.ID == "" {
		return fault.Invalid("request_id", "request_id is missing; Telegram sends the id of the message in it")
	}

	if _, f := c.Store(r.Context(), sink, []carrier.Receipt{receiptOf(s)}, nil); f != nil {
		return f
	}
	c.watch.reports(s.ID, s.Delivery.Status)
	w.WriteHeader(http.StatusOK)

	return nil
}

// recent reports whether a time in Unix seconds is at most maxAge away.
func recent(seconds string, now time.Time) bool {
	n, err := strconv.ParseInt(seconds, 10, 64)
	return err == nil && now.Sub(time.Unix(n, 0)).Abs() <= maxAge
}
