package httpapi

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
)

// routes adds every route of the server.
func (s *Server) routes() {
	s.otpRoutes()
	s.messageRoutes()
	s.accountRoutes()
	s.creditRoutes()
	s.sandboxRoutes()
	s.carrierRoutes()
	s.instanceRoutes()
	s.templateRoutes()
	s.webhookRoutes()
	s.keyRoutes()
	s.logRoutes()

	// Otherwise GET /v2/otp/send would be a request for the OTP with the id send.
	for path, only := range fixedPaths {
		for _, method := range methods {
			if method != only {
				s.mux.HandleFunc(method+" "+path, s.wrongFixedMethod)
			}
		}
	}

	s.mux.HandleFunc("GET /openapi.json", s.rejectAmbiguousQuery(s.document))
	s.mux.HandleFunc("GET /openapi.yaml", s.rejectAmbiguousQuery(s.document))
	s.mux.HandleFunc("GET /healthz", s.rejectAmbiguousQuery(s.healthz))
	s.mux.HandleFunc("GET /readyz", s.rejectAmbiguousQuery(s.readyz))
	s.mux.HandleFunc("/carriers/{name}/{callback}", s.rejectAmbiguousQuery(s.carrierCallback))
	for pattern, pages := range s.Pages {
		s.mux.Handle(pattern, pages)
	}
	s.mux.HandleFunc("/", s.unrouted)
}

func (s *Server) otpRoutes() {
	registerIdempotent(s, op("send-otp", "POST /v2/otp/send", account.ScopeSend,
		"Send an OTP", 402, 404, 422), s.sendOTP, showSent)
	registerIdempotent(s, op("verify-otp", "POST /v2/otp/verify", account.ScopeVerify,
		"Verify an OTP", 404), s.verifyOTP, showVerified)
	register(s, op("list-otps", "GET /v2/otp", account.ScopeRead, "List OTPs", 422), s.listOTPs)
	register(s, op("get-otp", "GET /v2/otp/{otp_id}", account.ScopeRead, "Get an OTP", 404), s.getOTP)
	registerIdempotent(s, op("resend-otp", "POST /v2/otp/{otp_id}/resend", account.ScopeSend,
		"Resend a pending OTP", 402, 404, 422), s.resendOTP, showSent)
	registerIdempotent(s, op("cancel-otp", "POST /v2/otp/{otp_id}/cancel", account.ScopeSend,
		"Cancel an OTP", 404), s.cancelOTP, showOTP)
}

func (s *Server) messageRoutes() {
	registerIdempotent(s, op("send-sms", "POST /v2/sms/send", account.ScopeSend,
		"Send an SMS", 402, 422), s.sendSMS, showSentSMS)
	register(s, op("list-messages", "GET /v2/messages", account.ScopeRead, "List messages", 422), s.listMessages)
	register(s, op("get-message", "GET /v2/messages/{message_id}", account.ScopeRead,
		"Get a message", 404), s.getMessage)
	registerIdempotent(s, op("cancel-message", "POST /v2/messages/{message_id}/cancel", account.ScopeSend,
		"Cancel a scheduled message", 404), s.cancelMessage, showMessage)
	register(s, op("list-inbound", "GET /v2/inbound", account.ScopeRead, "List inbound messages", 422), s.listInbound)
	register(s, op("list-opt-outs", "GET /v2/opt-outs", account.ScopeRead,
		"List numbers that opted out", 422), s.listOptOuts)
	register(s, op("put-opt-out", "PUT /v2/opt-outs/{number}", account.ScopeAdmin,
		"Opt a number out", 404, 422), s.putOptOut)
	register(s, op("delete-opt-out", "DELETE /v2/opt-outs/{number}", account.ScopeAdmin,
		"Remove a number's opt-out", 404, 422), s.deleteOptOut)
	register(s, op("lookup", "GET /v2/lookup/{number}", account.ScopeRead,
		"Look up a phone number", 404, 422), s.lookup)
	register(s, op("explain-number", "GET /v2/lookup/{number}/explain", account.ScopeRead,
		"Explain why a number got no code", 404, 422), s.explainNumber)
}

func (s *Server) accountRoutes() {
	register(s, op("get-usage", "GET /v2/usage", account.ScopeRead, "Get a report of messages and credits"), s.usage)
	register(s, op("get-conversion", "GET /v2/analytics/conversion", account.ScopeRead,
		"Get a report of codes sent and verified"), s.conversion)
	register(s, op("get-account", "GET /v2/account", account.ScopeRead, "Get the account's settings"), s.getAccount)
	register(s, op("update-account", "PATCH /v2/account", account.ScopeAdmin,
		"Change the account's settings"), s.updateAccount)
}

func (s *Server) templateRoutes() {
	registerIdempotent(s, op("create-template", "POST /v2/templates", account.ScopeAdmin,
		"Create a template"), s.createTemplate, showTemplate)
	register(s, op("list-templates", "GET /v2/templates", account.ScopeRead, "List templates"), s.listTemplates)
	register(s, op("get-template", "GET /v2/templates/{template_id}", account.ScopeRead,
		"Get a template", 404), s.getTemplate)
	register(s, op("update-template", "PATCH /v2/templates/{template_id}", account.ScopeAdmin,
		"Change a template", 404), s.updateTemplate)
	register(s, op("delete-template", "DELETE /v2/templates/{template_id}", account.ScopeAdmin,
		"Delete a template", 404), s.deleteTemplate)
	registerIdempotent(s, op("preview-template", "POST /v2/templates/{template_id}/preview", account.ScopeRead,
		"Preview a template", 404), s.previewTemplate, showPreview)
	registerIdempotent(s, op("preview-draft", "POST /v2/templates/preview", account.ScopeRead,
		"Preview a template before it is saved"), s.previewDraft, showPreview)
}

// fixedPaths are the paths that another route would read as an id, each with its only method.
var fixedPaths = map[string]string{
	"/v2/otp/send": http.MethodPost, "/v2/otp/verify": http.MethodPost, "/v2/templates/preview": http.MethodPost,
	"/v2/webhooks/event-types": http.MethodGet,
}

// methods are the methods of all operations.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// shared are the errors of every operation, and changing those of operations that can have a body.
var (
	shared = []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusServiceUnavailable,
	}
	changing = []int{http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}
)

// op describes an operation; route is its method and path. Its errors are part of the contract; shared ones are added.
func op(name, route string, scope account.Scope, summary string, errors ...int) huma.Operation {
	method, path, _ := strings.Cut(route, " ")
	errors = append(errors, shared...)
	if method != http.MethodGet {
		errors = append(errors, changing...)
	}

	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary, Errors: errors, MaxBodyBytes: maxBody + 1,
		Security: []map[string][]string{{"key": {string(scope)}}}, Metadata: map[string]any{scopeKey: scope},
	}
}
