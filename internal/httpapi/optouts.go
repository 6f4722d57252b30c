package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/optout"
)

// optOutBody is a number that opted out.
type optOutBody struct {
	Number    string `json:"number" doc:"The phone number, in E.164 format. For a WhatsApp user whose number is not known, whatsapp: and the user's id." example:"+32470123456"`
	Source    string `json:"source" enum:"keyword,api,carrier" doc:"keyword: its user replied with a word such as STOP. api: it was added by this API. carrier: its carrier reported it."`
	Keyword   string `json:"keyword,omitempty" doc:"The word of the reply, when the source is keyword." example:"STOP"`
	CreatedAt string `json:"created_at" format:"date-time"`
}

func showOptOut(o optout.OptOut) optOutBody {
	return optOutBody{Number: o.Number.E164(), Source: o.Source, Keyword: o.Keyword, CreatedAt: stamp(o.At)}
}

// OptOutPath names the number of an operation.
type OptOutPath struct {
	Number string `path:"number" maxLength:"64" doc:"The phone number in E.164 format (+ is %2B in a URL)." example:"+32470123456"`
}

type optOutsInput struct {
	To     string `query:"to" minLength:"1" maxLength:"64" format:"e164" doc:"Only this number, in E.164 format (+ is %2B in a URL)."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"The largest number of results on the page."`
	Cursor string `query:"cursor" maxLength:"256" doc:"The next_cursor of the previous page."`
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *optOutsInput) Resolve(huma.Context) []error { return numberFaults(in.To) }

func (s *Server) listOptOuts(ctx context.Context, c account.Caller, in *optOutsInput) (page[optOutBody], error) {
	var out pageBuilder[optOutBody]
	if in.To != "" {
		o, found, err := s.OptOuts.Find(ctx, c, restorePlus(in.To))
		if found {
			out.add(showOptOut(o))
		}
		return out.page, err
	}

	list, next, err := s.OptOuts.List(ctx, c, in.Cursor, in.Limit)
	for _, o := range list {
		out.add(showOptOut(o))
	}
	if next != "" {
		out.NextCursor = &next
	}

	return out.page, err
}

func (s *Server) putOptOut(ctx context.Context, c account.Caller, in *OptOutPath) (optOutBody, error) {
	o, err := s.OptOuts.Add(ctx, c, in.Number)
	return showOptOut(o), err
}

func (s *Server) deleteOptOut(ctx context.Context, c account.Caller, in *OptOutPath) (optOutBody, error) {
	o, err := s.OptOuts.Remove(ctx, c, in.Number)
	return showOptOut(o), err
}
