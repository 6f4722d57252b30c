package httpsms

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// ServeCallback answers "receipts" and "inbound": 204 once the sink stored it, 503 when it did not, so that the gateway
// repeats it. The token is checked before the body is read.
func (c *Carrier) ServeCallback(w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink) {
	switch {
	case callback != "receipts" && callback != "inbound":
		refuse(w, http.StatusNotFound, fault.NotFound, "there is no such callback; this carrier has receipts and inbound")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed, fault.InvalidParams, "use POST")
		return
	case !c.authentic(r.Header.Get("Authorization")):
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, fault.Unauthorized, "send the carrier's token as Authorization: Bearer <token>")
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			refuse(w, http.StatusRequestEntityTooLarge, fault.InvalidParams, "the body is larger than 64 KB")
			return
		}
		refuse(w, http.StatusBadRequest, fault.InvalidParams, "the body could not be read to its end")
		return
	}
	var report func() (bool, error)
	if callback == "receipts" {
		receipt, bad := parseReceipt(data)
		receipt.Carrier, err = c.config.Name, bad
		report = func() (bool, error) { return sink.Receipt(r.Context(), receipt) }
	} else {
		inbound, bad := parseInbound(data)
		inbound.Carrier, inbound.Country, err = c.config.Name, c.config.Country, bad
		report = func() (bool, error) { return sink.Inbound(r.Context(), inbound) }
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, fault.InvalidParams, err.Error())
		return
	}
	matched, err := report()
	if err != nil {
		c.log.Error("a callback was not stored; the gateway is asked to repeat it", "carrier", c.config.Name, "callback", callback, "error", err)
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, fault.Internal, "this was not stored; send it again after the time in Retry-After")
		return
	}
	if !matched {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// authentic compares digests, so that neither the token nor its length shows in the time it takes.
func (c *Carrier) authentic(header string) bool {
	scheme, token, _ := strings.Cut(header, " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return subtle.ConstantTimeCompare(sum[:], c.token[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

var statuses = map[string]carrier.Status{"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed}

// parseReceipt reads a receipt. Its id may be the gateway's or ours, so it is given as both.
func parseReceipt(data []byte) (carrier.Receipt, error) {
	var in struct {
		ID     word   `json:"id"`
		Status string `json:"status"`
		Reason string `json:"reason"`
		Code   word   `json:"code"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return carrier.Receipt{}, notJSON(err)
	}
	status, known := statuses[in.Status]
	switch {
	case in.ID == "" || len(in.ID) > maxID:
		return carrier.Receipt{}, fmt.Errorf("id must have 1 to %d bytes", maxID)
	case !known:
		return carrier.Receipt{}, errors.New("status must be delivered, failed or read")
	}
	receipt := carrier.Receipt{ID: string(in.ID), Ref: string(in.ID), Status: status, Code: cleanCode(string(in.Code))}
	if status == carrier.Failed {
		receipt.Reason = message.ParseReason(in.Reason)
	}
	return receipt, nil
}

// parseInbound reads a message from a phone.
func parseInbound(data []byte) (carrier.Inbound, error) {
	var in struct {
		From word   `json:"from"`
		To   word   `json:"to"`
		Body string `json:"body"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return carrier.Inbound{}, notJSON(err)
	}
	if in.From == "" || len(in.From) > maxID || len(in.To) > maxID {
		return carrier.Inbound{}, fmt.Errorf("from must have 1 to %d bytes, and to at most as many", maxID)
	}
	return carrier.Inbound{From: string(in.From), To: string(in.To), Body: secret.NewText(in.Body)}, nil
}

// notJSON names the field at most: the decoder's own text would quote the body.
func notJSON(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s must be a string", wrong.Field)
	}
	return errors.New("the body must be one JSON object")
}

func refuse(w http.ResponseWriter, status int, code fault.Code, text string) {
	body, err := json.Marshal(struct {
		Code    fault.Code `json:"code"`
		Message string     `json:"message"`
	}{code, text})
	if err != nil {
		body = nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
