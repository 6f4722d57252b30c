package telegram

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
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

// maxWait is the longest wait that is believed, in seconds.
const maxWait = 24 * 60 * 60

// provider is how causes name Telegram.
var provider = carrier.Provider{Name: "Telegram", Secrets: "token", Address: "api_base"}

// The errors that need another request to be understood, and the one of too many requests.
const (
	alreadySent = "MESSAGE_ALREADY_SENT"
	unknownID   = "REQUEST_ID_INVALID"
	floodWait   = "FLOOD_WAIT"
)

// read turns an answer into a result. Accepted has the request's id, and its status if the method answers with one.
// Whether
// Telegram accepted is only in the body.
func read(a webcall.Answer, now time.Time) (carrier.Result, requestStatus) {
	var body answer
	switch known := json.Unmarshal(a.Body, &body) == nil && body.OK != nil; {
	case !known && a.Status/100 == 2:
		return provider.Unreadable(), requestStatus{}
	case !known:
		return provider.Result(a, now), requestStatus{}
	case !*body.OK:
		return refused(body.Error, a, now), requestStatus{}
	case bytes.Equal(body.Result, []byte("true")): // of revokeVerificationMessage
		return carrier.Result{Outcome: carrier.Accepted}, requestStatus{}
	}

	var s requestStatus
	if json.Unmarshal(body.Result, &s) != nil || s.ID == "" || len(s.ID) > carrier.MaxID {
		return provider.Unreadable(), requestStatus{}
	}

	return carrier.Result{Outcome: carrier.Accepted}.WithID(s.ID), s
}

// meaning is what errors of a prefix say.
type meaning struct {
	prefix string
	carrier.Meaning
}

// meanings are Telegram's errors, by the beginning of their names: the first that fits counts. Its page names only
// ACCESS_TOKEN_INVALID; the others were observed by users of the API.
var meanings = []meaning{
	{"PHONE_NUMBER_INVALID", carrier.Meaning{Reason: message.InvalidDestination}},
	{"PHONE_NUMBER_NOT_", carrier.Meaning{Reason: message.NotOnChannel}}, // FOUND, AVAILABLE
	{"CODE_", carrier.Meaning{Reason: message.CarrierRejected}},
	{"PAYLOAD_", carrier.Meaning{Reason: message.CarrierRejected}},
	{"TTL_", carrier.Meaning{Reason: message.CarrierRejected}},
	{"ACCESS_TOKEN_", carrier.Meaning{
		Cause: "Telegram rejects the token; compare it and its list of addresses with gateway.telegram.org",
	}},
	{"SENDER_", carrier.Meaning{
		Cause: "Telegram does not accept the sender; check sender_username: its channel must be verified, and yours",
	}},
	{"BALANCE_", carrier.Meaning{Cause: "the balance at gateway.telegram.org is used up; add funds"}},
	{"CALLBACK_URL_", carrier.Meaning{Cause: "Telegram does not accept the address of callbacks; check public_url"}},
	{"UNKNOWN_METHOD", carrier.Meaning{Cause: "Telegram does not know the method; check api_base"}},
	{"", carrier.Meaning{Cause: "Telegram refuses with an error that it does not document"}},
}

// refused is the result of an error that Telegram names: it has sent nothing now. One that is not known is no
// rejection,
// because another try may succeed.
func refused(code string, a webcall.Answer, now time.Time) carrier.Result {
	if seconds, flood := strings.CutPrefix(code, floodWait); flood {
		a.Status = http.StatusTooManyRequests
		result := provider.Result(a, now)
		result.CarrierCode = carrier.CleanCode(code)
		if n, err := strconv.Atoi(strings.TrimPrefix(seconds, "_")); err == nil && n > 0 {
			result.RetryAfter = time.Duration(min(n, maxWait)) * time.Second
		}
		return result
	}

	i := slices.IndexFunc(meanings, func(m meaning) bool { return strings.HasPrefix(code, m.prefix) })

	return carrier.Meant(code, meanings[i].Meaning, "")
}
