package carrier

import (
	"net/http"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/webcall"
)

const (
	// MaxID is the longest id of a provider that is kept, in bytes; MaxCode the longest code.
	MaxID   = 255
	MaxCode = 64

	maxRetryAfter = 24 * time.Hour
)

// Provider is how causes name the other side of a web carrier, and which keys they ask the operator to check.
type Provider struct {
	Name    string // "Twilio"
	Secrets string // the keys by which it knows the account: "account_sid and auth_token"
	Address string // the key of its address: "api_base"
}

// Result is what an answer's HTTP status means for a submit when its body says no more. 2xx is Accepted without ids; nothing
// is Rejected, because a status alone does not say whether the message or the configuration is at fault.
func (p Provider) Result(a webcall.Answer, now time.Time) Result {
	if a.Status/100 == 2 {
		return Result{Outcome: Accepted}
	}

	r := Result{Reason: message.CarrierError, CarrierCode: "HTTP " + strconv.Itoa(a.Status)}
	r.Outcome, r.Cause = p.outcome(a.Status)
	if r.Outcome == Retry {
		r.RetryAfter = min(retryafter.Parse(a.Header.Get("Retry-After"), now), maxRetryAfter)
		r.Throttled = a.Status == http.StatusTooManyRequests
		r.MaybeAccepted = a.Status == http.StatusInternalServerError
	}

	return r
}

func (p Provider) outcome(status int) (o Outcome, cause string) {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return Retry, p.Name + " rejects " + p.Secrets + "; check the carrier's keys"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return Unknown, p.Name + " did not get an answer in time"
	case http.StatusTooManyRequests:
		return Retry, Throttled
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable:
		return Retry, p.Name + " reports an internal error"
	}

	switch status / 100 {
	case 3:
		return Retry, p.Name + " redirects, and redirects are not followed; set " + p.Address + " to the final address"
	case 4:
		return Retry, p.Name + " rejects the request; check the carrier's keys, " + p.Address + " first"
	}

	return Unknown, p.Name + " reports an internal error"
}

// Unreadable is the result of a submit whose answer cannot be read although only its body says how the submit ended.
func (p Provider) Unreadable() Result {
	return Result{
		Outcome: Unknown, Reason: message.CarrierError, CarrierCode: "answer",
		Cause: p.Name + "'s answer could not be read",
	}
}

// WithID adds the id that the provider gave to an accepted message, when it can be kept.
func (r Result) WithID(id string) Result {
	if id != "" && len(id) <= MaxID {
		r.IDs = append(r.IDs, id)
	}
	return r
}

// CleanCode returns what looks like a code of a provider: letters, digits and -._:+ of at most MaxCode bytes. Anything else
// could quote the message, and gives an empty code.
func CleanCode(s string) string {
	if len(s) > MaxCode {
		return ""
	}
	for _, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '-' || c > ':' || c == '/') && c != '_' && c != '+' {
			return ""
		}
	}

	return s
}

// Meaning is what a provider's code says about a submit: a reason when the message is at fault, or a cause when the operator
// has to settle it.
type Meaning struct {
	Reason message.Reason
	Cause  string
}

// Meant makes the result of a submit that the provider refused with a code, to a number in E.164. An opt-out at the provider
// is reported as one from the phone, so that it counts here as well.
func Meant(code string, m Meaning, to string) Result {
	if m.Cause != "" {
		return Result{Outcome: Retry, Reason: message.CarrierError, CarrierCode: CleanCode(code), Cause: m.Cause}
	}

	r := Result{Outcome: Rejected, Reason: m.Reason, CarrierCode: CleanCode(code)}
	if m.Reason == message.OptedOut {
		r.Inbound = []Inbound{OptOut(to)}
	}

	return r
}

var stop = secret.NewString("STOP")

// OptOut is what a carrier reports when its provider blocks a number that replied STOP there.
func OptOut(number string) Inbound { return Inbound{From: number, Body: stop} }
