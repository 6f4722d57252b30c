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

// Paging says which page of a list is wanted.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most. A page may hold fewer although next_cursor is not null: a filter is looked for in a bounded number of rows at a time." example:"20"`
	Cursor string `query:"cursor" maxLength:"256" doc:"next_cursor of the page before, with the same filters."`
}

// Narrowing are the filters that every list of messages takes.
type Narrowing struct {
	To            string            `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only to this number, in E.164 format (+ is %2B in a URL)." example:"+32470123456"`
	Channel       string            `query:"channel" enum:"whatsapp,sms,telegram,voice" doc:"Only those that were accepted on this channel, or are being tried on it." example:"sms"`
	CreatedAfter  string            `query:"created_after" format:"iso8601" maxLength:"64" doc:"Only those created at this time or later." example:"2026-04-25T00:00:00Z"`
	CreatedBefore string            `query:"created_before" format:"iso8601" maxLength:"64" doc:"Only those created before this time." example:"2026-04-26T00:00:00Z"`
	Metadata      map[string]string `query:"metadata,deepObject" doc:"Only those with this value in their metadata: metadata[user_id]=usr_abc123. Several have to be there together, 8 at most. Texts, numbers, true and false of the object's own keys are compared as they are written."`
}

// maxMetadataFilters bounds what is compared for each row.
const maxMetadataFilters = 8

var metadataParameter = regexp.MustCompile(`^metadata\[[^\[\]]{1,64}\]$`)

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *Narrowing) Resolve(ctx huma.Context) (errs []error) {
	if err := metadataFault(ctx.URL()); err != nil {
		errs = append(errs, err)
	}
	if _, err := in.filter(""); err != nil {
		errs = append(errs, err...)
	}
	return errs
}

// metadataFault is about what Huma takes: it reads metadata[a][b] as metadata[a], and of several the first.
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
			return fault.Invalid("metadata", "metadata must be written as metadata[key]=value, once for each key and for at most %d keys", maxMetadataFilters)
		}
	}

	return nil
}

var _ huma.Resolver = (*Narrowing)(nil)

// filter reads the filters.
func (in *Narrowing) filter(status string) (f query.Filter, errs []error) {
	f.Status, f.Metadata = status, in.Metadata
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}

	var err error
	f.From, err = field.QueryInstant("created_after", in.CreatedAfter)
	note(err)
	f.Before, err = field.QueryInstant("created_before", in.CreatedBefore)
	note(err)
	if !f.From.IsZero() && !f.Before.IsZero() && !f.From.Before(f.Before) {
		note(fault.Invalid("created_before", "created_before must be after created_after"))
	}
	if in.Channel != "" {
		f.Channel, _ = message.ParseChannel(in.Channel) // Huma lets nothing else through
	}
	if to := plusSign(in.To); to != "" {
		if f.To, err = phone.ParseFormat(to); err != nil {
			note(fault.Number("to", err))
		}
	}

	return f, errs
}

// filterNumber is what is wrong with a number that a list is narrowed to; none is as good as a right one.
func filterNumber(field, text string) (errs []error) {
	if text = plusSign(text); text == "" {
		return nil
	}
	if _, err := phone.ParseFormat(text); err != nil {
		errs = append(errs, fault.Number(field, err))
	}
	return errs
}

// sealCursor makes a cursor of the id below which the next page begins; zero is no page.
func (s *Server) sealCursor(c account.Caller, list string, in *Narrowing, status string, next [16]byte) *string {
	if next == ([16]byte{}) {
		return nil
	}
	text := cursor.Seal(s.Keys, cursorList(c, list, in, status), next[:])
	return &text
}

// openCursor reads a cursor; the empty text begins at the newest.
func (s *Server) openCursor(c account.Caller, list string, in *Narrowing, status, text string) (next [16]byte, err error) {
	if text == "" {
		return next, nil
	}
	position, err := cursor.Open(s.Keys, cursorList(c, list, in, status), text, len(next))
	copy(next[:], position)
	return next, err
}

// cursorList says whose list a cursor is of, and what was asked.
func cursorList(c account.Caller, list string, in *Narrowing, status string) cursor.List {
	of := cursor.List{
		c.Account[:],
		{byte(c.Mode)},
		[]byte(list),
		[]byte(in.To), []byte(status), []byte(in.Channel), []byte(in.CreatedAfter), []byte(in.CreatedBefore),
	}

	for _, key := range slices.Sorted(maps.Keys(in.Metadata)) {
		of = append(of, []byte(key), []byte(in.Metadata[key]))
	}

	return of
}

// list reads a page and shows it.
func list[R row16, T any](s *Server, c account.Caller, name string, p *Paging, n *Narrowing, status string, read func(query.Filter, [16]byte, int) ([]R, [16]byte, error), show func(R) T) (page[T], error) {
	var out filling[T]
	f, errs := n.filter(status)
	if errs != nil {
		return out.page, errs[0] // Resolve has told them all
	}

	below, err := s.openCursor(c, name, n, status, p.Cursor)
	if err != nil {
		return out.page, err
	}

	rows, next, err := read(f, below, p.Limit)
	for i, r := range rows {
		if !out.add(show(r)) {
			next = idOfRow(rows[i-1])
			break
		}
	}
	out.NextCursor = s.sealCursor(c, name, n, status, next)

	return out.page, err
}

// begin reads the cursor of a list without filters.
func (s *Server) begin(c account.Caller, list string, p *Paging) ([16]byte, error) {
	return s.openCursor(c, list, &Narrowing{}, "", p.Cursor)
}
