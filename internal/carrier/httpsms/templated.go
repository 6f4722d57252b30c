package httpsms

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// answerRules say where an answer has its id and its code, and what the codes mean. nil is the plain contract.
type answerRules struct {
	id, code string
	codes    map[string]string
}

// read turns an answer into a result. The message was for this number in E.164. A code decides; without one, the HTTP
// status
// does, and what the plain contract says of it.
func (r *answerRules) read(a webcall.Answer, to string, now time.Time) carrier.Result {
	result := gateway.Result(a, now)
	if result.Outcome == carrier.Accepted && a.Broken { // the status says that the gateway has the message
		return result
	}
	body, readable := readJSON(a.Body)
	code := body.text(r.code)
	shown := carrier.CleanCode(code)
	if shown == "" {
		shown = "HTTP " + strconv.Itoa(a.Status)
	}

	meaning, decides := r.meaning(code, a.Status)
	switch {
	case decides && !readable:
		return gateway.Unreadable()
	case meaning == acceptedWord, meaning == "" && code == "":
		if result.Outcome == carrier.Accepted {
			return result.WithID(body.text(r.id))
		}
	case meaning != "":
		result = meant(meaning, to)
	case result.Outcome == carrier.Accepted:
		result = meant(string(message.CarrierRejected), to)
	}
	if result.Outcome == carrier.Retry && meaning == "" && slices.Contains(rejections, a.Status) {
		result = meant(string(message.CarrierRejected), to)
	}
	result.CarrierCode = shown

	return result
}

// meaning looks up a code, or the HTTP status when the table does not have the code. A server that fails says nothing
// about
// the message, so the codes of a 5xx count only by their status. decides is set when an answer without a code has a
// meaning.
func (r *answerRules) meaning(code string, status int) (meaning string, decides bool) {
	switch {
	case status/100 == 5:
	case code != "":
		if meaning = r.codes[code]; meaning == "" {
			meaning = r.codes[anyCode]
		}
	case status/100 == 2 && r.code != "":
		meaning, decides = r.codes[""]
	}
	if meaning == "" {
		meaning = r.codes["HTTP "+strconv.Itoa(status)]
	}

	return meaning, decides
}

// meant is the result of an answer whose code has a meaning other than accepted.
func meant(meaning, to string) carrier.Result {
	switch meaning {
	case retryWord:
		return carrier.Meant("", carrier.Meaning{Cause: "the gateway reports an internal error"}, to)
	case throttledWord:
		result := carrier.Meant("", carrier.Meaning{Cause: carrier.Throttled}, to)
		result.Throttled, result.RetryAfter = true, time.Second
		return result
	case operatorWord:
		return carrier.Meant("", carrier.Meaning{
			Cause: "the gateway refuses this account or its settings; look its code up in the provider's documentation",
		}, to)
	}

	return carrier.Meant("", carrier.Meaning{Reason: message.Reason(meaning)}, to)
}

// receiptRules say where a receipt has its fields, and what they mean. nil is the plain contract.
type receiptRules struct {
	list, id, to, status, code string
	statuses                   map[string]verdict
	codes                      map[string]message.Reason
}

// inboundRules say where a text from a phone has its fields. nil is the plain contract.
type inboundRules struct {
	list, from, to, text, charset, id string
}

// templated is everything of a carrier that does not follow the plain contract.
type templated struct {
	request *requestRules
	answer  *answerRules
	receipt *receiptRules
	inbound *inboundRules
	// signed checks the signature of a callback instead of the token; nil = the token counts.
	signed func(r *http.Request, body []byte) bool
	// probe checks the credentials; nil = the provider has no request for that.
	probe *carrier.Probe
}

// reads reports whether a callback has another form than the plain one.
func (t *templated) reads(callback string) bool {
	return t != nil && (callback == "receipts" && t.receipt != nil || callback == "inbound" && t.inbound != nil)
}
