package httpsms

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

const maxBody = 64 << 10 // bytes of a callback

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

var gateway = carrier.Provider{Name: "the gateway", Secrets: "the token", Address: "url"}

// rejections are the statuses by which a gateway rejects a message even when the body names no reason.
var rejections = []int{
	http.StatusBadRequest, http.StatusPaymentRequired, http.StatusNotAcceptable, http.StatusConflict, http.StatusGone,
	http.StatusUnprocessableEntity,
}

// resultOf turns an answer into a result.
func resultOf(answer webcall.Answer, now time.Time) carrier.Result {
	a, result := parseResponse(answer.Body), gateway.Result(answer, now)
	if result.Outcome == carrier.Accepted {
		return result.WithID(string(a.ID))
	}

	if code := carrier.CleanCode(string(a.Code)); code != "" {
		result.CarrierCode = code
	}
	reason := message.Reason(a.Reason)
	named := answer.Status/100 == 4 && slices.Contains(message.Reasons, reason)
	switch {
	case named:
	case slices.Contains(rejections, answer.Status):
		reason = message.CarrierRejected
	default:
		return result
	}

	return carrier.Result{Outcome: carrier.Rejected, Reason: reason, CarrierCode: result.CarrierCode}
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
