package activity

import (
	"context"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// otpStatuses are the statuses of verifications, as the API names them.
var otpStatuses = []string{"pending", "sent", "delivered", "verified", "expired", "failed", "canceled"}

// verificationRow is a row of the list.
type verificationRow struct {
	ID, Href, To, Channel, Country, Carrier, Status string
	At                                              screen.Moment
	// Took is the time from the request to the right code; empty before.
	Took    string
	Credits int64
	// Template is the name of its template, or the id of one that was deleted long ago. A deleted one has no address.
	Template, TemplateHref string
	// Checks is how many codes were entered, of how many.
	Checks string
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

// verifications is the list of verifications.
func verifications(q *screen.Request) (screen.Answer, error) {
	f, err := verificationFilter(q)
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

	out := verificationList{}
	if out.Filters, err = verificationFields(q); err != nil {
		return nil, err
	}
	if out.Rows, err = rowsOfOTPs(q.Context(), q, rows); err != nil {
		return nil, err
	}
	out.Pages = q.Pages(id.OTP(next).String())
	if q.Value("before") == "" {
		out.Live = q.At("/verifications/live") + q.RawQuery()
	}
	none := q.Text("There are no verifications with these filters.")
	out.Empty = q.EmptyList(out.Filters, out.Pages.Older, len(out.Rows), none, firstSend(q))

	return screen.Page{
		Template: "verifications", Title: q.Text("Verifications"), Data: out, Scripts: []string{"live.js"},
		API: apiOf("GET /v2/otp", f),
	}, nil
}

// rowsOfOTPs shows verifications in a list, with the names of their templates.
func rowsOfOTPs(ctx context.Context, q *screen.Request, list []query.OTP) (rows []verificationRow, err error) {
	templates := map[string]struct{}{}
	for _, o := range list {
		templates[o.Template] = struct{}{}
	}
	names, err := q.Verbs.Query.NamesOf(ctx, q.Caller, templates)
	if err != nil {
		return nil, err
	}

	for _, o := range list {
		row := rowOfOTP(q, o)
		if t, ok := names[o.Template]; ok {
			row.Template = t.Name
			if !t.Deleted {
				row.TemplateHref = q.At("/templates/" + o.Template)
			}
		}
		rows = append(rows, row)
	}

	return rows, nil
}

// rowOfOTP shows a verification in a list.
func rowOfOTP(q *screen.Request, o query.OTP) verificationRow {
	row := verificationRow{
		ID: o.ID.String(), Href: q.At("/verifications/" + o.ID.String()), To: q.Masked(o.To),
		Channel: o.Channel().String(), Country: phone.Locate(o.To).Country, Status: o.State(), At: q.When(o.CreatedAt), Carrier: o.Carrier(),
		Template: o.Template, Checks: q.Textf("%d of %d", checksOf(o.OTP.OTP), o.MaxAttempts),
	}
	for _, m := range o.Sent {
		row.Credits += m.Charged
	}
	if !o.VerifiedAt.IsZero() {
		row.Took = q.Took(o.VerifiedAt.Sub(o.CreatedAt))
	}

	return row
}

// checksOf is how many codes were entered: the wrong ones, and the right one.
func checksOf(o otp.OTP) int {
	if o.Status == otp.Verified {
		return o.FailedGuesses + 1
	}
	return o.FailedGuesses
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
	f, err := verificationFilter(q)
	if err != nil {
		return nil, err
	}

	return q.Live("verifications", func(ctx context.Context) (rows []screen.LiveRow, err error) {
		list, _, err := q.Verbs.Query.ListOTPs(ctx, q.Caller, f, [16]byte{}, screen.ListSize)
		if err != nil {
			return nil, err
		}
		shown, err := rowsOfOTPs(ctx, q, list)
		for _, r := range shown {
			rows = append(rows, screen.LiveRow{ID: r.ID, State: r.Status + r.Channel + r.Carrier + r.Checks, View: r})
		}
		return rows, err
	}), nil
}

// verificationsCSV is the list as a file, with the same filters.
func verificationsCSV(q *screen.Request) (screen.Answer, error) {
	f, err := verificationFilter(q)
	if err != nil {
		return nil, err
	}

	columns := []string{
		"otp_id", "to", "status", "channel", "country", "carrier", "purpose", "template", "checks_used", "credits",
		"metadata", "created_at", "verified_at",
	}

	return q.CSV("verifications", columns, func(below [16]byte) (rows [][]any, next [16]byte, err error) {
		list, next, err := q.Verbs.Query.ListOTPs(q.Context(), q.Caller, f, below, screen.CSVPage)
		for _, o := range list {
			r := rowOfOTP(q, o)
			rows = append(rows, []any{
				r.ID, r.To, r.Status, r.Channel, r.Country, r.Carrier, q.WithoutNumbers(o.Purpose), o.Template, checksOf(o.OTP.OTP), r.Credits,
				string(q.Metadata(o.Metadata)), o.CreatedAt, o.VerifiedAt,
			})
		}
		return rows, next, err
	}), nil
}
