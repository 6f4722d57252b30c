package activity

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// channels as the API names them.
var channels = []string{"whatsapp", "sms", "telegram", "voice"}

// country is what the API takes as one.
var country = regexp.MustCompile(`^([A-Z]{2}|001)$`)

// messageFilter reads the filters that the lists of verifications and messages share.
func messageFilter(q *screen.Request) (f query.Filter, err error) {
	f.Status, f.Carrier = q.Value("status"), q.Value("carrier")
	if f.Country = strings.ToUpper(q.Value("country")); f.Country != "" && !country.MatchString(f.Country) {
		return f, fault.Invalid("country",
			"country must be an ISO 3166-1 code such as BE, or 001 for international numbers")
	}
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

// verificationFilter reads the filters of the list of verifications.
func verificationFilter(q *screen.Request) (query.Filter, error) {
	f, err := messageFilter(q)
	if err != nil {
		return f, err
	}
	if f.Template = q.Value("template"); f.Template != "" {
		if _, err := id.ParseTemplate(f.Template); err != nil {
			return f, fault.Invalid("template", "template must be the id of a template, tmpl_…")
		}
	}

	return f, nil
}

// messageFields are the filters of both lists, with those that only one has.
func messageFields(q *screen.Request, csv string, statuses []string, own ...screen.FilterField) screen.Filters {
	fields := append([]screen.FilterField{
		{Name: "to", Label: q.Text("Number"), Placeholder: "+32470123456", Kind: "tel"},
		{Name: "status", Label: q.Text("Status"), Options: screen.Choices(q.Text("Any"), statuses...)},
		{Name: "channel", Label: q.Text("Channel"), Options: screen.Choices(q.Text("Any"), channels...)},
		{Name: "country", Label: q.Text("Country"), Placeholder: "BE"},
		{Name: "carrier", Label: q.Text("Carrier")},
	}, own...)

	return q.Bar(csv, append(
		fields,
		screen.FilterField{Name: "metadata", Label: q.Text("Metadata"), Placeholder: "user_id=42"},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
	)...)
}

// verificationFields are the filters of the list of verifications. It has one for templates when the account has some,
// or the address names one.
func verificationFields(q *screen.Request) (screen.Filters, error) {
	names, err := q.Verbs.Query.TemplateNames(q.Context(), q.Caller)
	if err != nil {
		return screen.Filters{}, err
	}
	chosen := q.Value("template")
	if chosen != "" && !slices.ContainsFunc(names, func(n query.TemplateName) bool { return n.ID == chosen }) {
		old, err := q.Verbs.Query.NamesOf(q.Context(), q.Caller, map[string]struct{}{chosen: {}})
		if err != nil {
			return screen.Filters{}, err
		}
		// It may be old or deleted.
		names = append(names, query.TemplateName{ID: chosen, Name: cmp.Or(old[chosen].Name, chosen)})
	}

	field := screen.FilterField{Name: "template", Label: q.Text("Template"), Options: screen.Choices(q.Text("Any"))}
	for _, n := range names {
		field.Options = append(field.Options, screen.Option{Value: n.ID, Text: n.Name})
	}
	own := []screen.FilterField{field}
	if len(names) == 0 {
		own = nil
	}

	return messageFields(q, q.At("/verifications.csv"), otpStatuses, own...), nil
}

// apiOf is a list of the API with the same filters.
func apiOf(call string, f query.Filter) string {
	pairs := []string{
		"status", f.Status, "to", f.To.E164(), "channel", f.Channel.String(), "country", f.Country,
		"carrier", f.Carrier, "template", f.Template,
		"created_after", screen.Stamp(f.From), "created_before", screen.Stamp(f.Before),
	}
	for name, value := range f.Metadata {
		pairs = append(pairs, "metadata["+name+"]", value)
	}

	return screen.API(call, pairs...)
}
