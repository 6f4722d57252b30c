package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
)

// routes is every route of the server, one a line.
func (s *Server) routes() {
	registerIdempotent(s, op("send-otp", http.MethodPost, "/v2/otp/send", account.ScopeSend, "Send an OTP", 400, 401, 402, 404, 422, 429, 500, 503), s.sendOTP, showSent)
	registerIdempotent(s, op("verify-otp", http.MethodPost, "/v2/otp/verify", account.ScopeVerify, "Verify an OTP", 400, 401, 404, 429, 500, 503), s.verifyOTP, showVerified)
	register(s, op("list-otps", http.MethodGet, "/v2/otp", account.ScopeRead, "List OTPs", 400, 401, 422, 429, 500, 503), s.listOTPs)
	register(s, op("get-otp", http.MethodGet, "/v2/otp/{otp_id}", account.ScopeRead, "Get an OTP", 400, 401, 404, 429, 500, 503), s.getOTP)
	registerIdempotent(s, op("resend-otp", http.MethodPost, "/v2/otp/{otp_id}/resend", account.ScopeSend, "Send a pending OTP again", 400, 401, 402, 404, 422, 429, 500, 503), s.resendOTP, showSent)
	registerIdempotent(s, op("cancel-otp", http.MethodPost, "/v2/otp/{otp_id}/cancel", account.ScopeSend, "Cancel an OTP", 400, 401, 404, 429, 500, 503), s.cancelOTP, showOTP)
	registerIdempotent(s, op("send-sms", http.MethodPost, "/v2/sms/send", account.ScopeSend, "Send an SMS", 400, 401, 402, 422, 429, 500, 503), s.sendSMS, showSentSMS)
	register(s, op("list-messages", http.MethodGet, "/v2/messages", account.ScopeRead, "List messages", 400, 401, 422, 429, 500, 503), s.listMessages)
	register(s, op("get-message", http.MethodGet, "/v2/messages/{message_id}", account.ScopeRead, "Get a message", 400, 401, 404, 429, 500, 503), s.getMessage)
	registerIdempotent(s, op("cancel-message", http.MethodPost, "/v2/messages/{message_id}/cancel", account.ScopeSend, "Cancel a scheduled message", 400, 401, 404, 429, 500, 503), s.cancelMessage, showMessage)
	register(s, op("get-balance", http.MethodGet, "/v2/balance", account.ScopeRead, "Get the balance", 400, 401, 429, 500, 503), s.balance)
	register(s, op("get-usage", http.MethodGet, "/v2/usage", account.ScopeRead, "Get what was sent and spent", 400, 401, 429, 500, 503), s.usage)
	register(s, op("get-conversion", http.MethodGet, "/v2/analytics/conversion", account.ScopeRead, "Get how many codes were verified, how fast, at what cost", 400, 401, 429, 500, 503), s.conversion)
	register(s, op("lookup", http.MethodGet, "/v2/lookup/{number}", account.ScopeRead, "Look up a number, offline", 400, 401, 404, 422, 429, 500, 503), s.lookup)
	register(s, op("get-account", http.MethodGet, "/v2/account", account.ScopeRead, "Get the account's settings", 400, 401, 429, 500, 503), s.getAccount)
	register(s, op("update-account", http.MethodPatch, "/v2/account", account.ScopeAdmin, "Change the account's settings", 400, 401, 413, 415, 429, 500, 503), s.updateAccount)
	register(s, op("list-inbound", http.MethodGet, "/v2/inbound", account.ScopeRead, "List texts from phones", 400, 401, 422, 429, 500, 503), s.listInbound)
	register(s, op("list-opt-outs", http.MethodGet, "/v2/opt-outs", account.ScopeRead, "List numbers that opted out", 400, 401, 422, 429, 500, 503), s.listOptOuts)
	register(s, op("put-opt-out", http.MethodPut, "/v2/opt-outs/{number}", account.ScopeAdmin, "Opt a number out", 400, 401, 404, 413, 415, 422, 429, 500, 503), s.putOptOut)
	register(s, op("delete-opt-out", http.MethodDelete, "/v2/opt-outs/{number}", account.ScopeAdmin, "Take a number off the list of opt-outs", 400, 401, 404, 413, 415, 422, 429, 500, 503), s.deleteOptOut)
	register(s, op("sandbox-messages", http.MethodGet, "/v2/sandbox/messages", account.ScopeRead, "Read the sandbox's inbox", 400, 401, 422, 429, 500, 503), s.sandboxMessages)
	registerIdempotent(s, op("sandbox-clock", http.MethodPost, "/v2/sandbox/clock", account.ScopeSend, "Move the sandbox's clock", 400, 401, 429, 500, 503), s.sandboxClock, showClock)
	registerIdempotent(s, op("create-template", http.MethodPost, "/v2/templates", account.ScopeAdmin, "Create a template", 400, 401, 429, 500, 503), s.createTemplate, showTemplate)
	register(s, op("list-templates", http.MethodGet, "/v2/templates", account.ScopeRead, "List templates", 400, 401, 429, 500, 503), s.listTemplates)
	register(s, op("get-template", http.MethodGet, "/v2/templates/{template_id}", account.ScopeRead, "Get a template", 400, 401, 404, 429, 500, 503), s.getTemplate)
	register(s, op("update-template", http.MethodPatch, "/v2/templates/{template_id}", account.ScopeAdmin, "Change a template", 400, 401, 404, 429, 500, 503), s.updateTemplate)
	register(s, op("delete-template", http.MethodDelete, "/v2/templates/{template_id}", account.ScopeAdmin, "Delete a template", 400, 401, 404, 429, 500, 503), s.deleteTemplate)
	registerIdempotent(s, op("preview-template", http.MethodPost, "/v2/templates/{template_id}/preview", account.ScopeRead, "Show what a template says", 400, 401, 404, 429, 500, 503), s.previewTemplate, showPreview)
	registerIdempotent(s, op("preview-draft", http.MethodPost, "/v2/templates/preview", account.ScopeRead, "Show what texts say before they are saved", 400, 401, 429, 500, 503), s.previewDraft, showPreview)

	s.webhookRoutes()

	// Without these a GET of a verb would be taken for the OTP of that name.
	for path, only := range fixed {
		for _, method := range methods {
			if method != only {
				s.mux.HandleFunc(method+" "+path, s.onlyFixed)
			}
		}
	}
	s.mux.HandleFunc("GET /openapi.json", s.unambiguous(s.openapi))
	s.mux.HandleFunc("GET /openapi.yaml", s.unambiguous(s.openapi))
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

// op describes an operation. Its errors are part of the contract.
func op(name, method, path string, scope account.Scope, summary string, errors ...int) huma.Operation {
	if method != http.MethodGet {
		errors = append(errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary, Errors: errors, MaxBodyBytes: maxBody + 1,
		Security: []map[string][]string{{"key": {string(scope)}}}, Metadata: map[string]any{scopeKey: scope},
	}
}
