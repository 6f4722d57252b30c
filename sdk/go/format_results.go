package syssecure

import (
	"fmt"
	"log/slog"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/shown"
)

// The text forms of results. They show phone numbers as +32…56, and no texts, secrets, payloads and metadata.

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Meta) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Meta) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SentOTP) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SentOTP) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Verification) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Verification) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OTP) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OTP) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SentSMS) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SentSMS) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Message) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Message) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Attempt) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Attempt) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v InboundMessage) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v InboundMessage) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplateChannels) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplateChannels) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v VoiceTemplate) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v VoiceTemplate) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Template) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Template) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Deleted) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Deleted) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplatePreview) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplatePreview) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WhatsAppPreview) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WhatsAppPreview) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplateVariable) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplateVariable) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SMSPreview) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SMSPreview) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TextPreview) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TextPreview) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WebhookEndpoint) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WebhookEndpoint) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v CallbackSecret) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v CallbackSecret) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v EventType) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v EventType) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WebhookTest) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WebhookTest) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WebhookTry) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WebhookTry) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WebhookDelivery) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WebhookDelivery) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v WebhookRecovery) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v WebhookRecovery) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v StoredEvent) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v StoredEvent) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Event) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Event) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OptOut) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OptOut) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Balance) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Balance) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Usage) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Usage) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Conversion) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Conversion) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v ConversionLine) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v ConversionLine) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v LookupResult) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v LookupResult) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Carrier) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Carrier) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Replacement) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Replacement) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Account) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Account) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SandboxMessage) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SandboxMessage) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SandboxClock) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SandboxClock) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Page[T]) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Page[T]) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v APIKey) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v APIKey) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v LoggedRequest) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v LoggedRequest) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v AuditChange) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v AuditChange) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v AuditEntry) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v AuditEntry) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v BalanceEntry) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v BalanceEntry) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Price) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Price) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v NumberFinding) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v NumberFinding) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v NumberReport) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v NumberReport) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v CarrierCheck) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v CarrierCheck) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v CarrierTest) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v CarrierTest) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v RouteLeftOut) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v RouteLeftOut) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v RoutePlan) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v RoutePlan) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v Instance) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v Instance) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v AccountSummary) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v AccountSummary) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v CreatedAccount) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v CreatedAccount) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v ClearedInbox) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v ClearedInbox) LogValue() slog.Value { return shown.Log(v) }
