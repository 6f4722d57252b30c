package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
)

// Range is the days of a report. It is exported for Huma, as Repeatable is.
type Range struct {
	From string `query:"from" format:"date" doc:"The first day (UTC). Default: 29 days before to." example:"2026-04-01"`
	To   string `query:"to" format:"date" doc:"The last day (UTC), included. Default: today. A report has at most 92 days." example:"2026-04-30"`
}

// query reads a report's days and groups, or the usual group. The error lists all their faults.
func (r Range) query(groups []string, usual string, allowed stats.By) (q stats.Query, err error) {
	if len(groups) == 0 {
		groups = []string{usual}
	}
	var errs []error
	if q.By, err = stats.ParseBy(groups, allowed); err != nil {
		errs = append(errs, fault.Invalid("group_by", "group_by %v", err))
	}

	for _, d := range []struct {
		name, text string
		to         *stats.Day
	}{{"from", r.From, &q.From}, {"to", r.To, &q.To}} {
		if d.text == "" {
			continue
		}
		if *d.to, err = stats.ParseDay(d.text); err != nil {
			errs = append(errs, fault.Invalid(d.name, "%s %v", d.name, err))
		}
	}

	return q, fault.Join(errs...)
}

type usageInput struct {
	Range
	GroupBy []string `query:"group_by" enum:"day,country,channel" minItems:"1" uniqueItems:"true" maxItems:"3" doc:"How to group the report: one or more values, separated by commas. Default: day." example:"[\"day\",\"country\"]"`
}

func (in *usageInput) query() (stats.Query, error) {
	return in.Range.query(in.GroupBy, "day", stats.ByDay|stats.ByCountry|stats.ByChannel)
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *usageInput) Resolve(huma.Context) []error {
	_, err := in.query()
	return errorList(err)
}

// usageSums are the sums of all groups.
type usageSums struct {
	Messages int64  `json:"messages" doc:"Messages that a carrier accepted. One that was accepted on two channels counts twice." example:"120"`
	Segments int64  `json:"segments" doc:"The SMS segments of these messages." example:"131"`
	Credits  int64  `json:"credits" doc:"The credits charged for them, without those that were refunded after failed receipts." example:"1048"`
	Cost     *int64 `json:"cost,omitempty" minimum:"0" doc:"What the messages cost the operator, in credits: the sum of the costs that were configured for them, also after failed receipts. Shown to keys with the scope operator only." example:"655"`
}

// usageLine is one group.
type usageLine struct {
	Day      *string `json:"day,omitempty" doc:"The day (UTC) on which the messages were created." example:"2026-04-25"`
	Country  *string `json:"country,omitempty" doc:"The ISO 3166-1 code of the number's country; 001 for international numbers, empty when unknown." example:"BE"`
	Channel  *string `json:"channel,omitempty" example:"sms"`
	Messages int64   `json:"messages" doc:"Messages that a carrier accepted. One that was accepted on two channels counts twice." example:"120"`
	Segments int64   `json:"segments" doc:"The SMS segments of these messages." example:"131"`
	Credits  int64   `json:"credits" doc:"The credits charged for them, without those that were refunded after failed receipts." example:"1048"`
	Cost     *int64  `json:"cost,omitempty" minimum:"0" doc:"What the messages cost the operator, in credits: the sum of the costs that were configured for them, also after failed receipts. Shown to keys with the scope operator only." example:"655"`
}

type usageBody struct {
	From  string      `json:"from" doc:"The first day of the report." example:"2026-04-01"`
	To    string      `json:"to" doc:"The last day of the report." example:"2026-04-30"`
	Data  []usageLine `json:"data" doc:"A line for each group with messages, sorted by day, country and channel."`
	Total usageSums   `json:"total"`
}

func (s *Server) usage(ctx context.Context, c account.Caller, in *usageInput) (usageBody, error) {
	q, err := in.query()
	if err != nil {
		return usageBody{}, err
	}

	r, err := s.Admin.Report(ctx, c, q)
	if err != nil {
		return usageBody{}, err
	}

	cost := func(l *stats.Summary) *int64 { return viewerOf(c).cost(message.Cost{Credits: l.Cost, Known: true}) }
	out := usageBody{
		From: r.From.String(), To: r.To.String(), Data: []usageLine{},
		Total: usageSums{r.Total.Sent, r.Total.Segments, r.Total.Credits, cost(&r.Total)},
	}
	for _, l := range r.Lines() {
		out.Data = append(out.Data, usageLine{
			Day: grouped(r, stats.ByDay, l.Day.String()), Country: grouped(r, stats.ByCountry, l.Country),
			Channel: grouped(r, stats.ByChannel, l.Channel.String()), Messages: l.Sent, Segments: l.Segments,
			Credits: l.Credits, Cost: cost(l),
		})
	}

	return out, nil
}

// grouped is a value of a line; nil when the report is not grouped by it.
func grouped(r *stats.Report, by stats.By, value string) *string {
	if r.By&by == 0 {
		return nil
	}
	return &value
}

