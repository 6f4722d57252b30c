package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
)

// routes is every route of the server, one a line.
func (s *Server) routes() {
	registerIdempotent(s, op("send-otp", http.MethodPost, "/v2/otp/send", account.ScopeSend, "Send an OTP", 402, 404, 422), s.sendOTP, showSent)
	registerIdempotent(s, op("verify-otp", http.MethodPost, "/v2/otp/verify", account.ScopeVerify, "Verify an OTP", 404), s.verifyOTP, showVerified)
	register(s, op("list-otps", http.MethodGet, "/v2/otp", account.ScopeRead, "List OTPs", 422), s.listOTPs)
	register(s, op("get-otp", http.MethodGet, "/v2/otp/{otp_id}", account.ScopeRead, "Get an OTP", 404), s.getOTP)
	registerIdempotent(s, op("resend-otp", http.MethodPost, "/v2/otp/{otp_id}/resend", account.ScopeSend, "Send a pending OTP again", 402, 404, 422), s.resendOTP, showSent)
	registerIdempotent(s, op("cancel-otp", http.MethodPost, "/v2/otp/{otp_id}/cancel", account.ScopeSend, "Cancel an OTP", 404), s.cancelOTP, showOTP)
	registerIdempotent(s, op("send-sms", http.MethodPost, "/v2/sms/send", account.ScopeSend, "Send an SMS", 402, 422), s.sendSMS, showSentSMS)
	register(s, op("list-messages", http.MethodGet, "/v2/messages", account.ScopeRead, "List messages", 422), s.listMessages)
	register(s, op("get-message", http.MethodGet, "/v2/messages/{message_id}", account.ScopeRead, "Get a message", 404), s.getMessage)
	registerIdempotent(s, op("cancel-message", http.MethodPost, "/v2/messages/{message_id}/cancel", account.ScopeSend, "Cancel a scheduled message", 404), s.cancelMessage, showMessage)
	register(s, op("get-balance", http.MethodGet, "/v2/balance", account.ScopeRead, "Get the balance"), s.balance)
	register(s, op("get-usage", http.MethodGet, "/v2/usage", account.ScopeRead, "Get what was sent and spent"), s.usage)
	register(s, op("get-conversion", http.MethodGet, "/v2/analytics/conversion", account.ScopeRead, "Get how many codes were verified, how fast, at what cost"), s.conversion)
	register(s, op("lookup", http.MethodGet, "/v2/lookup/{number}", account.ScopeRead, "Look up a number, offline", 404, 422), s.lookup)
	register(s, op("get-account", http.MethodGet, "/v2/account", account.ScopeRead, "Get the account's settings"), s.getAccount)
	register(s, op("update-account", http.MethodPatch, "/v2/account", account.ScopeAdmin, "Change the account's settings"), s.updateAccount)
	register(s, op("list-inbound", http.MethodGet, "/v2/inbound", account.ScopeRead, "List texts from phones", 422), s.listInbound)
	register(s, op("list-opt-outs", http.MethodGet, "/v2/opt-outs", account.ScopeRead, "List numbers that opted out", 422), s.listOptOuts)
	register(s, op("put-opt-out", http.MethodPut, "/v2/opt-outs/{number}", account.ScopeAdmin, "Opt a number out", 404, 422), s.putOptOut)
	register(s, op("delete-opt-out", http.MethodDelete, "/v2/opt-outs/{number}", account.ScopeAdmin, "Take a number off the list of opt-outs", 404, 422), s.deleteOptOut)
	register(s, op("sandbox-messages", http.MethodGet, "/v2/sandbox/messages", account.ScopeRead, "Read the sandbox's inbox", 422), s.sandboxMessages)
	registerIdempotent(s, op("sandbox-clock", http.MethodPost, "/v2/sandbox/clock", account.ScopeSend, "Move the sandbox's clock"), s.sandboxClock, showClock)
	registerIdempotent(s, op("create-template", http.MethodPost, "/v2/templates", account.ScopeAdmin, "Create a template"), s.createTemplate, showTemplate)
	register(s, op("list-templates", http.MethodGet, "/v2/templates", account.ScopeRead, "List templates"), s.listTemplates)
	register(s, op("get-template", http.MethodGet, "/v2/templates/{template_id}", account.ScopeRead, "Get a template", 404), s.getTemplate)
	register(s, op("update-template", http.MethodPatch, "/v2/templates/{template_id}", account.ScopeAdmin, "Change a template", 404), s.updateTemplate)
	register(s, op("delete-template", http.MethodDelete, "/v2/templates/{template_id}", account.ScopeAdmin, "Delete a template", 404), s.deleteTemplate)
	registerIdempotent(s, op("preview-template", http.MethodPost, "/v2/templates/{template_id}/preview", account.ScopeRead, "Show what a template says", 404), s.previewTemplate, showPreview)
	registerIdempotent(s, op("preview-draft", http.MethodPost, "/v2/templates/preview", account.ScopeRead, "Show what texts say before they are saved"), s.previewDraft, showPreview)

	s.webhookRoutes()

	// Without these a GET of a verb would be taken for the OTP of that name.
	for path, only := range fixed {
		for _, method := range methods {
			if method != only {
				s.mux.HandleFunc(method+" "+path, s.onlyFixed)
			}
		}
	}

	s.mux.HandleFunc("GET /openapi.json", s.unambiguous(s.document))
	s.mux.HandleFunc("GET /openapi.yaml", s.unambiguous(s.document))
	s.mux.HandleFunc("GET /healthz", s.unambiguous(s.healthz))
	s.mux.HandleFunc("GET /readyz", s.unambiguous(s.readyz))
	s.mux.HandleFunc("/carriers/{name}/{callback}", s.unambiguous(s.carrierCallback))
	s.mux.HandleFunc("/", s.unrouted)
}

// fixed are the paths that lie where an id could, each with its one method.
var fixed = map[string]string{
	"/v2/otp/send": http.MethodPost, "/v2/otp/verify": http.MethodPost, "/v2/templates/preview": http.MethodPost,
	"/v2/webhooks/event-types": http.MethodGet,
}

// methods are those that any operation has.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// shared are the errors that every operation may answer with, and changing those of one that takes a body.
var (
	shared = []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusServiceUnavailable,
	}
	changing = []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
)

// op describes an operation. Its errors are part of the contract; those that others share are added.
func op(name, method, path string, scope account.Scope, summary string, errors ...int) huma.Operation {
	errors = append(errors, shared...)
	if method != http.MethodGet {
		errors = append(errors, changing...)
	}

	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary, Errors: errors, MaxBodyBytes: maxBody + 1,
		Security: []map[string][]string{{"key": {string(scope)}}}, Metadata: map[string]any{scopeKey: scope},
	}
}
