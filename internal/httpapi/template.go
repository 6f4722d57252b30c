package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// translations are texts by BCP 47 tag.
type translations map[string]string

// Schema implements huma.SchemaProvider.
func (translations) Schema(huma.Registry) *huma.Schema {
	least, most, length := 1, template.MaxTranslations, template.MaxLength
	text := &huma.Schema{
		Type: huma.TypeString, MaxLength: &length,
		Description: "A text with {{code}}, and optionally {{app}}, {{minutes}} and {{metadata.KEY}}, " +
			"which are filled in as plain text.",
	}

	text.PrecomputeMessages()
	s := &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: text, MinProperties: &least, MaxProperties: &most,
		Description: "The text in each language, by BCP 47 tag. " +
			"A send uses the language nearest to its locale, or else to the account's, or else en, or else any.",
		Examples: []any{
			map[string]string{"en": "{{code}} is your Acme code", "pt-BR": "{{code}} é o seu código Acme"},
		},
	}
	s.PrecomputeMessages()

	return s
}

type whatsAppBody struct {
	Name     string `json:"name" minLength:"1" maxLength:"512" pattern:"^[a-z0-9_]+$" patternDescription:"lower-case letters, digits and _" doc:"The name of the template at WhatsApp." example:"login_code"`
	Language string `json:"language" maxLength:"7" pattern:"^[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?$" patternDescription:"WhatsApp's code of a language, such as en or pt_BR" doc:"The approved language, by WhatsApp's code." example:"en"`
}

type voiceBody struct {
	Translations translations `json:"translations"`
}

type channelsBody struct {
	WhatsApp *whatsAppBody `json:"whatsapp,omitempty" doc:"The approved WhatsApp template to send instead of the text. It gets the variables of the text in their order."`
	Voice    *voiceBody    `json:"voice,omitempty" doc:"The text that a call reads out, instead of the template's text. With one translation, it is used in every language."`
}

// templateBody is a template.
type templateBody struct {
	ID           string        `json:"id" doc:"The template's id, for the field template of a send." example:"tmpl_01HWXYZABC123DEF4560000000"`
	Name         string        `json:"name" doc:"Your name for the template." example:"Login"`
	Translations translations  `json:"translations"`
	Channels     *channelsBody `json:"channels,omitempty" doc:"Variants for channels that need another text."`
	CreatedAt    string        `json:"created_at" format:"date-time" example:"2026-04-25T15:27:00Z"`
}

func showTemplate(t store.Template) templateBody {
	b := templateBody{ID: t.ID.String(), Name: t.Name, CreatedAt: stamp(t.CreatedAt)}
	b.Translations = showTranslations(t.Translations)
	if t.WhatsApp.Name != "" {
		b.Channels = &channelsBody{WhatsApp: &whatsAppBody{t.WhatsApp.Name, t.WhatsApp.Language}}
	}

	if len(t.Voice) > 0 {
		if b.Channels == nil {
			b.Channels = &channelsBody{}
		}
		b.Channels.Voice = &voiceBody{showTranslations(t.Voice)}
	}

	return b
}

func showTranslations(list []template.Translation) translations {
	out := make(translations, len(list))
	for _, t := range list {
		out[t.Tag] = t.Text
	}
	return out
}

func (b *channelsBody) read() *template.Channels {
	if b == nil {
		return nil
	}
	c := &template.Channels{}
	if b.WhatsApp != nil {
		c.WhatsApp = &template.WhatsApp{Name: b.WhatsApp.Name, Language: b.WhatsApp.Language}
	}
	if b.Voice != nil {
		c.Voice = b.Voice.Translations
	}

	return c
}

// once runs a change of admin under the request's Idempotency-Key, and stores an earlier request's answer, if there is
// one, in answer.
func (s *Server) once(c account.Caller, idem *idempotency.Request, answer **idempotency.Answer) admin.Once {
	return func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) (err error) {
		*answer, err = s.Answers.Once(ctx, c, idem, keys, change)
		return err
	}
}