type conversionInput struct {
	Range
	Country  string   `query:"country" pattern:"^([A-Z]{2}|001)$" patternDescription:"an ISO 3166-1 code, or 001 for international numbers" doc:"Only codes to numbers of this country: its ISO 3166-1 code, or 001 for international numbers." example:"BE"`
	Channel  string   `query:"channel" enum:"whatsapp,sms,telegram,voice" doc:"Only what was sent on this channel." example:"sms"`
	Carrier  string   `query:"carrier" minLength:"1" maxLength:"64" doc:"Only what was sent over this carrier, by its name in the server's configuration." example:"smsc-1"`
	Template string   `query:"template" maxLength:"64" pattern:"^(built-in|other|tmpl_[0-7][0-9A-HJKMNP-TV-Z]{25})$" patternDescription:"the id of a template, built-in or other" doc:"Only codes with this template: its id, also after it was deleted, or built-in for the built-in text." example:"tmpl_01HWXYZABC123DEF4560000000"`
	GroupBy  []string `query:"group_by" enum:"day,country,prefix,channel,carrier,template" minItems:"1" uniqueItems:"true" maxItems:"6" doc:"How to group the report: one or more values, separated by commas. Default: country." example:"[\"country\",\"channel\"]"`
}

func (in *conversionInput) query() (stats.Query, error) {
	q, err := in.Range.query(in.GroupBy, "country",
		stats.ByDay|stats.ByCountry|stats.ByPrefix|stats.ByChannel|stats.ByCarrier|stats.ByTemplate)
	q.Kind, q.Only = stats.OTPs, stats.Only{Country: in.Country, Carrier: in.Carrier, Template: in.Template}
	if in.Channel != "" {
		q.Only.Channel, _ = message.ParseChannel(in.Channel) // Huma has validated it
	}

	return q, err
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *conversionInput) Resolve(huma.Context) []error {
	_, err := in.query()
	return errorList(err)
}

type conversionLine struct {
	Day                *string  `json:"day,omitempty" doc:"The day (UTC) on which the codes were sent." example:"2026-04-25"`
	Country            *string  `json:"country,omitempty" doc:"The ISO 3166-1 code of the number's country; 001 for international numbers, empty when unknown." example:"BE"`
	Prefix             *string  `json:"prefix,omitempty" doc:"The number's first digits: the calling code and the next two digits, or the next three for +1 and +7." example:"+3247"`
	Channel            *string  `json:"channel,omitempty" example:"sms"`
	Carrier            *string  `json:"carrier,omitempty" doc:"The carrier's name in the server's configuration." example:"smsc-1"`
	Template           *string  `json:"template,omitempty" doc:"The id of the template, also after it was deleted; built-in for the built-in text. A day counts 50 templates by id for each country, prefix, channel and carrier, and the rest as other." example:"tmpl_01HWXYZABC123DEF4560000000"`
	Codes              int64    `json:"codes" doc:"Codes whose first message a carrier accepted." example:"118"`
	Sent               int64    `json:"sent" doc:"Messages with codes that a carrier accepted: every channel and every resend counts." example:"120"`
	Delivered          int64    `json:"delivered" doc:"The messages of sent that were delivered, by a receipt." example:"117"`
	Verified           int64    `json:"verified" doc:"Codes that were verified. A code counts in the group of its newest message's last accepted attempt." example:"108"`
	ConversionRate     *float64 `json:"conversion_rate" minimum:"0" maximum:"1" doc:"verified divided by codes or, when grouped by or narrowed to a channel or carrier, by sent. null when that is 0." example:"0.9153"`
	MedianSeconds      *float64 `json:"median_seconds" minimum:"0" doc:"The median time from the creation of a code to its verification, accurate to 10%; null when none was verified." example:"9.5"`
	P95Seconds         *float64 `json:"p95_seconds" minimum:"0" doc:"The time within which 95% of the verified codes were verified; null when none was verified." example:"41.2"`
	Credits            int64    `json:"credits" doc:"The credits charged for the messages." example:"864"`
	CreditsPerVerified *float64 `json:"credits_per_verified" doc:"Credits divided by verified codes; null when none was verified." example:"8"`
}

type conversionBody struct {
	From  string           `json:"from" doc:"The first day of the report." example:"2026-04-01"`
	To    string           `json:"to" doc:"The last day of the report." example:"2026-04-30"`
	Data  []conversionLine `json:"data" doc:"A line for each group with codes, sorted by day, country, prefix, channel, carrier and template."`
	Total conversionLine   `json:"total" doc:"The sums of all groups."`
}

func (s *Server) conversion(ctx context.Context, c account.Caller, in *conversionInput) (conversionBody, error) {
	q, err := in.query()
	if err != nil {
		return conversionBody{}, err
	}

	r, err := s.Admin.Report(ctx, c, q)
	if err != nil {
		return conversionBody{}, err
	}

	out := conversionBody{
		From: r.From.String(), To: r.To.String(), Data: []conversionLine{},
		Total: showConversion(&r.Total),
	}
	for _, l := range r.Lines() {
		line := showConversion(l)
		line.Day, line.Country = grouped(r, stats.ByDay, l.Day.String()), grouped(r, stats.ByCountry, l.Country)
		line.Prefix, line.Channel = grouped(r, stats.ByPrefix, l.Prefix),
			grouped(r, stats.ByChannel, l.Channel.String())
		line.Carrier, line.Template = grouped(r, stats.ByCarrier, l.Carrier), grouped(r, stats.ByTemplate, l.Template)
		out.Data = append(out.Data, line)
	}

	return out, nil
}

func showConversion(s *stats.Summary) conversionLine {
	known := func(v float64, ok bool) *float64 {
		if !ok {
			return nil
		}
		return &v
	}

	return conversionLine{
		Codes: s.Codes, Sent: s.Sent, Delivered: s.Delivered, Verified: s.Verified, Credits: s.Credits,
		ConversionRate: known(s.Conversion()), MedianSeconds: known(s.Quantile(0.5)),
		P95Seconds:         known(s.Quantile(0.95)),
		CreditsPerVerified: known(s.CreditsPerVerified()),
	}
}
