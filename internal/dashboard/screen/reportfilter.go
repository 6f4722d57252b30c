package screen

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
)

// The filters that lists of messages and reports about them share.

// Channel reads the filter by channel; zero for none.
func (q *Request) Channel() (message.Channel, error) {
	text := q.Value("channel")
	if text == "" {
		return 0, nil
	}
	c, err := message.ParseChannel(text)
	if err != nil {
		return 0, fault.Invalid("channel", "channel must be whatsapp, sms, telegram or voice")
	}

	return c, nil
}

// ChannelField is the filter by channel.
func (q *Request) ChannelField() FilterField {
	channels := make([]string, len(message.Channels))
	for i, c := range message.Channels {
		channels[i] = c.String()
	}
	return FilterField{Name: "channel", Label: q.Text("Channel"), Options: Choices(q.Text("Any"), channels...)}
}

// country is what the API takes as one.
var country = regexp.MustCompile(`^([A-Z]{2}|001)$`)

// Country reads the filter by country, an ISO 3166-1 code in capitals or not, or 001 for international numbers; empty for
// none.
func (q *Request) Country() (string, error) {
	code := strings.ToUpper(q.Value("country"))
	if code != "" && !country.MatchString(code) {
		return "", fault.Invalid("country", "country must be an ISO 3166-1 code such as BE, or 001 for international numbers")
	}
	return code, nil
}

// CountryField is the filter by country.
func (q *Request) CountryField() FilterField {
	return FilterField{Name: "country", Label: q.Text("Country"), Placeholder: "BE"}
}

// TemplateField is the filter by template, with options before the account's newest templates. It is left out when the
// account has none and the address names none.
func (q *Request) TemplateField(first ...Option) ([]FilterField, error) {
	names, err := q.Verbs.Query.TemplateNames(q.Context(), q.Caller)
	chosen := q.Value("template")
	if err != nil || len(names) == 0 && chosen == "" {
		return nil, err
	}

	options := append(Choices(q.Text("Any")), first...)
	for _, n := range names {
		options = append(options, Option{Value: n.ID, Text: n.Name})
	}
	if !slices.ContainsFunc(options, func(o Option) bool { return o.Value == chosen }) { // it is old or deleted
		old, err := q.Verbs.Query.NamesOf(q.Context(), q.Caller, map[string]struct{}{chosen: {}})
		if err != nil {
			return nil, err
		}
		options = append(options, Option{Value: chosen, Text: cmp.Or(old[chosen].Name, chosen)})
	}

	return []FilterField{{Name: "template", Label: q.Text("Template"), Options: options}}, nil
}
