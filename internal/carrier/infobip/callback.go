package infobip

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// The callbacks, below /carriers/NAME.
const (
	receipts = "receipts"
	inbound  = "inbound"

	maxBody = 1 << 20 // of a callback, which may carry many reports
)

// ServeCallback implements carrier.CallbackHandler. Infobip signs nothing: the token comes as the parameter "token", or
// as
// Authorization: Bearer. Everything that was stored is answered with 200.
func (c *Carrier) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if callback != receipts && callback != inbound {
		return fault.New(fault.NotFound, "unknown callback; use receipts or inbound")
	}
	if f := carrier.CallbackMethod(w, r, http.MethodPost); f != nil {
		return f
	}
	if !c.token.Equal(r.URL.Query().Get("token")) && !c.token.Bears(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return fault.New(fault.Unauthorized, "send the carrier's callback_token as the parameter token, or as "+
			"Authorization: Bearer <token>")
	}

	if f := carrier.CallbackJSON(r); f != nil {
		return f
	}
	body, f := carrier.ReadCallback(w, r, maxBody)
	if f != nil {
		return f
	}
	reports, texts, unreadable := parse(callback, body)
	if _, f = c.Store(r.Context(), sink, reports, texts); f != nil {
		return f
	}

	return unreadable
}

// result is a receipt or a text from a phone.
type result struct {
	MessageID    string `json:"messageId"`
	CallbackData string `json:"callbackData"`
	From         string `json:"from"`
	To           string `json:"to"`
	Text         string `json:"text"`
	Status       status `json:"status"`
	Error        struct {
		Group int    `json:"groupId"`
		ID    int    `json:"id"`
		Name  string `json:"name"`
	} `json:"error"`
}

// parse reads a callback. What can be read of it is returned beside the fault of the first result that cannot.
func parse(callback string, data []byte) (reports []carrier.Receipt, texts []carrier.Inbound, unreadable *fault.Fault) {
	var body struct {
		Results []result `json:"results"`
	}
	if json.Unmarshal(data, &body) != nil || body.Results == nil {
		return nil, nil, fault.New(fault.InvalidParams, "the body must be a JSON object with results, as Infobip sends it")
	}

	for i, one := range body.Results {
		missing, about := "", ""
		switch {
		case callback == inbound && one.From == "":
			missing, about = "from", "the number of the phone"
		case callback != inbound && one.MessageID == "":
			missing, about = "messageId", "the id of the message"
		}
		if missing != "" {
			if field := "results[" + strconv.Itoa(i) + "]." + missing; unreadable == nil {
				unreadable = fault.Invalid(field, "%s is missing; Infobip sends %s in it", field, about)
			}
			continue
		}

		if callback == inbound {
			texts = append(texts, carrier.Inbound{
				From: carrier.International(one.From), To: one.To, Body: secret.NewString(one.Text), ID: one.MessageID,
			})
			continue
		}
		report := one.receipt()
		reports = append(reports, report)
		if report.Reason == message.OptedOut && one.To != "" {
			texts = append(texts, carrier.OptOut(carrier.International(one.To)))
		}
	}

	return reports, texts, unreadable
}

// The statuses that their groups do not explain.
const (
	deliveredToOperator = 2  // in the group of delivered ones, but still on its way
	expiredUnknown      = 29 // nobody knows whether it was delivered
)

// receipt reads a delivery report.
func (r result) receipt() carrier.Receipt {
	out := carrier.Receipt{ID: r.MessageID, Ref: r.CallbackData}
	switch r.Status.Group {
	case groupDelivered:
		if r.Status.ID != deliveredToOperator {
			out.Status = carrier.Delivered
		}
		return out
	case groupUndeliverable, groupExpired, groupRejected:
		out.Status, out.Reason, out.CarrierCode = carrier.Failed, r.reason(), r.Status.code()
		if r.Error.ID > 0 {
			out.CarrierCode = codeOf(r.Error.Name, r.Error.ID)
		}
	case groupAccepted, groupPending:
	default:
		out.Unknown = strconv.Itoa(r.Status.Group)
	}

	return out
}

// reason is why a message failed: by its error, else by its status, else by the group of the error.
func (r result) reason() message.Reason {
	byError, byStatus := errorIDs[r.Error.ID], statuses[r.Status.ID].Reason
	switch {
	case byError != "":
		return byError
	case byStatus != "":
		return byStatus
	case r.Status.ID == expiredUnknown:
		return message.UnknownReason
	case r.Status.Group == groupExpired:
		return message.ExpiredInTransit
	}
	if byGroup := errorGroups[r.Error.Group]; byGroup != "" && r.Error.ID > 0 {
		return byGroup
	}

	return message.UnknownReason
}

// errorGroups are the groups of errors: of the handset, the user, the operator.
var errorGroups = map[int]message.Reason{
	1: message.Unreachable, 2: message.CarrierRejected, 3: message.CarrierError,
}

// errorIDs say what an error means when its group does not (Infobip's page "Error code reference").
var errorIDs = map[int]message.Reason{
	1:    message.InvalidDestination, // unknown subscriber
	10:   message.NotOnChannel,       // no bearer service
	11:   message.NotOnChannel,       // no SMS in this subscription
	351:  message.InvalidDestination,
	352:  message.InvalidDestination,
	368:  message.SenderNotAllowed,
	375:  message.Unreachable, // blocked or not provisioned
	488:  message.SenderNotAllowed,
	541:  message.CarrierError, // limits of operators
	542:  message.CarrierError,
	560:  message.BlockedByRecipient,
	561:  message.CarrierRejected, // the operator blocks the content
	562:  message.SenderNotAllowed,
	563:  message.SenderNotAllowed,
	564:  message.SenderNotAllowed,
	565:  message.NotOnChannel,
	566:  message.CarrierRejected,
	568:  message.NotOnChannel,
	569:  message.Unreachable, // suspended
	573:  message.BlockedByRecipient,
	581:  message.Unreachable, // no prepaid credit
	603:  message.OptedOut,    // replied STOP
	629:  message.NotOnChannel,
	2050: message.BlockedByRecipient, // do not disturb
	2053: message.SenderNotAllowed,
	3041: message.InvalidDestination, // number no longer active
	4099: message.CarrierError,
	4100: message.ExpiredInTransit,
	4101: message.ExpiredInTransit,
	4202: message.CarrierError,
}
