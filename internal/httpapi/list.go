package httpapi

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/cursor"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
)

// Paging selects a page of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"The largest number of results on the page. A filtered page can have fewer, even none, although more follow: continue until next_cursor is null." example:"20"`
	Cursor string `query:"cursor" maxLength:"256" doc:"The next_cursor of the previous page. Send the same filters with it."`
}

// Filters are the filters of the lists of messages and OTPs.
type Filters struct {
	To            string            `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only those to this number, in E.164 format (+ is %2B in a URL)." example:"+32470123456"`
	Channel       string            `query:"channel" enum:"whatsapp,sms,telegram,voice" doc:"Only those that a carrier accepted on this channel, or that are being tried on it." example:"sms"`
	Country       string            `query:"country" pattern:"^([A-Z]{2}|001)$" patternDescription:"an ISO 3166-1 code, or 001 for international numbers" doc:"Only those to numbers of this country: its ISO 3166-1 code, or 001 for international numbers." example:"BE"`
	Carrier       string            `query:"carrier" minLength:"1" maxLength:"64" doc:"Only those that this carrier accepted, or that are being tried over it, by its name in the server's configuration." example:"smsc-1"`
	CreatedAfter  string            `query:"created_after" format:"iso8601" maxLength:"64" doc:"Only those created at this time or later, ISO 8601 with an offset from UTC." example:"2026-04-25T00:00:00Z"`
	CreatedBefore string            `query:"created_before" format:"iso8601" maxLength:"64" doc:"Only those created before this time, ISO 8601 with an offset from UTC." example:"2026-04-26T00:00:00Z"`
	Metadata      map[string]string `query:"metadata,deepObject" doc:"Only those with this value in their metadata, such as metadata[user_id]=usr_abc123. With several of these filters, at most 8, all must match. Strings, numbers, true and false at the top level of the metadata are compared as written."`
}

// maxMetadataFilters bounds the comparisons for each row.
const maxMetadataFilters = 8

var metadataParameter = regexp.MustCompile(`^metadata\[[^\[\]]{1,64}\]$`)

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *Filters) Resolve(ctx huma.Context) (errs []error) {
	if err := metadataFault(ctx.URL()); err != nil {
		errs = append(errs, err)
	}
	if _, err := in.filter(); err != nil {
		errs = append(errs, err...)
	}
	return errs
}

// metadataFault refuses what Huma would misread: metadata[a][b] as metadata[a], and only the first of several values.
func metadataFault(url url.URL) error {
	if url.RawQuery == "" {
		return nil
	}
	n := 0
	for name, values := range url.Query() {
		if name != "metadata" && !strings.HasPrefix(name, "metadata[") {
			continue
		}
		if n++; !metadataParameter.MatchString(name) || len(values) != 1 || n > maxMetadataFilters {
			return fault.Invalid("metadata",
				"metadata must be written as metadata[key]=value, once for each key and for at most %d keys",
				maxMetadataFilters)
		}
	}

	return nil
}

var _ huma.Resolver = (*Filters)(nil)

// filter converts the filters, or returns all their faults.
func (in *Filters) filter() (f query.Filter, errs []error) {
	f.Country, f.Carrier, f.Metadata = in.Country, in.Carrier, in.Metadata
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}

	var err error
	f.From, err = field.QueryInstant("created_after", in.CreatedAfter)
	add(err)
	f.Before, err = field.QueryInstant("created_before", in.CreatedBefore)
	add(err)
	if !f.From.IsZero() && !f.Before.IsZero() && !f.From.Before(f.Before) {
		add(fault.Invalid("created_before", "created_before must be after created_after"))
	}
	if in.Channel != "" {
		f.Channel, _ = message.ParseChannel(in.Channel) // Huma has validated it
	}
	if to := restorePlus(in.To); to != "" {
		if f.To, err = phone.ParseFormat(to); err != nil {
			add(fault.Number("to", err))
		}
	}

	return f, errs
}

// numberFaults are the faults of the filter to, a number, which may be empty.
func numberFaults(text string) (errs []error) {
	if text = restorePlus(text); text == "" {
		return nil
	}
	if _, err := phone.ParseFormat(text); err != nil {
		errs = append(errs, fault.Number("to", err))
	}
	return errs
}

// chosen are the filters of a request, with those that only one of the lists has, or whose values differ.
type chosen struct {
	Filters
	status, template string
}

// sealCursor makes the cursor of a page of ids older than next; zero is no further page.
func (s *Server) sealCursor(c account.Caller, list string, in *chosen, next [16]byte) *string {
	if next == ([16]byte{}) {
		return nil
	}
	text := cursor.Seal(s.Keys, cursorList(c, list, in), next[:])
	return &text
}

// openCursor reads a cursor; an empty one begins at the newest.
func (s *Server) openCursor(c account.Caller, list string, in *chosen, text string) (next [16]byte, err error) {
	if text == "" {
		return next, nil
	}
	position, err := cursor.Open(s.Keys, cursorList(c, list, in), text, len(next))
	copy(next[:], position)
	return next, err
}

// cursorList identifies the list of a cursor, with its account and filters.
func cursorList(c account.Caller, list string, in *chosen) cursor.List {
	of := cursor.List{
		c.Account[:],
		{byte(c.Mode)},
		[]byte(list),
		[]byte(in.To), []byte(in.status), []byte(in.Channel), []byte(in.CreatedAfter), []byte(in.CreatedBefore),
	}
	// Nodes of the last version do not know these, and read the cursors of lists without them. No key of metadata has a
	// bracket.
	for _, f := range [][2]string{{"[country", in.Country}, {"[carrier", in.Carrier}, {"[template", in.template}} {
		if f[1] != "" {
			of = append(of, []byte(f[0]), []byte(f[1]))
		}
	}

	for _, key := range slices.Sorted(maps.Keys(in.Metadata)) {
		of = append(of, []byte(key), []byte(in.Metadata[key]))
	}

	return of
}

// list reads a page and shows it.
func list[R keyedRow, T any](s *Server, c account.Caller, name string, p *Paging, n *chosen,
	read func(query.Filter, [16]byte, int) ([]R, [16]byte, error), show func(R) T,
) (page[T], error) {
	var out pageBuilder[T]
	f, errs := n.filter()
	if errs != nil {
		return out.page, errs[0] // Resolve has reported all of them
	}
	f.Status, f.Template = n.status, n.template

	below, err := s.openCursor(c, name, n, p.Cursor)
	if err != nil {
		return out.page, err
	}

	rows, next, err := read(f, below, p.Limit)
	for i, r := range rows {
		if !out.add(show(r)) {
			next = rowID(rows[i-1])
			break
		}
	}
	out.NextCursor = s.sealCursor(c, name, n, next)

	return out.page, err
}

// openPlainCursor reads the cursor of a list without filters.
func (s *Server) openPlainCursor(c account.Caller, list string, p *Paging) ([16]byte, error) {
	return s.openCursor(c, list, &chosen{}, p.Cursor)
}
