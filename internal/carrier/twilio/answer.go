package twilio

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/webcall"
)

var provider = carrier.Provider{Name: "Twilio", Secrets: "account_sid and auth_token", Address: "api_base"}

// answer has the fields of a created message and of an error that matter here.
type answer struct {
	SID  string `json:"sid"`
	Code int    `json:"code"`
}

// read turns an answer into a result. The message was for this number.
func read(a webcall.Answer, to phone.Number, now time.Time) carrier.Result {
	var body answer
	_ = json.Unmarshal(a.Body, &body) // without a readable body the status decides
	result := provider.Result(a, now)
	if result.Outcome == carrier.Accepted {
		return result.WithID(body.SID)
	}
	if body.Code <= 0 {
		return result
	}

	code := strconv.Itoa(body.Code)
	if meaning, known := codes[body.Code]; known && a.Status/100 == 4 {
		return carrier.Meant(code, meaning, to.E164())
	}
	if a.Status == http.StatusBadRequest && body.Code/1000 == 21 {
		return carrier.Meant(code, carrier.Meaning{Reason: message.CarrierRejected}, to.E164())
	}
	result.CarrierCode = code

	return result
}

// codes say what Twilio's codes mean (twilio.com/docs/api/errors). Codes that are not listed decide nothing: Twilio splits
// codes from time to time, and asks not to depend on them.
var codes = map[int]carrier.Meaning{
	21211: {Reason: message.InvalidDestination}, // invalid To
	21214: {Reason: message.Unreachable},        // a call cannot reach To
	21217: {Reason: message.InvalidDestination},
	21265: {Reason: message.InvalidDestination}, // To is a short code
	21610: {Reason: message.OptedOut},
	21612: {Reason: message.SenderNotAllowed}, // this sender does not reach this number
	21614: {Reason: message.NotOnChannel},     // not a mobile number
	30003: {Reason: message.Unreachable},
	30004: {Reason: message.BlockedByRecipient},
	30005: {Reason: message.InvalidDestination},
	30006: {Reason: message.NotOnChannel}, // landline
	30007: {Reason: message.CarrierRejected},
	30008: {Reason: message.UnknownReason},
	30032: {Reason: message.SenderNotAllowed},
	30034: {Reason: message.SenderNotAllowed}, // unregistered 10DLC number
	30036: {Reason: message.ExpiredInTransit}, // the validity period is over
	30410: {Reason: message.CarrierTimeout},
	30450: {Reason: message.CarrierRejected}, // Fraud Guard

	20003: {Cause: "Twilio rejects account_sid and auth_token; compare them with the console"},
	20005: {Cause: "the Twilio account is not active"},
	21210: {Cause: "the number is not verified for calls in this Twilio account; check from"},
	21215: {Cause: "the Twilio account may not call this country; allow it under Voice, Geo permissions"},
	21212: {Cause: "Twilio does not know the sender; check from"},
	21408: {Cause: "the Twilio account may not send to this country; allow it under Messaging, Geo permissions"},
	21606: {Cause: "the sender is not a number of this Twilio account that can send SMS; check from"},
	21659: {Cause: "the sender is not a number of this Twilio account; check from"},
	21703: {Cause: "the Messaging Service has no senders; add one in Twilio's console"},
	30002: {Cause: "the Twilio account is suspended"},
}
