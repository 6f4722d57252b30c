package activity

import (
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/query"
)

// messageFilter reads the filters that the lists of verifications and messages share.
func messageFilter(q *screen.Request) (f query.Filter, err error) {
	f.Status, f.Carrier = q.Value("status"), q.Value("carrier")
	if f.Country, err = q.Country(); err != nil {
		return f, err
	}
	if f.Channel, err = q.Channel(); err != nil {
		return f, err
	}
	if f.To, err = q.Number("to"); err != nil {
		return f, err
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
		q.ChannelField(),
		q.CountryField(),
		{Name: "carrier", Label: q.Text("Carrier")},
	}, own...)

	return q.Bar(csv, append(
		fields,
		screen.FilterField{Name: "metadata", Label: q.Text("Metadata"), Placeholder: "user_id=42"},
		screen.FilterField{Name: "from", Label: q.Text("From"), Kind: "datetime-local"},
		screen.FilterField{Name: "until", Label: q.Text("Until"), Kind: "datetime-local"},
	)...)
}

// verificationFields are the filters of the list of verifications.
func verificationFields(q *screen.Request) (screen.Filters, error) {
	template, err := q.TemplateField()
	if err != nil {
		return screen.Filters{}, err
	}
	return messageFields(q, q.At("/verifications.csv"), otpStatuses, template...), nil
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
