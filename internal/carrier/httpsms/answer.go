package httpsms

import (
	"bytes"
	"encoding/json"
	"io"
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
	maxAnswer = 64 << 10 // bytes of an answer or a callback
	maxID     = 255      // bytes of a gateway's id
	maxCode   = 64       // bytes of a gateway's code

	maxRetryAfter = 24 * time.Hour
)

// read takes the whole answer, and reports whether it was read to its end. The status is the answer: a body that breaks
// off or is too large takes nothing back.
func (p *post) read(r *http.Response) (carrier.Result, bool) {
	_, err := p.in.ReadFrom(io.LimitReader(r.Body, maxAnswer+1))
	_ = r.Body.Close()
	whole := err == nil && p.in.Len() <= maxAnswer
	text := p.in.Bytes()
	if !whole {
		text = nil
	}

	return judge(r.StatusCode, r.Header.Get("Retry-After"), text, time.Now()), whole
}

// answer is what a gateway may say. Ids and codes may be strings or numbers.
type answer struct {
	ID     word `json:"id"`
	Reason word `json:"reason"`
	Code   word `json:"code"`
}

// parseAnswer reads a body, with or without a byte order mark. One that is not a JSON object says nothing.
func parseAnswer(text []byte) (a answer) {
	if json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &a) != nil {
		return answer{}
	}
	return a
}

// meaning is what a status says of a submit, when the body names no reason.
func meaning(status int) (o carrier.Outcome, cause string) {
	switch status {
	case http.StatusBadRequest, http.StatusPaymentRequired, http.StatusNotAcceptable, http.StatusConflict, http.StatusGone,
		http.StatusUnprocessableEntity:
		return carrier.Rejected, ""
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return carrier.Retry, "the gateway refuses the token; check the carrier's token and url"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return carrier.Unknown, "the gateway did not get an answer in time"
	case http.StatusTooManyRequests:
		return carrier.Retry, "the gateway takes no more for now"
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable:
		return carrier.Retry, "the gateway fails"
	}

	switch status / 100 {
	case 2:
		return carrier.Accepted, ""
	case 3:
		return carrier.Retry, "the gateway redirects, which is not followed; write the final address as the carrier's url"
	case 4:
		return carrier.Retry, "the gateway refuses the request; check the carrier's url"
	}

	return carrier.Unknown, "the gateway fails"
}

// judge maps status and body to a result.
func judge(status int, retryAfter string, text []byte, now time.Time) carrier.Result {
	a := parseAnswer(text)
	outcome, cause := meaning(status)
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
		result.Doubtful, result.Throttled = status == http.StatusInternalServerError, status == http.StatusTooManyRequests
	}

	return result
}

// cleanCode keeps a code that looks like one. Anything else could be a text that quotes the message.
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

// word is a JSON string, or a number as it was written. Any other value reads as no word.
type word string

// UnmarshalJSON never fails on a valid JSON value, so that an odd field does not hide the others.
func (w *word) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) > 1 && data[0] == '"' && !bytes.ContainsRune(data, '\\') && utf8.Valid(data):
		*w = word(data[1 : len(data)-1]) // nearly all are so plain
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*w = word(s)
	case len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9'):
		*w = word(data)
	}

	return nil
}
