package httpapi

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/phone"
)

type lookupInput struct {
	Number string `path:"number" maxLength:"64" doc:"Number in E.164 format." example:"+32470123456"`
}

type lookupBody struct {
	Number        string `json:"number" example:"+32470123456"`
	Country       string `json:"country" doc:"ISO 3166-1; 001 for numbers of no country, empty when no plan has the number." example:"BE"`
	Type          string `json:"type" enum:"unknown,mobile,fixed_line,fixed_line_or_mobile,toll_free,premium_rate,shared_cost,voip,personal,pager,uan,voicemail" doc:"What the numbering plan says the number is for." example:"mobile"`
	Valid         bool   `json:"valid" doc:"The number is in a range that is in use, and not in one that the server's operator never serves. Nobody is asked whether it answers." example:"true"`
	National      string `json:"national" doc:"As dialled inside the country." example:"0470 12 34 56"`
	International string `json:"international" example:"+32 470 12 34 56"`
}

// lookup asks the numbering plans alone: no carrier, no network, nothing is stored.
func (s *Server) lookup(_ context.Context, _ account.Caller, in *lookupInput) (lookupBody, error) {
	n, info, err := s.Numbers.Parse(in.Number)
	if errors.Is(err, phone.ErrFormat) {
		return lookupBody{}, fault.New(fault.InvalidPhone, "number: %v", err).WithField("number").WithReason("format")
	}
	b := lookupBody{Number: n.E164(), Country: info.Country, Type: info.Type.String(), Valid: info.Valid}
	b.National, b.International = phone.Lookup(n)
	return b, nil
}
