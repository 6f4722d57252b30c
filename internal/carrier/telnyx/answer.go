package telnyx

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

var provider = carrier.Provider{Name: "Telnyx", Secrets: "api_key", Address: "api_base"}

// failure is one error of an answer or of a receipt.
type failure struct {
	Code   carrier.Scalar `json:"code"`
	Title  string         `json:"title"`
	Detail string         `json:"detail"`
	Source struct {
		Pointer string `json:"pointer"`
	} `json:"source"`
}

// answer has the fields of an accepted message and of errors that matter here.
type answer struct {
	Data struct {
		ID string `json:"id"`
	} `json:"data"`
	Errors []failure `json:"errors"`
}

const (
	queueFull     = "40318"
	queueFullWait = time.Second
	blockedBySTOP = "40300"
)

// read turns an answer into a result. The message was for this number in E.164.
func read(a webcall.Answer, to string, now time.Time) carrier.Result {
	var body answer
	_ = json.Unmarshal(a.Body, &body) // without a readable body the status decides
	result := provider.Result(a, now)
	switch {
	case result.Outcome == carrier.Accepted:
		return result.WithID(body.Data.ID)
	case len(body.Errors) == 0:
		return result
	}

	first := body.Errors[0]
	if meaning, known := first.meaning(); known && a.Status/100 == 4 {
		result = carrier.Meant(string(first.Code), meaning, to)
		if first.Code == queueFull {
			result.Throttled, result.RetryAfter = true, queueFullWait
		}
		return result
	}
	if code := carrier.CleanCode(string(first.Code)); code != "" {
		result.CarrierCode = code
	}

	return result
}

// meaning is what an error says about a message. Some codes mean either number, and name the field. 40300 is a block
// after a
// STOP only when it says so: a profile that lacks the sender has been seen under the same code.
func (f failure) meaning() (m carrier.Meaning, known bool) {
	switch f.Code {
	case blockedBySTOP:
		text := strings.ToUpper(f.Title + " " + f.Detail)
		if strings.Contains(text, "STOP") || strings.TrimSpace(text) == "" {
			return carrier.Meaning{Reason: message.OptedOut}, true
		}
		return carrier.Meaning{Reason: message.CarrierRejected}, true
	case "10001", "10002", "10016":
		switch strings.Trim(f.Source.Pointer, "/") {
		case "to":
			return carrier.Meaning{Reason: message.InvalidDestination}, true
		case "from":
			return carrier.Meaning{Reason: message.SenderNotAllowed}, true
		}
		return carrier.Meaning{Reason: message.CarrierRejected}, true
	}

	m, known = codes[string(f.Code)]
	return m, known
}

// codes say what Telnyx's codes mean (developers.telnyx.com, "Messaging Error Code Reference"). A fault in what one
// message
// asks for, such as its country, is never the operator's: it must not keep others from this carrier.
var codes = map[string]carrier.Meaning{
	"40001": {Reason: message.NotOnChannel},     // landline
	"40002": {Reason: message.CarrierRejected},  // spam filter
	"40003": {Reason: message.CarrierRejected},  // spam filter
	"40004": {Reason: message.CarrierRejected},  // rejected by the network
	"40005": {Reason: message.ExpiredInTransit}, // on the way
	"40006": {Reason: message.CarrierError},     // the network does not answer
	"40007": {Reason: message.CarrierError},     // loop
	"40008": {Reason: message.CarrierRejected},  // undeliverable
	"40009": {Reason: message.CarrierRejected},  // body
	"40010": {Reason: message.SenderNotAllowed}, // unregistered 10DLC number
	"40011": {Reason: message.CarrierError},     // limit of the network
	"40012": {Reason: message.InvalidDestination},
	"40013": {Reason: message.SenderNotAllowed},
	"40014": {Reason: message.ExpiredInTransit}, // in the queue
	"40015": {Reason: message.CarrierRejected},  // Telnyx's spam filter
	"40016": {Reason: message.CarrierError},     // limit of the network
	"40017": {Reason: message.CarrierRejected},  // spam filter
	"40018": {Reason: message.CarrierError},     // limit of the network
	"40100": {Reason: message.SenderNotAllowed}, // the number cannot send messages
	"40150": {Reason: message.SenderNotAllowed}, // unregistered toll-free number
	"40151": {Reason: message.SenderNotAllowed}, // another provider has the number
	"40301": {Reason: message.NotOnChannel},
	"40302": {Reason: message.CarrierRejected}, // too long
	"40304": {Reason: message.CarrierRejected},
	"40305": {Reason: message.SenderNotAllowed},
	"40306": {Reason: message.SenderNotAllowed}, // the profile has no name as sender
	"40309": {Reason: message.CarrierRejected},  // a region that the profile does not list
	"40310": {Reason: message.InvalidDestination},
	"40315": {Reason: message.SenderNotAllowed}, // unhealthy sender
	"40316": {Reason: message.CarrierRejected},  // no text
	"40319": {Reason: message.NotOnChannel},
	"40320": {Reason: message.SenderNotAllowed}, // the number is not bought yet
	"40322": {Reason: message.CarrierRejected},  // content
	"40328": {Reason: message.CarrierRejected},  // too long
	"40329": {Reason: message.SenderNotAllowed}, // unverified toll-free number

	queueFull: {Cause: carrier.Throttled},
	"10009":   {Cause: "Telnyx rejects api_key; compare it with the portal"},
	"10010":   {Cause: "this api_key may not send messages; check its rights in Telnyx's portal"},
	"20002":   {Cause: "the Telnyx API key was revoked; create another"},
	"20006":   {Cause: "the Telnyx API key has expired; create another"},
	"20012":   {Cause: "the Telnyx account is inactive; check its credit"},
	"20013":   {Cause: "the Telnyx account is blocked"},
	"20014":   {Cause: "the Telnyx account is not verified yet"},
	"20015":   {Cause: "messaging is not enabled on the Telnyx account"},
	"20016":   {Cause: "the Telnyx account is not verified at level 1 yet"},
	"20017":   {Cause: "the Telnyx account is not verified at level 2 yet"},
	"20100":   {Cause: "the Telnyx account has no credit left; top it up"},
	"40312":   {Cause: "the messaging profile is disabled; enable it in Telnyx's portal"},
	"40314":   {Cause: "messaging is disabled on the Telnyx account"},
	"40321":   {Cause: "the messaging profile has no usable number; add one in Telnyx's portal"},
}
