package syssecure

import (
	"fmt"
	"log/slog"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/shown"
)

// The text forms of params. They show phone numbers as +32…56, and no codes, texts and metadata.

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OTPSendParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OTPSendParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OTPVerifyParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OTPVerifyParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OTPListParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OTPListParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SMSSendParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SMSSendParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v MessageListParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v MessageListParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v InboundListParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v InboundListParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplateCreateParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplateCreateParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplateUpdateParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplateUpdateParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplatePreviewParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplatePreviewParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v TemplatePreviewDraftParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v TemplatePreviewDraftParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v OptOutListParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v OptOutListParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v AccountUpdateParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v AccountUpdateParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SandboxMessagesParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SandboxMessagesParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v RequestParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v RequestParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v AuditListParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v AuditListParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v CarrierTestParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v CarrierTestParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v RouteExplainParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v RouteExplainParams) LogValue() slog.Value { return shown.Log(v) }

// Format writes it without what nobody may read, for every verb of package fmt.
func (v SandboxClearParams) Format(s fmt.State, _ rune) { shown.Write(s, v) }

// LogValue is what package slog logs of it.
func (v SandboxClearParams) LogValue() slog.Value { return shown.Log(v) }
