package httpapi

import (
	"context"
	"errors"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/phone"
)

type lookupInput struct {
	Number string `path:"number" maxLength:"64" doc:"The phone number in E.164 format." example:"+32470123456"`
}

type lookupBody struct {
	Number        string `json:"number" example:"+32470123456"`
	Country       string `json:"country" doc:"The ISO 3166-1 code of the country; 001 for international numbers, empty when no numbering plan has the number." example:"BE"`
	Type          string `json:"type" enum:"unknown,mobile,fixed_line,fixed_line_or_mobile,toll_free,premium_rate,shared_cost,voip,personal,pager,uan,voicemail" doc:"What the number is for, by its numbering plan." example:"mobile"`
	Valid         bool   `json:"valid" doc:"Whether the number is in a range that is in use and that the server's operator serves. It does not say whether the number has been assigned." example:"true"`
	National      string `json:"national" doc:"The number as dialled inside its country." example:"0470 12 34 56"`
	International string `json:"international" doc:"The number as dialled from abroad." example:"+32 470 12 34 56"`
}

// lookup uses only the numbering plans: no carrier, no network and no database.
func (s *Server) lookup(_ context.Context, _ account.Caller, in *lookupInput) (lookupBody, error) {
	n, info, err := s.Numbers.Parse(in.Number)
	if errors.Is(err, phone.ErrFormat) {
		return lookupBody{}, fault.New(fault.InvalidPhone, "number: %v", err).WithField("number").WithReason("format")
	}
	b := lookupBody{Number: n.E164(), Country: info.Country, Type: info.Type.String(), Valid: info.Valid}
	b.National, b.International = phone.Lookup(n)
	return b, nil
}
