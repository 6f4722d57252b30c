package infobip

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

var provider = carrier.Provider{Name: "Infobip", Secrets: "api_key", Address: "api_base"}

// status is how far a message got.
type status struct {
	Group int    `json:"groupId"`
	ID    int    `json:"id"`
	Name  string `json:"name"`
}

// The groups of statuses.
const (
	groupAccepted      = 0
	groupPending       = 1
	groupUndeliverable = 2
	groupDelivered     = 3
	groupExpired       = 4
	groupRejected      = 5
)

// code is the status as customers see it.
func (s status) code() string { return codeOf(s.Name, s.ID) }

// codeOf is the name of a status or error, which says more than its number.
func codeOf(name string, id int) string {
	if name = carrier.CleanCode(name); name != "" {
		return name
	}
	return strconv.Itoa(id)
}

// answer has the fields of an answer that matter here: of messages, or of an error in either of two forms.
type answer struct {
	Messages []struct {
		ID     string  `json:"messageId"`
		Status *status `json:"status"`
	} `json:"messages"`
	ErrorCode    string `json:"errorCode"`
	RequestError struct {
		ServiceException struct {
			MessageID string `json:"messageId"`
		} `json:"serviceException"`
	} `json:"requestError"`
}

// read turns an answer into a result. The message was for this number in E.164.
func read(a webcall.Answer, to string, now time.Time) carrier.Result {
	var body answer
	err := json.Unmarshal(a.Body, &body)
	result := provider.Result(a, now)
	if result.Outcome != carrier.Accepted {
		for _, code := range []string{body.ErrorCode, body.RequestError.ServiceException.MessageID} {
			if code = carrier.CleanCode(code); code != "" {
				result.CarrierCode = code
			}
		}
		return result
	}
	if a.Broken {
		return result
	}
	if err != nil || len(body.Messages) == 0 || body.Messages[0].Status == nil {
		return provider.Unreadable()
	}

	got := body.Messages[0]
	switch got.Status.Group {
	case groupAccepted, groupPending, groupDelivered:
		return result.WithID(got.ID)
	}

	meaning, known := statuses[got.Status.ID]
	if !known {
		meaning.Reason = message.CarrierRejected
	}

	return carrier.Meant(got.Status.code(), meaning, to)
}

// statuses say what the status of a message that was not accepted means (Infobip's page "Message status codes"). A
// fault in
// what one message asks for, such as its network, is never the operator's: it must not keep others from this carrier.
var statuses = map[int]carrier.Meaning{
	6:  {Reason: message.CarrierRejected},    // network not covered
	8:  {Reason: message.InvalidDestination}, // no such prefix
	10: {Reason: message.BlockedByRecipient}, // do not disturb
	11: {Reason: message.SenderNotAllowed},   // sender not registered
	13: {Reason: message.SenderNotAllowed},   // sender on the account's blocklist
	14: {Reason: message.CarrierRejected},    // number on a blocklist
	20: {Reason: message.CarrierRejected},    // too many messages to one number
	24: {Reason: message.CarrierRejected},
	25: {Reason: message.CarrierRejected}, // too long
	51: {Reason: message.InvalidDestination},
	52: {Reason: message.InvalidDestination},
	87: {Reason: message.CarrierRejected}, // anti-fraud

	12: {Cause: "the Infobip account has no credit left; top it up"},
	17: {Cause: "the credit of the Infobip account has expired; top it up"},
	18: {Cause: "the Infobip account may send to one test number only; ask Infobip to remove the limit"},
	19: {Cause: "the Infobip account has no routes yet; ask Infobip to set them up"},
	21: {Cause: "Infobip reports an internal error"},
}
