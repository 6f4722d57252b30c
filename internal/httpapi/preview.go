package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/template"
)

// Sample is the data for a preview.
type Sample struct {
	Locale    string         `json:"locale,omitempty" doc:"The language, as a BCP 47 tag, as in a send." example:"en"`
	Code      string         `json:"code,omitempty" minLength:"4" maxLength:"10" pattern:"^[0-9]+$" patternDescription:"digits only" default:"123456" doc:"The code to show."`
	ExpiresIn field.Seconds  `json:"expires_in,omitempty" minimum:"1" maximum:"3600" default:"300" doc:"How many seconds the code is valid, for {{minutes}}: whole minutes, or <1."`
	Metadata  field.Metadata `json:"metadata,omitempty"`
}

// sampleDefaults are the defaults for a preview without a body, where Huma sets none.
var sampleDefaults = Sample{Code: "123456", ExpiresIn: 300}

func (s Sample) occasion() template.Occasion {
	o := template.Occasion{Locale: s.Locale, Metadata: s.Metadata}
	o.Values = template.Values{Code: s.Code, Minutes: template.Minutes(time.Duration(s.ExpiresIn) * time.Second)}
	return o
}

type previewTemplateInput struct {
	Repeatable
	TemplatePath
	Body *Sample
}

func (in previewTemplateInput) resource() string { return in.ID }

type previewDraftInput struct {
	Repeatable
	Body struct {
		Sample
		Translations translations  `json:"translations"`
		Channels     *channelsBody `json:"channels,omitempty" doc:"Variants for channels that need another text."`
	}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *previewTemplateInput) Resolve(huma.Context) []error {
	if in.Body == nil {
		return nil
	}
	return errorList(in.Body.Metadata.Check())
}

func (in *previewDraftInput) change() template.Change {
	return template.Change{Translations: in.Body.Translations, Channels: in.Body.Channels.read()}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *previewDraftInput) Resolve(huma.Context) []error {
	return append(in.change().Check(), errorList(in.Body.Metadata.Check())...)
}

// replacementBody is a character that smart encoding replaced.
type replacementBody struct {
	From  string `json:"from" doc:"The character." example:"“"`
	To    string `json:"to" doc:"What replaces it; empty when it is removed." example:"\""`
	Count int    `json:"count" minimum:"1" doc:"How often." example:"2"`
}

func showReplaced(list []message.Replacement) (out []replacementBody) {
	for _, r := range list {
		out = append(out, replacementBody(r))
	}
	return out
}

type smsPreview struct {
	Text     string            `json:"text" doc:"The text that the phone shows." example:"123456 is your Acme code"`
	Encoding string            `json:"encoding" enum:"gsm7,ucs2" doc:"gsm7: up to 160 characters in one SMS. ucs2: up to 70."`
	Segments int               `json:"segments" minimum:"1" example:"1" doc:"The number of SMS segments, by which the message is charged."`
	Replaced []replacementBody `json:"replaced,omitempty" doc:"The characters that smart encoding replaced in the SMS; absent when none."`
}

type textPreview struct {
	Text string `json:"text" doc:"The text on this channel." example:"123456 is your Acme code"`
}

type variableBody struct {
	Name  string `json:"name" doc:"The name between the braces." example:"code"`
	Value string `json:"value" doc:"The value, as plain text." example:"123456"`
}

type whatsAppPreview struct {
	Text      string         `json:"text,omitempty" doc:"The text, when the template names no approved WhatsApp template."`
	Name      string         `json:"name,omitempty" doc:"The approved WhatsApp template that is sent."`
	Language  string         `json:"language,omitempty" doc:"The language of the approved template, by WhatsApp's code." example:"en"`
	Variables []variableBody `json:"variables,omitempty" doc:"The variables of the approved template, in order."`
}

// previewBody is a template, filled in.
type previewBody struct {
	Locale   string            `json:"locale" doc:"The translation that was chosen." example:"en"`
	Text     string            `json:"text" doc:"The text with its variables filled in." example:"123456 is your Acme code"`
	Encoding string            `json:"encoding" enum:"gsm7,ucs2" doc:"The encoding of the text as an SMS."`
	Segments int               `json:"segments" minimum:"1" example:"1" doc:"The number of segments of the text as an SMS."`
	Replaced []replacementBody `json:"replaced,omitempty" doc:"The characters that smart encoding replaced in the SMS; absent when none."`
	Channels struct {
		WhatsApp whatsAppPreview `json:"whatsapp"`
		SMS      smsPreview      `json:"sms"`
		Telegram textPreview     `json:"telegram"`
		Voice    textPreview     `json:"voice"`
	} `json:"channels" doc:"The message on each channel."`
}

func showPreview(p admin.Preview) previewBody {
	b := previewBody{
		Locale: p.Locale, Text: p.Text, Encoding: p.Encoding.String(), Segments: p.Segments,
		Replaced: showReplaced(p.Replaced),
	}
	b.Channels.SMS = smsPreview{p.SMS, b.Encoding, p.Segments, b.Replaced}
	b.Channels.Telegram.Text, b.Channels.Voice.Text = p.Text, p.Spoken
	w := whatsAppPreview{Name: p.WhatsApp.Name, Language: p.WhatsApp.Language}
	if w.Name == "" {
		w.Text = p.Text
	}

	for _, v := range p.Variables {
		w.Variables = append(w.Variables, variableBody(v))
	}
	b.Channels.WhatsApp = w

	return b
}

func (s *Server) previewTemplate(ctx context.Context, c account.Caller, in *previewTemplateInput,
	idem *idempotency.Request,
) (out admin.Preview, answer *idempotency.Answer, err error) {
	t, err := in.template()
	if err != nil {
		return out, nil, err
	}

	sample := sampleDefaults
	if in.Body != nil {
		sample = *in.Body
	}
	out, err = s.Admin.ShowTemplate(ctx, c, t, sample.occasion(), s.once(c, idem, &answer))

	return out, answer, err
}

func (s *Server) previewDraft(ctx context.Context, c account.Caller, in *previewDraftInput,
	idem *idempotency.Request,
) (out admin.Preview, answer *idempotency.Answer, err error) {
	out, err = s.Admin.ShowDraft(ctx, c, in.change(), in.Body.Sample.occasion(), s.once(c, idem, &answer))
	return out, answer, err
}
