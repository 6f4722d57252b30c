package httpsms

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
)

// ServeCallback implements carrier.CallbackHandler for "receipts" and "inbound". It answers 204 when the sink stored
// the report, 202 when it belongs to no message, and 503 when it was not stored, so that the gateway repeats it. The
// token is checked before the body is read.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if f := c.checkRequest(w, r, callback); f != nil {
		return f
	}

	data, f := readCallback(w, r)
	if f != nil {
		return f
	}

	var matched bool
	var err error
	if callback == "receipts" {
		receipt, f := parseReceipt(data)
		if f != nil {
			return f
		}
		receipt.Carrier = c.Name()
		matched, err = sink.Receipt(r.Context(), receipt)
	} else {
		inbound, f := parseInbound(data)
		if f != nil {
			return f
		}
		inbound.Carrier, inbound.Country = c.Name(), c.Country()
		matched, err = sink.Inbound(r.Context(), inbound)
	}

	switch {
	case err != nil:
		c.Log().Error("a callback could not be stored; the gateway is asked to repeat it",
			"carrier", c.Name(), "callback", callback, "error", err)
		f := fault.New(fault.Internal, "the callback could not be stored; wait as long as Retry-After says, then repeat it").
			WithStatus(http.StatusServiceUnavailable)
		f.RetryAfter = time.Second
		return f
	case !matched:
		w.WriteHeader(http.StatusAccepted)
	default:
		w.WriteHeader(http.StatusNoContent)
	}

	return nil
}

// checkRequest checks everything of a request but its body.
func (c *Carrier) checkRequest(w http.ResponseWriter, r *http.Request, callback string) *fault.Fault {
	switch {
	case callback != "receipts" && callback != "inbound":
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return fault.New(fault.InvalidParams, "use POST").WithStatus(http.StatusMethodNotAllowed)
	case !c.authentic(r.Header.Get("Authorization")):
		w.Header().Set("WWW-Authenticate", "Bearer")
		return fault.New(fault.Unauthorized, "send the carrier's token as Authorization: Bearer <token>")
	case !isJSON(r.Header.Get("Content-Type")):
		return fault.New(fault.InvalidParams,
			"send Content-Type: application/json").WithStatus(http.StatusUnsupportedMediaType)
	}

	return nil
}

// isJSON accepts every media type of JSON. A gateway that names none is assumed to send JSON.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	name, _, err := mime.ParseMediaType(contentType)
	return err == nil && (name == "application/json" || name == "text/json" || strings.HasSuffix(name, "+json"))
}

func readCallback(w http.ResponseWriter, r *http.Request) ([]byte, *fault.Fault) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.New(fault.InvalidParams, "the body is larger than 64 KB").
			WithStatus(http.StatusRequestEntityTooLarge)
	case err != nil:
		return nil, fault.New(fault.InvalidParams, "the body could not be read to its end")
	}

	return data, nil
}

// authentic compares digests, so that its duration reveals neither the token nor its length.
func (c *Carrier) authentic(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return subtle.ConstantTimeCompare(sum[:], c.token[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}
