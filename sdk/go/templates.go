package syssecure

import (
	"context"
	"iter"
	"time"
)

// TemplatesService manages the texts of codes.
type TemplatesService struct{ core *core }

// TemplateChannels are the variants of a template for channels that need another text.
type TemplateChannels struct {
	// WhatsApp is the approved WhatsApp template to send instead of the text.
	WhatsApp *WhatsAppTemplate `api:"whatsapp" json:"whatsapp,omitempty"`
	// Voice is the text that a call reads out.
	Voice *VoiceTemplate `api:"voice" json:"voice,omitempty"`
}

// WhatsAppTemplate names a template that WhatsApp has approved.
type WhatsAppTemplate struct {
	// Name is the name of the template at WhatsApp.
	Name string `api:"name,required" json:"name"`
	// Language is the approved language, by WhatsApp's code.
	Language string `api:"language,required" json:"language"`
}

// VoiceTemplate is the text that a call reads out.
type VoiceTemplate struct {
	// Translations are the texts by BCP 47 tag.
	Translations map[string]string `api:"translations,required" json:"translations" log:"-"`
}

// Template is an account's own text of a code.
type Template struct {
	Meta `json:"-"`

	// ID identifies the template, for OTPSendParams.Template.
	ID string `json:"id"`
	// Name is your name for it. Recipients do not see it.
	Name string `json:"name"`
	// Translations are the texts by BCP 47 tag.
	Translations map[string]string `json:"translations" log:"-"`
	// Channels are the variants for channels that need another text.
	Channels *TemplateChannels `json:"channels,omitempty"`
	// CreatedAt is when it was made.
	CreatedAt time.Time `json:"created_at"`
}

// TemplateCreateParams are the parameters of [TemplatesService.Create]. Name and Translations are required.
type TemplateCreateParams struct {
	// Name is your name for the template.
	Name string `api:"name,required"`
	// Translations are the texts by BCP 47 tag, with {{code}} where the code goes.
	Translations map[string]string `api:"translations,required" log:"-"`
	// Channels are variants for channels that need another text.
	Channels *TemplateChannels `api:"channels"`
}

// Create makes a template. Errors that matter: [ErrBadRequest] with all faults in Errors.
func (s *TemplatesService) Create(
	ctx context.Context, params TemplateCreateParams, options ...RequestOption,
) (*Template, error) {
	return call[Template](ctx, s.core, operation{method: "POST", path: "/templates", body: params}, options)
}

// Get returns a template. Errors that matter: [ErrNotFound].
func (s *TemplatesService) Get(ctx context.Context, templateID string, options ...RequestOption) (*Template, error) {
	op := operation{method: "GET", path: "/templates/{template_id}", ids: []string{templateID}}
	return call[Template](ctx, s.core, op, options)
}

// TemplateListParams are the parameters of [TemplatesService.List] and [TemplatesService.All]. All are optional.
type TemplateListParams struct {
	// Limit is the number of templates on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
	// Search is a text in the name, the id or one of the texts.
	Search string `api:"search"`
}

// ListParams are the parameters of lists without filters. All are optional.
type ListParams struct {
	// Limit is the number of rows on a page.
	Limit int `api:"limit"`
	// Cursor is the NextCursor of the page before.
	Cursor string `api:"cursor"`
}

// List returns one page of the templates.
func (s *TemplatesService) List(
	ctx context.Context, params TemplateListParams, options ...RequestOption,
) (*Page[Template], error) {
	return list[Template](ctx, s.core, listOf("/templates", params, params.Cursor), options)
}

// All iterates over the templates, and requests page after page.
func (s *TemplatesService) All(
	ctx context.Context, params TemplateListParams, options ...RequestOption,
) iter.Seq2[*Template, error] {
	return all[Template](ctx, s.core, listOf("/templates", params, params.Cursor), options)
}

// TemplateUpdateParams are the parameters of [TemplatesService.Update]. What is not given stays as it is.
type TemplateUpdateParams struct {
	// Name is the new name.
	Name string `api:"name"`
	// Translations take the place of all texts.
	Translations map[string]string `api:"translations" log:"-"`
	// Channels take the place of all variants; an empty struct removes them.
	Channels *TemplateChannels `api:"channels"`
}

// Update changes a template. Errors that matter: [ErrNotFound], and [ErrBadRequest] with all faults in Errors.
func (s *TemplatesService) Update(
	ctx context.Context, templateID string, params TemplateUpdateParams, options ...RequestOption,
) (*Template, error) {
	op := operation{method: "PATCH", path: "/templates/{template_id}", ids: []string{templateID}, body: params}
	return call[Template](ctx, s.core, op, options)
}

// Deleted says what was deleted.
type Deleted struct {
	Meta `json:"-"`

	// ID is the id of what was deleted.
	ID string `json:"id"`
	// Deleted is always true.
	Deleted bool `json:"deleted"`
}

// Delete deletes a template. Errors that matter: [ErrNotFound].
func (s *TemplatesService) Delete(ctx context.Context, templateID string, options ...RequestOption) (*Deleted, error) {
	op := operation{method: "DELETE", path: "/templates/{template_id}", ids: []string{templateID}}
	return call[Deleted](ctx, s.core, op, options)
}
