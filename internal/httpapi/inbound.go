package httpapi

import (
	"context"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

type listInboundInput struct {
	Paging
	From           string `query:"from" minLength:"1" maxLength:"64" format:"e164" doc:"Only messages from this number, in E.164 format (+ is %2B in a URL)." example:"+32470123456"`
	To             string `query:"to" minLength:"1" maxLength:"128" doc:"Only messages to this number, short code or name, as the list shows it (+ is %2B in a URL)." example:"Acme"`
	ReceivedAfter  string `query:"received_after" format:"iso8601" maxLength:"64" doc:"Only messages received at this time or later, ISO 8601 with an offset from UTC." example:"2026-04-25T00:00:00Z"`
	ReceivedBefore string `query:"received_before" format:"iso8601" maxLength:"64" doc:"Only messages received before this time, ISO 8601 with an offset from UTC." example:"2026-04-26T00:00:00Z"`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *listInboundInput) Resolve(huma.Context) []error {
	_, errs := in.filter()
	return errs
}

var _ huma.Resolver = (*listInboundInput)(nil)

func (in *listInboundInput) filter() (f query.InboundFilter, errs []error) {
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}

	var err error
	f.To = restorePlus(in.To)
	if from := restorePlus(in.From); from != "" {
		if f.From, err = phone.ParseFormat(from); err != nil {
			add(fault.Number("from", err))
		}
	}

	f.Since, err = field.QueryInstant("received_after", in.ReceivedAfter)
	add(err)
	f.Before, err = field.QueryInstant("received_before", in.ReceivedBefore)
	add(err)
	if !f.Since.IsZero() && !f.Before.IsZero() && !f.Since.Before(f.Before) {
		add(fault.Invalid("received_before", "received_before must be after received_after"))
	}

	return f, errs
}

// inboundBody is an inbound message.
type inboundBody struct {
	InboundID  string `json:"inbound_id" example:"inb_01HWXYZABC123DEF4560000000"`
	Channel    string `json:"channel" enum:"whatsapp,sms,telegram,voice" doc:"The channel on which it was received." example:"sms"`
	Carrier    string `json:"carrier" doc:"The carrier that received it; sandbox for test keys." example:"smsc-1"`
	From       string `json:"from" doc:"The number of the phone, in E.164 format: for a phone that the account has sent messages to, as those were addressed." example:"+32470123456"`
	To         string `json:"to" doc:"What the phone replied to: a number in E.164 format, a short code or a name. Empty when the carrier does not say." example:"Acme"`
	Body       string `json:"body" doc:"The text of the message." example:"Is my parcel on its way?"`
	ReceivedAt string `json:"received_at" format:"date-time" example:"2026-04-25T15:28:00Z"`
}

func showInbound(i query.Inbound) inboundBody {
	return inboundBody{
		InboundID: i.ID.String(), Channel: i.Channel.String(), Carrier: i.Carrier, From: i.From.E164(), To: i.To,
		Body: i.Text, ReceivedAt: stamp(i.At),
	}
}

func (s *Server) listInbound(ctx context.Context, c account.Caller, in *listInboundInput) (page[inboundBody], error) {
	var out pageBuilder[inboundBody]
	f, errs := in.filter()
	if errs != nil {
		return out.page, errs[0] // Resolve has reported all of them
	}

	// The filters are part of the list's name, so that a cursor of other filters is refused.
	name := strings.Join([]string{"inbound", in.From, in.To, in.ReceivedAfter, in.ReceivedBefore}, "\x00")
	below, err := s.openCursor(c, name, &chosen{}, in.Cursor)
	if err != nil {
		return out.page, err
	}

	rows, next, err := s.Query.ListInbound(ctx, c, f, below, in.Limit)
	for i, r := range rows {
		if !out.add(showInbound(r)) {
			next = rows[i-1].ID
			break
		}
	}
	out.NextCursor = s.sealCursor(c, name, &chosen{}, next)

	return out.page, err
}
