package httpsms

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
)

const (
	maxAnswer = 64 << 10 // bytes of an answer or a callback
	maxID     = 128      // bytes of a gateway's id
	maxCode   = 64       // bytes of a gateway's code
)

// read takes the whole answer, and reports whether it was read to its end.
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

// judge maps status and body to a result. Whatever the published contract does not name may have been taken.
func judge(status int, retryAfter string, text []byte, now time.Time) carrier.Result {
	var a answer
	err := json.Unmarshal(text, &a)
	if err != nil {
		a = answer{}
	}
	code := cleanCode(string(a.Code))
	if code == "" {
		code = "HTTP " + strconv.Itoa(status)
	}
	switch {
	case status/100 == 2 && a.ID != "" && len(a.ID) <= maxID:
		return carrier.Result{Outcome: carrier.Accepted, IDs: []string{string(a.ID)}}
	case status == http.StatusTooManyRequests || status/100 == 5:
		return carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, Code: code, RetryAfter: parseRetryAfter(retryAfter, now)}
	case status/100 == 4:
		return carrier.Result{Outcome: carrier.Rejected, Reason: refusal(string(a.Reason)), Code: code}
	default:
		return carrier.Result{Outcome: carrier.Unknown, Reason: message.CarrierError, Code: code}
	}
}

// refusal is carrier_rejected unless the gateway names a published reason.
func refusal(s string) message.Reason {
	if r := message.ParseReason(s); r != message.UnknownReason {
		return r
	}
	return message.CarrierRejected
}

// parseRetryAfter reads seconds or a date (RFC 9110 §10.2.3); what cannot be read, or lies in the past, is 0.
func parseRetryAfter(s string, now time.Time) time.Duration {
	const longest = 24 * time.Hour
	if seconds, err := strconv.ParseUint(s, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longest)
	}
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(now), 0), longest)
	}
	return 0
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
