package whatsapp

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// provider is how causes name Meta.
var provider = carrier.Provider{Name: "Meta", Secrets: "access_token", Address: "phone_number_id and api_base"}

// answer has the fields of an answer that matter here: an id, or an error.
type answer struct {
	Messages []struct {
		ID string `json:"id"`
	} `json:"messages"`
	Error problem `json:"error"`
}

// problem is an error of an answer or of a status. Its texts may quote the message, and its title and HTTP status are not
// to be relied on.
type problem struct {
	Code int `json:"code"`
}

// read turns an answer to a message into a result.
func read(a webcall.Answer, m carrier.Message, now time.Time) carrier.Result {
	var body answer
	_ = json.Unmarshal(a.Body, &body) // without a readable body the status decides
	switch code := body.Error.Code; {
	case a.Status/100 == 2:
		result := provider.Result(a, now)
		if len(body.Messages) > 0 {
			result = result.WithID(body.Messages[0].ID)
		}
		return result
	case code > 0:
		return refused(code, a, m, now)
	}

	return provider.Result(a, now)
}

// refused is the result of an error that Meta names.
func refused(code int, a webcall.Answer, m carrier.Message, now time.Time) carrier.Result {
	text := strconv.Itoa(code)
	meaning, known := meaningOf(code)
	switch {
	case known && meaning.Reason == message.TemplateRejected && m.Template.Name == "":
		meaning.Reason = "" // the operator's template, not the account's
	case known && meaning.Reason != "":
		meaning.Cause = ""
	}
	if known {
		return carrier.Meant(text, meaning, m.To.E164())
	}

	switch {
	case throttles[code]:
		a.Status = http.StatusTooManyRequests
	case passing[code] && a.Status/100 == 4:
		a.Status = http.StatusServiceUnavailable
	}
	result := provider.Result(a, now)
	result.CarrierCode = text

	return result
}

// meaningOf is what a code says about a message, or what the operator has to settle. Both are set for a template that Meta
// does not accept.
func meaningOf(code int) (m carrier.Meaning, known bool) {
	if code >= 200 && code <= 299 {
		code = 10
	}
	m, known = meanings[code]
	return m, known
}

const badTemplate = "Meta does not accept the template; compare template, template_language and template_languages " +
	"with the WhatsApp Manager"

// meanings of Meta's codes (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes).
var meanings = map[int]carrier.Meaning{
	// The recipient.
	131026: {Reason: message.NotOnChannel},       // not on WhatsApp, or of an old version
	131021: {Reason: message.InvalidDestination}, // the sender itself
	131030: {Reason: message.SenderNotAllowed},   // a test number, which sends to a list of numbers only
	131045: {Cause: "the number is not registered with the Cloud API; register it in the WhatsApp Manager"},
	131047: {Reason: message.CarrierRejected}, // a text to someone who did not write in the last 24 hours
	470:    {Reason: message.CarrierRejected}, // the same, of the former API
	131049: {Reason: message.CarrierRejected}, // too much marketing for this person
	131050: {Reason: message.BlockedByRecipient},
	131051: {Reason: message.CarrierRejected},
	130472: {Reason: message.CarrierRejected},  // part of an experiment
	130497: {Reason: message.SenderNotAllowed}, // not in this country
	137000: {Reason: message.CarrierRejected},  // the person's identity changed

	// Templates. The cause is for the configured one.
	132000: {Reason: message.TemplateRejected, Cause: badTemplate}, // number of parameters
	132001: {Reason: message.TemplateRejected, Cause: badTemplate}, // unknown, or not in this language
	132005: {Reason: message.TemplateRejected, Cause: badTemplate}, // too long
	132007: {Reason: message.TemplateRejected, Cause: badTemplate}, // against a policy
	132008: {Reason: message.TemplateRejected, Cause: badTemplate},
	132012: {Reason: message.TemplateRejected, Cause: badTemplate}, // form of a parameter
	132015: {Reason: message.TemplateRejected, Cause: "Meta has paused the template; see its quality in the WhatsApp Manager"},
	132016: {Reason: message.TemplateRejected, Cause: "Meta has disabled the template; create another"},

	// The operator.
	190:    {Cause: "access_token has expired or was revoked; create another one for the system user"},
	3:      {Cause: "access_token lacks a permission; it needs whatsapp_business_messaging for this account"},
	10:     {Cause: "access_token lacks a permission; it needs whatsapp_business_messaging for this account"},
	131005: {Cause: "access_token lacks a permission; it needs whatsapp_business_messaging for this account"},
	33:     {Cause: "Meta does not know the number; check phone_number_id"},
	100:    {Cause: "Meta does not accept the request; check phone_number_id, template and api_base"},
	131008: {Cause: badTemplate},
	131009: {Cause: badTemplate},
	131031: {Cause: "Meta has locked the WhatsApp Business account; see the WhatsApp Manager"},
	368:    {Cause: "Meta has blocked the WhatsApp Business account for a time; see the WhatsApp Manager"},
	131037: {Cause: "the number's display name is not approved; see the WhatsApp Manager"},
	131042: {Cause: "the WhatsApp Business account cannot pay; see its payment settings"},
	131063: {Cause: "the WhatsApp Business account has reached a limit; see the WhatsApp Manager"},
	131064: {Cause: "the WhatsApp Business account has reached a limit; see the WhatsApp Manager"},
	133010: {Cause: "the number is not registered with the Cloud API; register it in the WhatsApp Manager"},
}

// throttles are codes of a limit on requests, messages, complaints, or messages to one person.
var throttles = map[int]bool{4: true, 80007: true, 130429: true, 131048: true, 131056: true, 133016: true}

// passing are codes of a failure at Meta.
var passing = map[int]bool{1: true, 2: true, 131000: true, 131016: true, 131057: true, 135000: true}

// failure is the reason of a message that failed after it was accepted. cause says what the operator has to settle, if
// there is anything.
func failure(code int) (r message.Reason, cause string) {
	m, known := meaningOf(code)
	switch {
	case known && m.Reason != "":
		return m.Reason, m.Cause
	case known, throttles[code], passing[code]:
		return message.CarrierError, m.Cause
	}
	return message.UnknownReason, ""
}
