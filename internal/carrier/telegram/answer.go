package telegram

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/webcall"
)

// answer is the shape of every answer. OK is nil when it was not Telegram's API that answered.
type answer struct {
	OK     *bool           `json:"ok"`
	Result json.RawMessage `json:"result"`
	Error  string          `json:"error"`
}

// requestStatus has the fields of a RequestStatus that matter here. Reports have the same shape.
type requestStatus struct {
	ID       string `json:"request_id"`
	Payload  string `json:"payload"`
	Delivery struct {
		Status string `json:"status"` // sent, delivered, read, expired, revoked
	} `json:"delivery_status"`
}

const (
	// maxID is the most bytes of a request_id.
	maxID         = 255
	maxRetryAfter = 24 * time.Hour
)

// The errors that need another request to be understood.
const (
	alreadySent = "MESSAGE_ALREADY_SENT"
	unknownID   = "REQUEST_ID_INVALID"
	floodWait   = "FLOOD_WAIT"
)

// read turns an answer into a result. Accepted has the request's id, and its status if the method answers with one.
func read(a webcall.Answer, now time.Time) (carrier.Result, requestStatus) {
	var body answer
	if json.Unmarshal(a.Body, &body) != nil || body.OK == nil {
		return unreadable(a, now), requestStatus{}
	}
	if !*body.OK {
		return refused(codeOf(body.Error, a.Status), a, now), requestStatus{}
	}
	if bytes.Equal(body.Result, []byte("true")) { // of revokeVerificationMessage
		return carrier.Result{Outcome: carrier.Accepted}, requestStatus{}
	}

	var s requestStatus
	if json.Unmarshal(body.Result, &s) != nil || s.ID == "" || len(s.ID) > maxID {
		return carrier.Result{
			Reason: message.CarrierError, CarrierCode: httpCode(a.Status), Cause: "Telegram's answer has no request_id",
		}, requestStatus{}
	}

	return carrier.Result{Outcome: carrier.Accepted, IDs: []string{s.ID}}, s
}

func httpCode(status int) string { return "HTTP " + strconv.Itoa(status) }

var errorCode = regexp.MustCompile(`^[A-Z0-9_]{1,64}$`)

// codeOf is Telegram's error, as long as it looks like one: it may quote nothing of the request.
func codeOf(text string, status int) string {
	if errorCode.MatchString(text) {
		return text
	}
	return httpCode(status)
}

// reasons are errors about the number or the code. Telegram's page names only ACCESS_TOKEN_INVALID; the others were
// observed by users of the API.
var reasons = map[string]message.Reason{
	"PHONE_NUMBER_INVALID":       message.InvalidDestination,
	"PHONE_NUMBER_NOT_FOUND":     message.NotOnChannel,
	"PHONE_NUMBER_NOT_AVAILABLE": message.NotOnChannel,
	"CODE_INVALID":               message.CarrierRejected,
	"CODE_LENGTH_INVALID":        message.CarrierRejected,
	"CODE_LENGTH_REQUIRED":       message.CarrierRejected,
	"PAYLOAD_INVALID":            message.CarrierRejected,
	"TTL_INVALID":                message.CarrierRejected,
}

// operators are errors that the operator has to settle, by the beginning of their names.
var operators = []struct{ prefix, cause string }{
	{"ACCESS_TOKEN_", "Telegram rejects the token; compare it and its list of addresses with gateway.telegram.org"},
	{"SENDER_", "Telegram does not accept the sender; check sender_username: its channel must be verified, and yours"},
	{"BALANCE_", "the balance at gateway.telegram.org is used up; add funds"},
	{"CALLBACK_URL_", "Telegram does not accept the address of callbacks; check public_url"},
	{"UNKNOWN_METHOD", "Telegram does not know the method; check api_base"},
	{"", "Telegram refuses with an error that is not documented"},
}

// refused is the result of an error that Telegram names: it has sent nothing now. One that is not known is no rejection,
// because another try may succeed.
func refused(code string, a webcall.Answer, now time.Time) carrier.Result {
	if reason, known := reasons[code]; known {
		return carrier.Result{Outcome: carrier.Rejected, Reason: reason, CarrierCode: code}
	}

	result := carrier.Result{Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: code}
	if wait, flood := strings.CutPrefix(code, floodWait); flood || a.Status == http.StatusTooManyRequests {
		result.Throttled, result.Cause = true, carrier.Throttled
		result.RetryAfter = waitOf(strings.TrimPrefix(wait, "_"), a, now)
		return result
	}

	for _, o := range operators {
		if strings.HasPrefix(code, o.prefix) {
			result.Cause = o.cause
			break
		}
	}

	return result
}

// waitOf is the wait that an answer asks for, in the name of the error or in its header.
func waitOf(seconds string, a webcall.Answer, now time.Time) time.Duration {
	if n, err := strconv.Atoi(seconds); err == nil && n > 0 {
		return min(time.Duration(min(n, int(maxRetryAfter/time.Second)))*time.Second, maxRetryAfter)
	}
	return min(retryafter.Parse(a.Header.Get("Retry-After"), now), maxRetryAfter)
}

// unreadable is the result of an answer that Telegram's API did not make. Only a refusal of the whole request says that
// nothing was sent.
func unreadable(a webcall.Answer, now time.Time) carrier.Result {
	result := carrier.Result{Reason: message.CarrierError, CarrierCode: httpCode(a.Status)}
	switch {
	case a.Status == http.StatusTooManyRequests:
		result.Outcome, result.Throttled, result.Cause = carrier.Retry, true, carrier.Throttled
		result.RetryAfter = waitOf("", a, now)
	case a.Status == http.StatusRequestTimeout:
		result.Cause = "Telegram did not get the request in time"
	case a.Status/100 == 3 || a.Status/100 == 4:
		result.Outcome, result.Cause = carrier.Retry, "it is not Telegram's API that answers; check api_base"
	default:
		result.Cause = "Telegram's answer cannot be read"
	}

	return result
}
