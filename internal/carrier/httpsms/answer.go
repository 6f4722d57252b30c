package httpsms

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

const maxBody = 64 << 10 // bytes of a callback

// response is the body of a gateway's response. Ids and codes may be strings or numbers.
type response struct {
	ID     carrier.Scalar `json:"id"`
	Reason carrier.Scalar `json:"reason"`
	Code   carrier.Scalar `json:"code"`
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
