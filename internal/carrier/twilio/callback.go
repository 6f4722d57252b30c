package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio signs with it
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

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

// ServeCallback implements carrier.CallbackHandler. Receipts are answered with 204, or 202 when they belong to no message;
// texts with an empty TwiML document, so that Twilio replies nothing.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if callback != receipts && callback != inbound {
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	}
	form, f := c.authentic(w, r)
	if f != nil {
		return f
	}

	if callback == inbound {
		return c.inbound(w, r, form, sink)
	}

	return c.receipts(w, r, form, sink)
}

// authentic reads the form of a callback and checks that Twilio signed it.
func (c *account) authentic(w http.ResponseWriter, r *http.Request) (url.Values, *fault.Fault) {
	if f := carrier.CallbackMethod(w, r, http.MethodPost); f != nil {
		return nil, f
	}

	if f := carrier.CallbackForm(r); f != nil {
		return nil, f
	}
	body, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return nil, f
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "the body must be a form, as Twilio sends it")
	}
	if !c.signer.signed(r.URL, form, carrier.OnlyHeader(r.Header, "X-Twilio-Signature")) {
		return nil, fault.New(fault.Unauthorized, "the signature is not that of this Twilio account; "+
			"check that auth_token and public_url are those that Twilio has")
	}

	return form, carrier.Repeated(form, "MessageSid", "MessageStatus", "CallSid", "CallStatus", "From", "To", "Body", "Digits")
}

func (c *Carrier) inbound(w http.ResponseWriter, r *http.Request, form url.Values, sink carrier.Sink) *fault.Fault {
	from := form.Get("From")
	if from == "" {
		return fault.Invalid("From", "From is missing; Twilio sends the number of the phone in it")
	}

	body := form.Get("Body")
	if kind := form.Get("OptOutType"); kind == "STOP" || kind == "START" {
		body = kind // Advanced Opt-Out has its own keywords, and Twilio has acted on them
	}
	_, f := c.Store(r.Context(), sink, nil, []carrier.Inbound{{
		From: from, To: form.Get("To"), Body: secret.NewString(body), ID: form.Get("MessageSid"),
	}})
	if f != nil {
		return f
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write([]byte("<Response/>"))

	return nil
}

// statuses are all that Twilio's reference of the Message resource lists.
var statuses = map[string]carrier.Status{
	"accepted": carrier.Buffered, "scheduled": carrier.Buffered, "queued": carrier.Buffered, "sending": carrier.Buffered,
	"sent": carrier.Buffered, "receiving": carrier.Buffered, "received": carrier.Buffered,
	"partially_delivered": carrier.Buffered,
	"delivered":           carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed, "undelivered": carrier.Failed,
	"canceled": carrier.Failed,
}

func (c *Carrier) receipts(w http.ResponseWriter, r *http.Request, form url.Values, sink carrier.Sink) *fault.Fault {
	id := form.Get("MessageSid")
	status, unknown := carrier.ReadStatus(statuses, form.Get("MessageStatus"))
	if id == "" {
		return fault.Invalid("MessageSid", "MessageSid is missing; Twilio sends the id of the message in it")
	}

	receipt := carrier.Receipt{ID: id, Status: status, Unknown: unknown}
	var blocks []carrier.Inbound
	if status == carrier.Failed {
		receipt.Reason, receipt.CarrierCode = failure(form.Get("ErrorCode"))
		if to := form.Get("To"); receipt.Reason == message.OptedOut && to != "" {
			blocks = []carrier.Inbound{carrier.OptOut(to)}
		}
	}

	matched, f := c.Store(r.Context(), sink, carrier.FillRefs(r, []carrier.Receipt{receipt}), blocks)
	if f != nil {
		return f
	}
	carrier.Acknowledge(w, matched)

	return nil
}

// failure is the reason of a failed message by Twilio's code.
func failure(text string) (message.Reason, string) {
	code, err := strconv.Atoi(text)
	if err != nil || code <= 0 {
		return message.UnknownReason, ""
	}
	if reason := codes[code].Reason; reason != "" {
		return reason, strconv.Itoa(code)
	}
	return message.UnknownReason, strconv.Itoa(code)
}

// signer checks X-Twilio-Signature (twilio.com/docs/usage/security): the base64 of HMAC-SHA1, under the Auth Token, of the URL
// as Twilio has it and of all fields of the form, sorted by name, each name followed by its values.
type signer struct {
	token     []byte
	publicURL string
}

func (s signer) signed(at *url.URL, form url.Values, signature string) bool {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return false
	}

	var fields strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		values := slices.Sorted(slices.Values(form[name]))
		for _, value := range slices.Compact(values) {
			fields.WriteString(name + value)
		}
	}

	ok := false
	for _, address := range s.addresses(at) {
		mac := hmac.New(sha1.New, s.token)
		mac.Write([]byte(address + fields.String()))
		ok = hmac.Equal(mac.Sum(nil), given) || ok
	}

	return ok
}

// addresses are the forms in which Twilio may have signed the URL: it writes the standard port, or leaves it out.
func (s signer) addresses(at *url.URL) []string {
	public, err := url.Parse(s.publicURL)
	if err != nil {
		return nil
	}
	public.Path, public.RawQuery = public.Path+at.Path, at.RawQuery
	out := []string{public.String()}

	port := map[string]string{"https": "443", "http": "80"}[public.Scheme]
	if public.Port() == "" {
		public.Host += ":" + port
	} else {
		public.Host = strings.TrimSuffix(public.Host, ":"+public.Port())
	}

	return append(out, public.String())
}
