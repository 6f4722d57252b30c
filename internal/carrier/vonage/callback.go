package vonage

import (
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// The callbacks, below /carriers/NAME.
const (
	receipts = "receipts"
	inbound  = "inbound"

	maxBody = 64 << 10
)

// ServeCallback implements carrier.CallbackHandler. Vonage calls by GET or POST, as the account's settings say. Everything that
// was stored is answered with 200, which stops its repeats.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if callback != receipts && callback != inbound {
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	}
	if f := carrier.CallbackMethod(w, r, http.MethodPost, http.MethodGet); f != nil {
		return f
	}

	got, f := readParams(w, r)
	if f != nil {
		return f
	}
	if !got.signed(c.config.SignatureSecret, time.Now()) {
		return fault.New(fault.Unauthorized, "the signature is not that of this Vonage account, or is more than "+
			"5 minutes old; check that webhooks are signed and that signature_secret is the account's")
	}

	if callback == inbound {
		return c.inbound(r, got, sink)
	}

	return c.receipt(r, got, sink)
}

// params are the parameters of a callback, each once.
type params map[string]string

// readParams reads them from the query of a GET, and from the body of a POST: a form or a JSON object.
func readParams(w http.ResponseWriter, r *http.Request) (params, *fault.Fault) {
	if r.Method == http.MethodGet {
		query := r.URL.Query()
		return fromValues(query), carrier.Repeated(query, slices.Sorted(maps.Keys(query))...)
	}

	body, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return nil, f
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		return fromJSON(body)
	}
	if f := carrier.CallbackForm(r); f != nil {
		return nil, f
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badBody()
	}

	return fromValues(form), carrier.Repeated(form, slices.Sorted(maps.Keys(form))...)
}

func badBody() *fault.Fault {
	return fault.New(fault.InvalidParams, "the body must be a form or a JSON object, as Vonage sends it")
}

func fromJSON(body []byte) (params, *fault.Fault) {
	var fields map[string]carrier.Scalar
	if json.Unmarshal(body, &fields) != nil {
		return nil, badBody()
	}

	got := params{}
	for name, value := range fields {
		got[name] = string(value)
	}

	return got, nil
}

func fromValues(values url.Values) params {
	got := params{}
	for name := range values {
		got[name] = values.Get(name)
	}
	return got
}

func (c *Carrier) inbound(r *http.Request, got params, sink carrier.Sink) *fault.Fault {
	from := got["msisdn"]
	if from == "" {
		return fault.Invalid("msisdn", "msisdn is missing; Vonage sends the number of the phone in it")
	}

	_, f := c.Store(r.Context(), sink, nil, []carrier.Inbound{{
		From: carrier.International(from), To: got["to"], Body: secret.NewString(got["text"]), ID: got["messageId"],
	}})

	return f
}

func (c *Carrier) receipt(r *http.Request, got params, sink carrier.Sink) *fault.Fault {
	receipt := readReceipt(got)
	if receipt.ID == "" {
		return fault.Invalid("messageId", "messageId is missing; Vonage sends the id of the message in it")
	}
	_, f := c.Store(r.Context(), sink, []carrier.Receipt{receipt}, nil)

	return f
}

// readReceipt reads a delivery receipt. "accepted" and "buffered" are states on the way; "unknown" without an error says
// nothing at all.
func readReceipt(got params) carrier.Receipt {
	out := carrier.Receipt{ID: got["messageId"], Ref: got["client-ref"]}
	code := got["err-code"]
	switch got["status"] {
	case "delivered":
		out.Status = carrier.Delivered
		return out
	case "expired":
		out.Status, out.Reason = carrier.Failed, message.ExpiredInTransit
	case "failed", "rejected":
		out.Status, out.Reason = carrier.Failed, errorCodes[code]
	case "unknown":
		if code == "" || code == accepted {
			return out
		}
		out.Status, out.Reason = carrier.Failed, errorCodes[code]
	case "accepted", "buffered":
		return out
	default:
		_, out.Unknown = carrier.ReadStatus(nil, got["status"])
		return out
	}

	if out.Reason == "" {
		out.Reason = message.UnknownReason
	}
	if code != accepted {
		out.CarrierCode = carrier.CleanCode(code)
	}

	return out
}

// errorCodes say what err-code of a receipt means (Vonage's support article "SMS Delivery Error Codes"). 4 and 9 are a bar and
// a refusal by the person, but do not say of which sender, so they opt nobody out.
var errorCodes = map[string]message.Reason{
	"2":  message.Unreachable,        // absent for now
	"3":  message.InvalidDestination, // no longer active
	"4":  message.BlockedByRecipient,
	"5":  message.CarrierError,    // portability
	"6":  message.CarrierRejected, // spam filter
	"7":  message.Unreachable,     // handset busy
	"8":  message.CarrierError,    // network
	"9":  message.BlockedByRecipient,
	"10": message.CarrierRejected,
	"11": message.CarrierError, // no route
	"12": message.Unreachable,
	"13": message.CarrierRejected, // age
	"14": message.CarrierRejected, // blocked by the operator
	"15": message.CarrierRejected, // prepaid account
	"16": message.CarrierError,    // quota
	"39": message.SenderNotAllowed,
	"50": message.CarrierRejected, // filters of the operator or by law
	"51": message.CarrierRejected,
	"52": message.CarrierRejected,
	"53": message.CarrierRejected,
	"54": message.CarrierRejected,
}
