package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/template"
)

// Sample is what a preview is filled in with.
type Sample struct {
	Locale    string         `json:"locale,omitempty" doc:"BCP 47 tag of the wanted language, as in a send." example:"en"`
	Code      string         `json:"code,omitempty" minLength:"4" maxLength:"10" pattern:"^[0-9]+$" patternDescription:"digits only" default:"123456" doc:"A code to show."`
	ExpiresIn field.Seconds  `json:"expires_in,omitempty" minimum:"1" maximum:"3600" default:"300" doc:"Validity in seconds, for {{minutes}}: whole minutes, below one <1."`
	Metadata  field.Metadata `json:"metadata,omitempty"`
}

// sampleDefaults are those of a preview without a body, to which Huma sets none.
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
		Channels     *channelsBody `json:"channels,omitempty" doc:"Variants for channels that need other words."`
	}
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *previewTemplateInput) Resolve(huma.Context) []error {
	if in.Body == nil {
		return nil
	}
	return listed(in.Body.Metadata.Check())
}

func (in *previewDraftInput) change() template.Change {
	return template.Change{Translations: in.Body.Translations, Channels: in.Body.Channels.read()}
}

// Resolve implements huma.Resolver, as above.
func (in *previewDraftInput) Resolve(huma.Context) []error {
	return append(in.change().Check(), listed(in.Body.Metadata.Check())...)
}

type smsPreview struct {
	Text     string `json:"text" doc:"What the phone shows." example:"123456 is your Acme code"`
	Encoding string `json:"encoding" enum:"gsm7,ucs2" doc:"gsm7: 160 characters in one SMS. ucs2: 70."`
	Segments int    `json:"segments" minimum:"1" example:"1" doc:"How many SMS it takes, which is what it costs."`
}

type textPreview struct {
	Text string `json:"text" doc:"What the channel carries." example:"123456 is your Acme code"`
}

type variableBody struct {
	Name  string `json:"name" doc:"As it stands between the braces." example:"code"`
	Value string `json:"value" doc:"As plain text." example:"123456"`
}

type whatsAppPreview struct {
	Text      string         `json:"text,omitempty" doc:"The text, when WhatsApp has no approved template of its own for it."`
	Name      string         `json:"name,omitempty" doc:"The approved template that is sent."`
	Language  string         `json:"language,omitempty" doc:"WhatsApp's code of its language." example:"en"`
	Variables []variableBody `json:"variables,omitempty" doc:"What fills the approved template in, in order."`
}

// previewBody is what a template says.
type previewBody struct {
	Locale   string `json:"locale" doc:"The translation that was chosen." example:"en"`
	Text     string `json:"text" doc:"The text, filled in." example:"123456 is your Acme code"`
	Encoding string `json:"encoding" enum:"gsm7,ucs2" doc:"Of the text as an SMS."`
	Segments int    `json:"segments" minimum:"1" example:"1" doc:"Of the text as an SMS."`
	Channels struct {
		WhatsApp whatsAppPreview `json:"whatsapp"`
		SMS      smsPreview      `json:"sms"`
		Telegram textPreview     `json:"telegram"`
		Voice    textPreview     `json:"voice"`
	} `json:"channels" doc:"What each channel carries."`
}

func showPreview(p admin.Preview) previewBody {
	b := previewBody{Locale: p.Locale, Text: p.Text, Encoding: p.Encoding.String(), Segments: p.Segments}
	b.Channels.SMS = smsPreview{p.Text, b.Encoding, p.Segments}
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

func (s *Server) previewTemplate(ctx context.Context, c account.Caller, in *previewTemplateInput, idem *idempotency.Request) (out admin.Preview, answer *idempotency.Answer, err error) {
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

func (s *Server) previewDraft(ctx context.Context, c account.Caller, in *previewDraftInput, idem *idempotency.Request) (out admin.Preview, answer *idempotency.Answer, err error) {
	out, err = s.Admin.ShowDraft(ctx, c, in.change(), in.Body.Sample.occasion(), s.once(c, idem, &answer))
	return out, answer, err
}
