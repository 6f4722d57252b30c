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
	register(s, op("list-otps", http.MethodGet, "/v2/otp", account.ScopeRead, "List OTPs", 400, 401, 429, 500, 503), s.listOTPs)
	register(s, op("get-otp", http.MethodGet, "/v2/otp/{otp_id}", account.ScopeRead, "Get an OTP", 400, 401, 404, 429, 500, 503), s.getOTP)
	registerIdempotent(s, op("resend-otp", http.MethodPost, "/v2/otp/{otp_id}/resend", account.ScopeSend, "Send a pending OTP again", 400, 401, 402, 404, 422, 429, 500, 503), s.resendOTP, showSent)
	registerIdempotent(s, op("cancel-otp", http.MethodPost, "/v2/otp/{otp_id}/cancel", account.ScopeSend, "Cancel an OTP", 400, 401, 404, 429, 500, 503), s.cancelOTP, showOTP)
	register(s, op("get-balance", http.MethodGet, "/v2/balance", account.ScopeRead, "Get the balance", 400, 401, 429, 500, 503), s.balance)
	register(s, op("sandbox-messages", http.MethodGet, "/v2/sandbox/messages", account.ScopeRead, "Read the sandbox's inbox", 400, 401, 429, 500, 503), s.sandboxMessages)
	registerIdempotent(s, op("sandbox-clock", http.MethodPost, "/v2/sandbox/clock", account.ScopeSend, "Move the sandbox's clock", 400, 401, 429, 500, 503), s.sandboxClock, showClock)

	s.webhookRoutes()

	// Without these a GET of a verb would be taken for the OTP of that name.
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, verb := range verbs {
			s.mux.HandleFunc(method+" "+verb, s.onlyPost)
		}
	}
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.HandleFunc("/carriers/{name}/{callback}", s.carrierCallback)
	s.mux.HandleFunc("/", s.unrouted)
}

// verbs are the paths that lie where an id could.
var verbs = []string{"/v2/otp/send", "/v2/otp/verify"}

// op describes an operation. Its errors are part of the contract.
func op(name, method, path string, scope account.Scope, summary string, errors ...int) huma.Operation {
	if method == http.MethodPost {
		errors = append(errors, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return huma.Operation{
		OperationID: name, Method: method, Path: path, Summary: summary, Errors: errors, MaxBodyBytes: maxBody + 1,
		Security: []map[string][]string{{"key": {}}}, Metadata: map[string]any{scopeKey: scope},
	}
}
