package httpsms

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
)

// ServeCallback implements carrier.CallbackHandler for "receipts" and "inbound". It answers 204 when the sink stored
// the report, 202 when it belongs to no message, and 503 when it was not stored, so that the gateway repeats it. The
// token is checked before the body is read.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if c.templated.reads(callback) {
		return c.serveTemplated(w, r, callback, sink)
	}
	if f := c.checkRequest(w, r, callback); f != nil {
		return f
	}

	data, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return f
	}

	receipts, inbound, f := parse(callback, data)
	if f != nil {
		return f
	}
	matched, f := c.Store(r.Context(), sink, receipts, inbound)
	if f != nil {
		return f
	}
	carrier.Acknowledge(w, matched)

	return nil
}

func parse(callback string, data []byte) ([]carrier.Receipt, []carrier.Inbound, *fault.Fault) {
	if callback == "receipts" {
		receipt, f := parseReceipt(data)
		return []carrier.Receipt{receipt}, nil, f
	}
	inbound, f := parseInbound(data)
	return nil, []carrier.Inbound{inbound}, f
}

// checkRequest checks everything of a request but its body.
func (c *Carrier) checkRequest(w http.ResponseWriter, r *http.Request, callback string) *fault.Fault {
	switch {
	case callback != "receipts" && callback != "inbound":
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	case r.Method != http.MethodPost:
		return carrier.CallbackMethod(w, r, http.MethodPost)
	case !c.token.Bears(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		return fault.New(fault.Unauthorized, "send the carrier's token as Authorization: Bearer <token>")
	}

	return carrier.CallbackJSON(r)
}
