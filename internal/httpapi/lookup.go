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

// findingBody is one thing that happened to a number.
type findingBody struct {
	At          string `json:"at" format:"date-time"`
	Kind        string `json:"kind" enum:"request,refusal,attempt,receipt,check,result,opt_out,limit" doc:"More kinds may be added." example:"attempt"`
	Text        string `json:"text" doc:"What happened. It is text for people, whose wording may change." example:"Given to smsc-1 by sms. The carrier accepted it."`
	OTPID       string `json:"otp_id,omitempty" example:"otp_01HWXYZABC123DEF4560000000"`
	MessageID   string `json:"message_id,omitempty" example:"msg_01HWXYZABC123DEF4560000000"`
	Carrier     string `json:"carrier,omitempty" doc:"The carrier's name in the server's configuration." example:"smsc-1"`
	Channel     string `json:"channel,omitempty" enum:"whatsapp,sms,telegram,voice" example:"sms"`
	CarrierCode string `json:"carrier_code,omitempty" doc:"The carrier's own error code."`
}

type explainedNumberBody struct {
	Number   string        `json:"number" doc:"The number, masked if the account's setting mask_numbers is on." example:"+32470123456"`
	Country  string        `json:"country" doc:"The ISO 3166-1 code of its country; empty when unknown." example:"BE"`
	Mode     string        `json:"mode" enum:"live,test" example:"test"`
	Since    string        `json:"since" format:"date-time" doc:"Where the report begins: 24 hours ago."`
	Verdict  string        `json:"verdict" enum:"no_request,refused,failed,waiting,delivered,wrong_code,verified,expired,canceled" doc:"What became of the newest code or text. no_request: none was accepted. refused: none was accepted, and a send would be refused now. waiting: no carrier has accepted it, or no receipt has come. wrong_code: wrong codes were entered. More verdicts may be added." example:"delivered"`
	Summary  string        `json:"summary" doc:"The verdict in a sentence. It is text for people, whose wording may change." example:"The newest code was delivered, by a receipt of its carrier."`
	Findings []findingBody `json:"findings" doc:"What happened, oldest first. A request that was refused leaves none; the kinds refusal and limit say why a code that is asked for now is refused."`
	Advice   []string      `json:"advice" doc:"What to do, in sentences." example:"[\"Ask the user to look at the other inboxes of the phone: spam, unknown senders, another device.\"]"`
}

// explainNumber answers why a number got no code.
func (s *Server) explainNumber(ctx context.Context, c account.Caller, in *lookupInput) (explainedNumberBody, error) {
	r, err := s.Engine.ExplainNumber(ctx, c, in.Number)
	if err != nil {
		return explainedNumberBody{}, err
	}

	b := explainedNumberBody{
		Number: r.Number.E164(), Country: r.Country, Mode: c.Mode.String(), Since: stamp(r.Since), Verdict: r.Verdict,
		Summary: r.Summary, Findings: []findingBody{}, Advice: append([]string{}, r.Advice...),
	}
	if c.Settings.MaskNumbers {
		b.Number = r.Number.Masked()
	}
	for _, f := range r.Findings {
		b.Findings = append(b.Findings, findingBody{
			At: stamp(f.At), Kind: f.Kind, Text: f.Text, OTPID: f.OTP, MessageID: f.Message, Carrier: f.Carrier,
			Channel: f.Channel, CarrierCode: f.CarrierCode,
		})
	}

	return b, nil
}
