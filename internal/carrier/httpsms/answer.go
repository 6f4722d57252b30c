package httpsms

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/retryafter"
)

const (
	maxBody = 64 << 10 // bytes of a callback
	maxID   = 255      // bytes of a gateway's id
	maxCode = 64       // bytes of a gateway's code

	maxRetryAfter = 24 * time.Hour
)

// response is the body of a gateway's response. Ids and codes may be strings or numbers.
type response struct {
	ID     scalar `json:"id"`
	Reason scalar `json:"reason"`
	Code   scalar `json:"code"`
}

// parseResponse reads a body, with or without a byte order mark. One that is not a JSON object counts as empty.
func parseResponse(text []byte) (a response) {
	if json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &a) != nil {
		return response{}
	}
	return a
}

// outcomeOf is what a status means for a submit when the body names no reason.
func outcomeOf(status int) (o carrier.Outcome, cause string) {
	switch status {
	case http.StatusBadRequest, http.StatusPaymentRequired, http.StatusNotAcceptable, http.StatusConflict,
		http.StatusGone,
		http.StatusUnprocessableEntity:
		return carrier.Rejected, ""
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return carrier.Retry, "the gateway rejects the token; check the carrier's token and url"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return carrier.Unknown, "the gateway did not get an answer in time"
	case http.StatusTooManyRequests:
		return carrier.Retry, carrier.Throttled
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable:
		return carrier.Retry, "the gateway reported an internal error"
	}

	switch status / 100 {
	case 2:
		return carrier.Accepted, ""
	case 3:
		return carrier.Retry,
			"the gateway redirects, and redirects are not followed; set the carrier's url to the final address"
	case 4:
		return carrier.Retry, "the gateway rejects the request; check the carrier's url"
	}

	return carrier.Unknown, "the gateway reported an internal error"
}

// resultOf turns the status and the body of an answer into a result.
func resultOf(status int, retryAfter string, text []byte, now time.Time) carrier.Result {
	a := parseResponse(text)
	outcome, cause := outcomeOf(status)
	reason, named := message.Reason(a.Reason), slices.Contains(message.Reasons, message.Reason(a.Reason))
	if status/100 == 4 && named {
		outcome = carrier.Rejected
	}

	if outcome == carrier.Accepted {
		result := carrier.Result{Outcome: carrier.Accepted}
		if a.ID != "" && len(a.ID) <= maxID {
			result.IDs = []string{string(a.ID)}
		}
		return result
	}

	code := cleanCode(string(a.Code))
	if code == "" {
		code = "HTTP " + strconv.Itoa(status)
	}

	result := carrier.Result{Outcome: outcome, Reason: message.CarrierError, CarrierCode: code, Cause: cause}
	switch {
	case outcome == carrier.Rejected && named:
		result.Reason, result.Cause = reason, ""
	case outcome == carrier.Rejected:
		result.Reason = message.CarrierRejected
	case outcome == carrier.Retry:
		result.RetryAfter = min(retryafter.Parse(retryAfter, now), maxRetryAfter)
		result.MaybeAccepted = status == http.StatusInternalServerError
		result.Throttled = status == http.StatusTooManyRequests
	}

	return result
}

// cleanCode keeps what looks like a code. Anything else could quote the message.
func cleanCode(s string) string {
	if len(s) > maxCode {
		return ""
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '-' || c > ':' || c == '/') && c != '_' && c != '+' {
			return ""
		}
	}

	return s
}

// scalar is a JSON string, or a number as it was written. Any other value reads as empty.
type scalar string

// UnmarshalJSON never fails on a valid JSON value, so that an unexpected field does not hide the others.
func (w *scalar) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) > 1 && data[0] == '"' && !bytes.ContainsRune(data, '\\') && utf8.Valid(data):
		*w = scalar(data[1 : len(data)-1]) // fast path
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*w = scalar(s)
	case len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9'):
		*w = scalar(data)
	}

	return nil
}
