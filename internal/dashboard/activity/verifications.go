package activity

import (
	"context"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// statuses of verifications, and channels, as the API names them.
var (
	otpStatuses = []string{"pending", "sent", "delivered", "verified", "expired", "failed", "canceled"}
	channels    = []string{"whatsapp", "sms", "telegram", "voice"}
)

// rowOfOTP is a row of the list.
type verificationRow struct {
	ID, Href, To, Channel, Country, Carrier, Status string
	At                                              screen.Moment
	// Took is the time from the request to the right code; empty before.
	Took    string
	Credits int64
}

// verificationList is what the screen shows.
type verificationList struct {
	Filters screen.Filters
	Rows    []verificationRow
	Pages   screen.Pager
	Empty   *screen.Empty
	// Live is the address of the stream of new rows; empty on older pages.
	Live string
}

// messageFilter reads the filters that the lists of verifications and messages share.
func messageFilter(q *screen.Request) (f query.Filter, err error) {
	f.Status = q.Value("status")
	if c := q.Value("channel"); c != "" {
		if f.Channel, err = message.ParseChannel(c); err != nil {
			return f, fault.Invalid("channel", "channel must be whatsapp, sms, telegram or voice")
		}
	}
	if to := q.Value("to"); to != "" {
		if f.To, err = phone.ParseFormat(strings.ReplaceAll(to, " ", "")); err != nil {
			return f, fault.Number("to", err)
		}
	}
	if f.From, err = q.Instant("from"); err != nil {
		return f, err
	}
	if f.Before, err = q.Instant("until"); err != nil {
		return f, err
	}
	if m := q.Value("metadata"); m != "" {
		name, value, ok := strings.Cut(m, "=")
		if !ok || name == "" {
			return f, fault.Invalid("metadata", "write metadata as name=value, such as user_id=42")
		}
		f.Metadata = map[string]string{name: value}
	}

	return f, nil
}

// messageFields are the filters of both lists; csv is the address of the file.
func messageFields(q *screen.Request, csv string, statuses []string) screen.Filters {
	return q.Bar(
		csv,
		screen.FilterField{Name: "to", Label: q.Text("Number"), Placeholder: "+32470123456", Kind: "tel"},
		screen.FilterField{Name: "status", Label: q.Text("Status"), Options: screen.Choices(q.Text("Any"), statuses...)},
		screen.FilterField{Name: "channel", Label: q.Text("Channel"), Options: screen.Choices(q.Text("Any"), channels...)},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
		screen.FilterField{Name: "metadata", Label: q.Text("Metadata"), Placeholder: "user_id=42"},
	)
}

// apiOf is a list of the API with the same filters.
func apiOf(call string, f query.Filter) string {
	pairs := []string{
		"status", f.Status, "to", f.To.E164(), "channel", f.Channel.String(), "created_after", screen.Stamp(f.From),
		"created_before", screen.Stamp(f.Before),
	}
	for name, value := range f.Metadata {
		pairs = append(pairs, "metadata["+name+"]", value)
	}

	return screen.API(call, pairs...)
}

// verifications is the list of verifications.
func verifications(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}
	below, err := screen.Position(id.ParseOTP, q.Value("before"))
	if err != nil {
		return nil, err
	}
	rows, next, err := q.Verbs.Query.ListOTPs(q.Context(), q.Caller, f, below, screen.ListSize)
	if err != nil {
		return nil, err
	}

	out := verificationList{Filters: messageFields(q, q.At("/verifications.csv"), otpStatuses)}
	for _, o := range rows {
		out.Rows = append(out.Rows, rowOfOTP(q, o))
	}
	out.Pages = q.Pages(id.OTP(next).String())
	if q.Value("before") == "" {
		out.Live = q.At("/verifications/live") + q.RawQuery()
	}
	out.Empty = q.EmptyList(out.Filters, len(out.Rows), q.Text("There are no verifications with these filters."), firstSend(q))

	return screen.Page{
		Template: "verifications", Title: q.Text("Verifications"), Data: out, Scripts: []string{"live.js"},
		API: apiOf("GET /v2/otp", f),
	}, nil
}

// rowOfOTP shows a verification in a list.
func rowOfOTP(q *screen.Request, o query.OTP) verificationRow {
	row := verificationRow{
		ID: o.ID.String(), Href: q.At("/verifications/" + o.ID.String()), To: q.Masked(o.To), Channel: o.Channel().String(),
		Country: phone.Locate(o.To).Country, Status: o.State(), At: q.When(o.CreatedAt),
	}
	if n := len(o.Sent); n > 0 {
		row.Carrier = o.Sent[n-1].ShownStep().Carrier
	}
	for _, m := range o.Sent {
		row.Credits += m.Charged
	}
	if !o.VerifiedAt.IsZero() {
		row.Took = q.Took(o.VerifiedAt.Sub(o.CreatedAt))
	}

	return row
}

// firstSend is the empty list of verifications: how to send the first one.
func firstSend(q *screen.Request) screen.Empty {
	return screen.Empty{
		Icon: "send", Title: q.Text("No verification yet"),
		Text: q.Text("Send one with this call, and it appears here by itself."),
		Href: q.At("/keys"), Action: q.Text("API keys"),
	}.WithCall(q, "POST /v2/otp/send", `{"to": "%s", "channels": ["sms"]}`)
}

// verificationsLive is the stream of the list's first page.
func verificationsLive(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}

	return q.Live("verifications", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, _, err := q.Verbs.Query.ListOTPs(ctx, q.Caller, f, [16]byte{}, screen.ListSize)
		for _, o := range list {
			r := rowOfOTP(q, o)
			rows = append(rows, screen.LiveRow{ID: r.ID, State: r.Status + r.Channel + r.Carrier, View: r})
		}
		return rows, err
	}), nil
}

// verificationsCSV is the list as a file, with the same filters.
func verificationsCSV(q *screen.Request) (screen.Answer, error) {
	f, err := messageFilter(q)
	if err != nil {
		return nil, err
	}

	columns := []string{
		"otp_id", "to", "status", "channel", "country", "carrier", "purpose", "credits", "metadata", "created_at", "verified_at",
	}

	return q.CSV("verifications", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, next, err := q.Verbs.Query.ListOTPs(q.Context(), q.Caller, f, below, screen.CSVPage)
		for _, o := range list {
			r := rowOfOTP(q, o)
			rows = append(rows, []any{
				r.ID, r.To, r.Status, r.Channel, r.Country, r.Carrier, o.Purpose, r.Credits,
				string(o.Metadata), o.CreatedAt, o.VerifiedAt,
			})
		}
		return rows, next, err
	}), nil
}
