package vonage

import (
	"encoding/json"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

var provider = carrier.Provider{Name: "Vonage", Secrets: "api_key and api_secret", Address: "api_base"}

// answer has one message for each part of the text.
type answer struct {
	Messages []struct {
		ID     string         `json:"message-id"`
		Status carrier.Scalar `json:"status"`
	} `json:"messages"`
}

const (
	accepted      = "0"
	throttled     = "1"
	internalError = "5"
	tooManyBinds  = "10"

	throttleWait = time.Second // the limit is so many messages a second
)

// read turns an answer into a result. The message was for this number in E.164. When Vonage accepted some parts of a text and
// not the others, the text did not arrive whole: it is rejected when the refusal is final, and otherwise sent again as a copy.
func read(a webcall.Answer, to string, now time.Time) carrier.Result {
	result := provider.Result(a, now)
	if result.Outcome != carrier.Accepted || a.Broken { // the status of one that broke off says that Vonage has the message
		return result
	}
	var body answer
	if json.Unmarshal(a.Body, &body) != nil || len(body.Messages) == 0 {
		return provider.Unreadable()
	}

	refused := ""
	for _, part := range body.Messages {
		switch {
		case part.Status == accepted:
			result = result.WithID(part.ID)
		case refused == "":
			refused = string(part.Status)
			if refused == "" {
				return provider.Unreadable()
			}
		}
	}
	if refused == "" {
		return result
	}

	some := len(result.IDs) > 0
	result = refusal(refused, to)
	if some && result.Outcome == carrier.Retry {
		result.MaybeAccepted, result.Cause = true, "Vonage accepted only some parts of a long text"
	}

	return result
}

// refusal is the result of a message that Vonage refused with a status.
func refusal(status, to string) carrier.Result {
	meaning, known := statuses[status]
	if !known {
		meaning.Reason = message.CarrierRejected
	}
	result := carrier.Meant(status, meaning, to)
	switch status {
	case throttled, tooManyBinds:
		result.Throttled, result.RetryAfter = true, throttleWait
	case internalError:
		result.MaybeAccepted = true
	}

	return result
}

// statuses say what the status of a message means (developer.vonage.com/en/api-errors/sms).
var statuses = map[string]carrier.Meaning{
	throttled:     {Cause: carrier.Throttled},
	tooManyBinds:  {Cause: carrier.Throttled},
	internalError: {Cause: "Vonage reports an internal error"},

	"2":  {Reason: message.CarrierRejected},  // missing parameters
	"3":  {Reason: message.CarrierRejected},  // invalid parameters
	"6":  {Reason: message.CarrierRejected},  // invalid message, such as an unknown prefix
	"7":  {Reason: message.CarrierRejected},  // number barred by Vonage
	"12": {Reason: message.CarrierRejected},  // too long
	"15": {Reason: message.SenderNotAllowed}, // sender not authorized
	"22": {Reason: message.CarrierRejected},  // network does not fit the number
	"33": {Reason: message.InvalidDestination},

	"4":  {Cause: "Vonage rejects api_key and api_secret; compare them with the dashboard"},
	"8":  {Cause: "the Vonage account is suspended"},
	"9":  {Cause: "the Vonage account has no credit left; top it up"},
	"11": {Cause: "the Vonage account may not use the SMS API; ask Vonage to allow it"},
	"14": {Cause: "Vonage wants signed requests from this account; allow requests with the API secret in its settings"},
	"23": {Cause: "Vonage rejects the address of receipts; check public_url"},
	"29": {Cause: "the Vonage account is in demo mode and sends to listed numbers only; top it up"},
	"32": {Cause: "Vonage allows no API secret beside a signature; check the account's settings"},
}
