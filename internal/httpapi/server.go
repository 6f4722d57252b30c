// Package httpapi implements the HTTP API: it turns requests into calls of the packages below, and their results and
// faults into the published JSON.
//
// The gates in serve.go and gates.go refuse a request by the cheapest check that can, and read no body before the
// caller is authenticated.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/answers"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/requestlog"
	"github.com/syssecure/syssecure/internal/secret"
)

// Config is what the API needs.
type Config struct {
	Engine *engine.Engine
	// OptOuts manages the numbers that opted out.
	OptOuts *optout.Handler
	// Answers stores the answers for Idempotency-Keys.
	Answers *idempotency.Answers
	Query   *query.Query
	// Numbers is the operator's policy on numbers, for lookups.
	Numbers phone.Policy
	// Keys seal the cursors of lists.
	Keys  *secret.Keyring
	Admin *admin.Admin
	Hooks *hooks.Hooks
	Gate  *admin.Authenticator
	// Callbacks are the carriers with callbacks, by name.
	Callbacks map[string]carrier.CallbackHandler
	// Sink receives their reports.
	Sink carrier.Sink
	// Ready returns an error while requests cannot be served.
	Ready func(context.Context) error
	Log   *slog.Logger
	// Instance reads the state of the installation.
	Instance func(context.Context) (admin.Instance, error)
	// Pages are the handlers of what is for people, by their patterns.
	Pages map[string]http.Handler
	// PublicURL is the address of this server's pages, to which errors link. It may be empty.
	PublicURL string
	// Requests logs what each key does. It may be nil.
	Requests *requestlog.Log
	// Proxies may name the client's address, see peer.Address.
	Proxies []netip.Prefix
}

// Version of the API, as published.
const Version = "2.4"

// Server answers HTTP requests.
type Server struct {
	Config
	mux *http.ServeMux
	api huma.API
	// lists bounds the large answers at a time.
	lists answers.Gate
	// docs is the page that describes the errors; empty without a PublicURL.
	docs string
}

// New makes the handler with all its routes.
func New(c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux()}
	if c.PublicURL != "" {
		s.docs = strings.TrimRight(c.PublicURL, "/") + "/docs/errors"
	}

	s.api = humago.New(s.mux, apiConfig())
	s.api.UseMiddleware(s.authenticate, s.readBody, s.limitLists)
	s.routes()

	return s
}

// HTTPServer wraps the handler with the time limits that a server on the internet needs; Go sets none.
func (s *Server) HTTPServer() *http.Server {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    readHead,
		// The handler answers OPTIONS *, too.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	listener.Configure(server, s.Unhandled)
	return server
}

func apiConfig() huma.Config {
	overrideHumaErrors()
	info := &huma.Info{
		Title: "SysSecure API", Version: Version,
		Description: "Send and verify one-time passwords and send messages over WhatsApp, SMS, Telegram and voice, " +
			"through your own carriers.",
		License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
	}

	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0", Info: info,
			Servers: []*huma.Server{{URL: "https://api.syssecure.me"}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"key": {
						Type: "http", Scheme: "bearer", BearerFormat: "sk_live_… or sk_test_…",
						Description: "An API key. A key that begins with sk_test_ uses the sandbox, " +
							"where no message is sent and nothing is charged.",
					},
				},
			},
		},
		Formats: map[string]huma.Format{
			"application/json": {Marshal: marshal, Unmarshal: unmarshal},
			"json":             {Marshal: marshal, Unmarshal: unmarshal},
		},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}