type createTemplateInput struct {
	Repeatable
	Body struct {
		Name         string        `json:"name" minLength:"1" maxLength:"100" doc:"Your name for the template. Recipients do not see it." example:"Login"`
		Translations translations  `json:"translations"`
		Channels     *channelsBody `json:"channels,omitempty" doc:"Variants for channels that need another text."`
	}
}

func (in *createTemplateInput) change() template.Change {
	b := &in.Body
	return template.Change{Name: &b.Name, Translations: b.Translations, Channels: b.Channels.read()}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *createTemplateInput) Resolve(huma.Context) []error { return in.change().Check() }

func (s *Server) createTemplate(ctx context.Context, c account.Caller, in *createTemplateInput,
	idem *idempotency.Request,
) (store.Template, *idempotency.Answer, error) {
	var answer *idempotency.Answer
	t, err := s.Admin.CreateTemplate(ctx, c, in.change(), s.once(c, idem, &answer))
	return t, answer, err
}

// TemplatePath names the template of an operation.
type TemplatePath struct {
	ID string `path:"template_id" doc:"The template's id." example:"tmpl_01HWXYZABC123DEF4560000000"`
}

func (p TemplatePath) template() (id.Template, error) {
	return parseID(id.ParseTemplate, p.ID, "template")
}

func (s *Server) getTemplate(ctx context.Context, c account.Caller, in *TemplatePath) (templateBody, error) {
	t, err := in.template()
	if err != nil {
		return templateBody{}, err
	}
	row, err := s.Admin.Template(ctx, c, t)
	return showTemplate(row), err
}

type listTemplatesInput struct {
	Paging
	Search string `query:"search" minLength:"1" maxLength:"100" doc:"Only those with this text in their name, their id or one of their texts, in capitals or not." example:"Login"`
}

func (s *Server) listTemplates(ctx context.Context, c account.Caller,
	in *listTemplatesInput,
) (page[templateBody], error) {
	read := func(before [16]byte, n int) (rows []store.Template, last [16]byte, more bool, err error) {
		rows, next, err := s.Admin.FindTemplates(ctx, c, in.Search, before, n)
		return rows, next, !next.IsZero(), err
	}
	// The filter is part of the list's name, so that a cursor of another one is refused.
	return pageFrom(s, c, "templates "+in.Search, &in.Paging, read, func(t store.Template) [16]byte { return t.ID }, showTemplate)
}

type updateTemplateInput struct {
	TemplatePath
	Body struct {
		Name         *string       `json:"name,omitempty" minLength:"1" maxLength:"100" doc:"Your name for the template. Recipients do not see it." example:"Login"`
		Translations translations  `json:"translations,omitempty"`
		Channels     *channelsBody `json:"channels,omitempty" doc:"Replaces all variants; {} removes them."`
	}
}

func (in *updateTemplateInput) change() template.Change {
	b := &in.Body
	return template.Change{Name: b.Name, Translations: b.Translations, Channels: b.Channels.read()}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *updateTemplateInput) Resolve(huma.Context) []error { return in.change().Check() }

// updateTemplate replaces each field in the request as a whole.
func (s *Server) updateTemplate(ctx context.Context, c account.Caller, in *updateTemplateInput) (templateBody, error) {
	t, err := in.template()
	if err != nil {
		return templateBody{}, err
	}
	row, err := s.Admin.ChangeTemplate(ctx, c, t, in.change())
	return showTemplate(row), err
}

// deletedBody is the answer to a deletion.
type deletedBody struct {
	ID      string `json:"id" doc:"The id of what was deleted." example:"tmpl_01HWXYZABC123DEF4560000000"`
	Deleted bool   `json:"deleted" doc:"Always true." example:"true"`
}

func (s *Server) deleteTemplate(ctx context.Context, c account.Caller, in *TemplatePath) (deletedBody, error) {
	t, err := in.template()
	if err != nil {
		return deletedBody{}, err
	}
	return deletedBody{in.ID, true}, s.Admin.DeleteTemplate(ctx, c, t)
}
