package httpapi

import (
	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/message"
)

// viewer decides what an answer shows. The zero value is any caller's: answers that are stored for an Idempotency-Key
// are made with it, since another key of the account may get them.
type viewer struct {
	costs bool
}

// viewerOf is the viewer for a caller: only keys of the operator see what messages cost the operator.
func viewerOf(c account.Caller) viewer { return viewer{costs: c.May(account.ScopeOperator)} }

// cost shows a cost; nil when it is not for this viewer or not known.
func (v viewer) cost(c message.Cost) *int64 {
	if !v.costs || !c.Known {
		return nil
	}
	return &c.Credits
}

// attemptBody is one attempt of a message.
type attemptBody struct {
	Channel     string `json:"channel" enum:"whatsapp,sms,telegram,voice"`
	Carrier     string `json:"carrier" doc:"The carrier's name in the server's configuration." example:"smsc-1"`
	Status      string `json:"status" enum:"pending,sent,delivered,read,failed,unknown" doc:"unknown: the carrier gave no answer, so it is unknown whether it accepted the message." example:"delivered"`
	Reason      string `json:"reason,omitempty" doc:"Why it failed: one of a fixed list of reasons."`
	CarrierCode string `json:"carrier_code,omitempty" doc:"The carrier's own error code."`
	Segments    int    `json:"segments,omitempty" doc:"SMS segments; absent on other channels."`
	Credits     int64  `json:"credits" doc:"The credits charged for it." example:"3"`
	Cost        *int64 `json:"cost,omitempty" minimum:"0" doc:"What it cost the operator, in credits, by the server's [[cost]]. Shown by GET to keys with the scope operator only, and only for an attempt that a carrier accepted while a cost was configured for it." example:"5"`
	Repeated    bool   `json:"repeated,omitempty" doc:"It was submitted again although the phone may have received it before."`
	Chosen      string `json:"chosen,omitempty" doc:"Why this carrier was chosen: the route that decided and how it orders its carriers, the carrier's share of verified codes where the route asks for that, and the carriers that were skipped because they were down or paused. It is text for people, whose wording may change. Absent for attempts that were stored without it." example:"route 1, verified_rate 0.93 of 410 codes, cheaper, without smsc-2"`
	At          string `json:"at" format:"date-time" doc:"When the attempt began."`
}

// attempts lists a message's attempts. The message's price is shown with the accepted attempt that has this price.
func (v viewer) attempts(m message.Message) []attemptBody {
	out := make([]attemptBody, 0, len(m.Attempts))
	charged := m.Charged
	for i, a := range m.Attempts {
		step := m.StepOf(i)
		b := attemptBody{
			Channel: step.Channel.String(), Carrier: step.Carrier, Status: a.Progress.String(),
			Reason: string(a.Reason), CarrierCode: a.CarrierCode, Segments: step.Segments, Repeated: a.Repeated,
			Cost: v.cost(m.CostOf(i)), Chosen: m.Chosen(i), At: stamp(a.At),
		}

		accepted := a.Progress == message.AttemptAccepted || a.Progress == message.AttemptDelivered ||
			a.Progress == message.AttemptRead
		if accepted && step.Price == charged {
			b.Credits, charged = charged, -1
		}
		out = append(out, b)
	}

	return out
}
