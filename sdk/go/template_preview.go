package syssecure

import (
	"context"
	"time"
)

// TemplatePreviewParams are the parameters of [TemplatesService.Preview]. All are optional.
type TemplatePreviewParams struct {
	// Code is the code to show.
	Code string `api:"code" log:"-"`
	// ExpiresIn is how long the code is valid, in whole seconds, for {{minutes}}.
	ExpiresIn time.Duration `api:"expires_in"`
	// Locale is the language, as a BCP 47 tag, as in a send.
	Locale string `api:"locale"`
	// Metadata is that of a send, for the variables of the text.
	Metadata map[string]any `api:"metadata" log:"-"`
}

// TemplatePreviewDraftParams are the parameters of [TemplatesService.PreviewDraft]. Translations are required.
type TemplatePreviewDraftParams struct {
	// Translations are the texts by BCP 47 tag.
	Translations map[string]string `api:"translations,required" log:"-"`
	// Channels are variants for channels that need another text.
	Channels *TemplateChannels `api:"channels"`
	// Code is the code to show.
	Code string `api:"code" log:"-"`
	// ExpiresIn is how long the code is valid, in whole seconds, for {{minutes}}.
	ExpiresIn time.Duration `api:"expires_in"`
	// Locale is the language, as a BCP 47 tag, as in a send.
	Locale string `api:"locale"`
	// Metadata is that of a send, for the variables of the text.
	Metadata map[string]any `api:"metadata" log:"-"`
}

// TemplatePreview is what a message with a template would look like.
type TemplatePreview struct {
	Meta `json:"-"`

	// Locale is the translation that was chosen.
	Locale string `json:"locale"`
	// Text is the text with its variables filled in.
	Text string `json:"text" log:"-"`
	// Encoding is the encoding of the text as an SMS: gsm7 or ucs2.
	Encoding string `json:"encoding"`
	// Segments is the number of segments of the text as an SMS.
	Segments int `json:"segments"`
	// Replaced are the characters that smart encoding replaced in the SMS.
	Replaced []*Replacement `json:"replaced,omitempty" log:"-"`
	// Channels hold the message on each channel.
	Channels TemplatePreviewChannels `json:"channels" log:"-"`
}

// TemplatePreviewChannels hold a message on each channel.
type TemplatePreviewChannels struct {
	// WhatsApp is the message on WhatsApp.
	WhatsApp WhatsAppPreview `json:"whatsapp"`
	// SMS is the message as an SMS.
	SMS SMSPreview `json:"sms"`
	// Telegram is the message on Telegram.
	Telegram TextPreview `json:"telegram"`
	// Voice is what a call reads out.
	Voice TextPreview `json:"voice"`
}

// WhatsAppPreview is a message on WhatsApp: an approved template with its variables, or a text.
type WhatsAppPreview struct {
	// Name is the approved template that is sent.
	Name string `json:"name,omitempty"`
	// Language is the language of the approved template, by WhatsApp's code.
	Language string `json:"language,omitempty"`
	// Variables are the variables of the approved template, in order.
	Variables []*TemplateVariable `json:"variables,omitempty" log:"-"`
	// Text is the text, when there is no approved template.
	Text string `json:"text,omitempty" log:"-"`
}

// TemplateVariable is one variable of an approved template.
type TemplateVariable struct {
	// Name is the name between the braces.
	Name string `json:"name"`
	// Value is the value, as plain text.
	Value string `json:"value" log:"-"`
}

// SMSPreview is a message as an SMS.
type SMSPreview struct {
	// Text is the text that the phone shows.
	Text string `json:"text" log:"-"`
	// Encoding is gsm7, with up to 160 characters in one SMS, or ucs2, with up to 70.
	Encoding string `json:"encoding"`
	// Segments is the number of SMS segments, by which the message is charged.
	Segments int `json:"segments"`
	// Replaced are the characters that smart encoding replaced.
	Replaced []*Replacement `json:"replaced,omitempty" log:"-"`
}

// TextPreview is a message on a channel that has only its text.
type TextPreview struct {
	// Text is the text.
	Text string `json:"text" log:"-"`
}

// Preview shows what a message with a template would look like. Errors that matter: [ErrNotFound].
func (s *TemplatesService) Preview(
	ctx context.Context, templateID string, params TemplatePreviewParams, options ...RequestOption,
) (*TemplatePreview, error) {
	op := operation{method: "POST", path: "/templates/{template_id}/preview", ids: []string{templateID}, body: params}
	return call[TemplatePreview](ctx, s.core, op, options)
}

// PreviewDraft shows what a message with a template that is not stored would look like. Errors that matter:
// [ErrBadRequest] with all faults in Errors.
func (s *TemplatesService) PreviewDraft(
	ctx context.Context, params TemplatePreviewDraftParams, options ...RequestOption,
) (*TemplatePreview, error) {
	op := operation{method: "POST", path: "/templates/preview", body: params}
	return call[TemplatePreview](ctx, s.core, op, options)
}
