package twilio

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/webcall"
)

// answer has the fields of a created message and of an error that matter here.
type answer struct {
	SID  string `json:"sid"`
	Code int    `json:"code"`
}

const (
	maxID         = 64
	maxRetryAfter = 24 * time.Hour
)

// read turns an answer into a result. The message was for this number.
func read(a webcall.Answer, to phone.Number, now time.Time) carrier.Result {
	var body answer
	_ = json.Unmarshal(a.Body, &body) // without a readable body the status decides
	if a.Status/100 == 2 {
		result := carrier.Result{Outcome: carrier.Accepted}
		if body.SID != "" && len(body.SID) <= maxID {
			result.IDs = []string{body.SID}
		}
		return result
	}

	result := carrier.Result{Reason: message.CarrierError, CarrierCode: "HTTP " + strconv.Itoa(a.Status)}
	if body.Code > 0 {
		result.CarrierCode = strconv.Itoa(body.Code)
	}
	if reason, known := reasons[body.Code]; known && a.Status/100 == 4 {
		result.Outcome, result.Reason = carrier.Rejected, reason
		if reason == message.OptedOut {
			result.Inbound = []carrier.Inbound{optOut(to.E164())}
		}
		return result
	}

	result.Outcome, result.Cause = outcomeOf(a.Status, body.Code)
	switch result.Outcome {
	case carrier.Rejected:
		result.Reason = message.CarrierRejected
	case carrier.Retry:
		result.RetryAfter = min(retryafter.Parse(a.Header.Get("Retry-After"), now), maxRetryAfter)
		result.Throttled = a.Status == http.StatusTooManyRequests
		result.MaybeAccepted = a.Status == http.StatusInternalServerError
	default:
	}

	return result
}

// operators are codes that the operator has to settle, not the sender of the message.
var operators = map[int]string{
	20003: "Twilio rejects account_sid and auth_token; compare them with the console",
	20005: "the Twilio account is not active",
	21212: "Twilio does not know the sender; check from",
	21408: "the Twilio account may not send to this country; allow it under Messaging, Geo permissions",
	21606: "the sender is not a number of this Twilio account that can send SMS; check from",
	21659: "the sender is not a number of this Twilio account; check from",
	21703: "the Messaging Service has no senders; add one in Twilio's console",
	30002: "the Twilio account is suspended",
}

// outcomeOf is what a status and a code mean when the code says nothing about the number.
func outcomeOf(status, code int) (o carrier.Outcome, cause string) {
	if cause, ours := operators[code]; ours {
		return carrier.Retry, cause
	}

	switch {
	case status == http.StatusTooManyRequests:
		return carrier.Retry, carrier.Throttled
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return carrier.Unknown, "Twilio did not get an answer in time"
	case status == http.StatusInternalServerError, status == http.StatusBadGateway,
		status == http.StatusServiceUnavailable:
		return carrier.Retry, "Twilio reports an internal error"
	case status == http.StatusBadRequest && code/1000 == 21:
		return carrier.Rejected, ""
	case status/100 == 3:
		return carrier.Retry, "Twilio redirects, and redirects are not followed; check api_base"
	case status/100 == 4:
		return carrier.Retry, "Twilio rejects the request; check the carrier's keys"
	}

	return carrier.Unknown, "Twilio reports an internal error"
}
