package telnyx

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// The callbacks, below /carriers/NAME. A messaging profile has one address for all its events, so each takes both
// kinds.
const (
	receipts = "receipts"
	inbound  = "inbound"

	maxBody = 256 << 10 // of a callback, which repeats the whole text
	// tolerance is how far the time of a signature may be from now, so that a callback cannot be replayed later.
	tolerance = 5 * time.Minute
)

// ServeCallback implements carrier.CallbackHandler. Everything that was stored is answered with 200, and so are events
// of
// other kinds.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if callback != receipts && callback != inbound {
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	}
	if f := carrier.CallbackMethod(w, r, http.MethodPost); f != nil {
		return f
	}

	if f := carrier.CallbackJSON(r); f != nil {
		return f
	}
	body, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return f
	}
	if !signed(c.key, r.Header, body, time.Now()) {
		return fault.New(fault.Unauthorized, "the signature is not that of this Telnyx account, or is more than 5 minutes "+
			"old; check that public_key is the one in Telnyx's portal")
	}

	reports, texts, f := parse(body)
	if f != nil {
		return f
	}
	_, f = c.Store(r.Context(), sink, carrier.FillRefs(r, reports), texts) // payloads do not always repeat the address

	return f
}

// signed checks the Ed25519 signature of a callback (developers.telnyx.com, "Receiving webhooks"): over the time and
// the body.
func signed(key ed25519.PublicKey, header http.Header, body []byte, now time.Time) bool {
	text := carrier.OnlyHeader(header, "Telnyx-Timestamp")
	at, err := strconv.ParseInt(text, 10, 64)
	signature, sigErr := base64.StdEncoding.DecodeString(carrier.OnlyHeader(header, "Telnyx-Signature-Ed25519"))
	if err != nil || sigErr != nil || len(key) != ed25519.PublicKeySize {
		return false
	}
	if age := now.Sub(time.Unix(at, 0)); age < -tolerance || age > tolerance {
		return false
	}

	return ed25519.Verify(key, append([]byte(text+"|"), body...), signature)
}

// party is a number, and as a receiver how far the message got to it.
type party struct {
	Number string `json:"phone_number"`
	Status string `json:"status"`
}

// payload is a message as events show it.
type payload struct {
	ID         string    `json:"id"`
	From       party     `json:"from"`
	To         []party   `json:"to"`
	Text       string    `json:"text"`
	WebhookURL string    `json:"webhook_url"`
	Errors     []failure `json:"errors"`
}

// parse reads an event. One that is neither a receipt nor a text from a phone gives nothing.
func parse(data []byte) ([]carrier.Receipt, []carrier.Inbound, *fault.Fault) {
	var body struct {
		Data struct {
			Event   string  `json:"event_type"`
			Payload payload `json:"payload"`
		} `json:"data"`
	}
	if json.Unmarshal(data, &body) != nil {
		return nil, nil, fault.New(fault.InvalidParams, "the body must be an event of API version 2, as Telnyx sends it")
	}

	got := body.Data.Payload
	switch body.Data.Event {
	case "message.received":
		text, f := got.inbound()
		return nil, text, f
	case "message.sent", "message.finalized":
		return got.receipt()
	}

	return nil, nil, nil
}

func (p payload) inbound() ([]carrier.Inbound, *fault.Fault) {
	if p.From.Number == "" {
		return nil, fault.Invalid("data.payload.from.phone_number",
			"data.payload.from.phone_number is missing; Telnyx sends the number of the phone in it")
	}

	to := ""
	if len(p.To) > 0 {
		to = p.To[0].Number
	}

	return []carrier.Inbound{{From: p.From.Number, To: to, Body: secret.NewString(p.Text), ID: p.ID}}, nil
}

// statuses are those of Telnyx's reference. "delivery_unconfirmed" is not final: it says that nobody knows.
var statuses = map[string]carrier.Status{
	"queued": carrier.Buffered, "sending": carrier.Buffered, "sent": carrier.Buffered,
	"delivery_unconfirmed": carrier.Buffered,
	"delivered":            carrier.Delivered, "read": carrier.Read, "delivery_failed": carrier.Failed,
	"sending_failed": carrier.Failed, "expired": carrier.Failed,
}

func (p payload) receipt() ([]carrier.Receipt, []carrier.Inbound, *fault.Fault) {
	if p.ID == "" || len(p.To) == 0 {
		return nil, nil, fault.Invalid("data.payload.id",
			"data.payload.id or data.payload.to is missing; Telnyx sends the message and its receiver in them")
	}

	out := carrier.Receipt{ID: p.ID, Ref: p.ref()}
	out.Status, out.Unknown = carrier.ReadStatus(statuses, p.To[0].Status)
	if out.Status != carrier.Failed {
		return []carrier.Receipt{out}, nil, nil
	}

	out.Reason = message.UnknownReason
	if p.To[0].Status == "expired" {
		out.Reason = message.ExpiredInTransit
	}
	if len(p.Errors) > 0 {
		out.CarrierCode = carrier.CleanCode(string(p.Errors[0].Code))
		if meaning, known := p.Errors[0].meaning(); known && meaning.Reason != "" {
			out.Reason = meaning.Reason
		}
	}

	var texts []carrier.Inbound
	if out.Reason == message.OptedOut && p.To[0].Number != "" {
		texts = []carrier.Inbound{carrier.OptOut(p.To[0].Number)}
	}

	return []carrier.Receipt{out}, texts, nil
}

// ref is our reference, from the address that the request gave for receipts; empty when it has none.
func (p payload) ref() string {
	address, err := url.Parse(p.WebhookURL)
	if err != nil {
		return ""
	}
	return address.Query().Get(carrier.RefKey)
}
