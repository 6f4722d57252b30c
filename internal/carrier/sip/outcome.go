package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/retryafter"
	"github.com/syssecure/syssecure/internal/webcall"
)

// refusals say what a final answer to an INVITE means (RFC 3261 clause 21, RFC 8197, RFC 8688).
var refusals = map[int]carrier.Meaning{
	403: {Reason: message.CarrierRejected},
	404: {Reason: message.InvalidDestination},
	408: {Reason: message.NoAnswer},
	410: {Reason: message.InvalidDestination},
	480: {Reason: message.NoAnswer},
	484: {Reason: message.InvalidDestination}, // address incomplete
	486: {Reason: message.Busy},
	487: {Reason: message.NoAnswer},
	600: {Reason: message.Busy},
	603: {Reason: message.CarrierRejected}, // the person or a filter declined
	604: {Reason: message.InvalidDestination},
	607: {Reason: message.BlockedByRecipient},
	608: {Reason: message.CarrierRejected},

	401: {Cause: "the trunk rejects username and password; compare them with its console"},
	402: {Cause: "the trunk asks for a payment; check the credit of the account there"},
	407: {Cause: "the trunk rejects username and password; compare them with its console"},
	415: {Cause: noCodec},
	488: {Cause: noCodec},
	606: {Cause: noCodec},
}

const (
	noCodec  = "the trunk accepts neither PCMU nor PCMA; allow one of them there"
	declines = "the trunk rejects the request; check server, transport and from"
)

// outcome is the result of a call that was refused with a final answer.
func outcome(r *sip.Response, now time.Time) carrier.Result {
	status := r.StatusCode
	result := carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "SIP " + strconv.Itoa(status),
	}

	meaning, known := refusals[status]
	switch {
	case known && meaning.Reason != "":
		result.Outcome, result.Reason = carrier.Rejected, meaning.Reason
	case known:
		result.Cause = meaning.Cause
	case status >= 600:
		result.Outcome, result.Reason = carrier.Rejected, message.CarrierRejected
	case status >= 500:
		result.RetryAfter = retryAfter(r, now)
		result.Throttled = status == sip.StatusServiceUnavailable && result.RetryAfter > 0
		result.Cause = "the trunk has a problem, or no free line"
	case status >= 400:
		result.Cause = declines
	default:
		result.Cause = "the trunk redirects calls, which are not followed; set server to the final address"
	}

	return result
}

// retryAfter reads the field Retry-After, which may have a comment and parameters (RFC 3261 clause 20.33).
func retryAfter(r *sip.Response, now time.Time) time.Duration {
	header := r.GetHeader("Retry-After")
	if header == nil {
		return 0
	}
	text := header.Value()
	if end := strings.IndexAny(text, " (;"); end >= 0 {
		text = text[:end]
	}

	return min(retryafter.Parse(text, now), time.Hour)
}

// lost is the result of an INVITE that the transport could not carry. If it may have left before the link broke, it may
// ring
// a phone.
func lost(left bool, err error) carrier.Result {
	r := carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: "connect",
		Cause: "the trunk cannot be reached; check server, transport and the firewall",
	}
	problem := webcall.CertificateProblem(err)
	switch {
	case problem != "": // nothing was sent
		r.Cause = problem + certificateAdvice
	case left:
		r.Outcome, r.CarrierCode, r.Cause = carrier.Unknown, "link", "the link broke before the trunk answered"
	case webcall.NoTLS(err):
		r.Cause = "the trunk speaks no TLS there; check the port of server, and transport"
	}

	return r
}

// silent is the result of an INVITE without any answer.
func silent() carrier.Result {
	return carrier.Result{
		Outcome: carrier.Unknown, Reason: message.CarrierTimeout, CarrierCode: "timeout",
		Cause: "the trunk does not answer; check server, transport and the firewall",
	}
}

// unanswered is the result of a call that was canceled after ring_timeout. The phone may have rung although the trunk
// sent
// nothing but 100 Trying: many trunks pass on no 180.
func unanswered() carrier.Result {
	return carrier.Result{Outcome: carrier.Rejected, Reason: message.NoAnswer, CarrierCode: "ring_timeout"}
}

// revoked is the result of a call that rang when its code was canceled. It says nothing of the trunk.
func revoked() carrier.Result {
	return carrier.Result{Outcome: carrier.Rejected, Reason: message.NoAnswer, CarrierCode: "canceled"}
}

// withdrawn is the result of a call that was called off before a person answered.
func withdrawn() carrier.Result {
	return carrier.Result{
		Outcome: carrier.Retry, Reason: message.CarrierTimeout, CarrierCode: "canceled", Cause: "the call was called off",
	}
}
