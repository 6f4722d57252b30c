// Package httpapi is the API's edge: it turns HTTP into calls of engine and admin, and their answers and faults into the
// published JSON. It decides nothing.
//
// Its one hard idea is the order of the gates in serve.go and gates.go: a request is cut off by the cheapest check that
// can refuse it, and nothing of a body is read for a caller who is not authenticated.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"
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
	"github.com/syssecure/syssecure/internal/secret"
)

// Config is what the edge needs.
type Config struct {
	Engine *engine.Engine
	// OptOuts is the list of numbers that opted out.
	OptOuts *optout.Handler
	// Answers remembers answers for Idempotency-Keys.
	Answers *idempotency.Answers
	// Query answers what only reads.
	Query *query.Query
	// Numbers is what the operator says of numbers, for lookups.
	Numbers phone.Policy
	// Keys seal the cursors of lists.
	Keys  *secret.Keyring
	Admin *admin.Admin
	Hooks *hooks.Hooks
	Gate  *admin.Gate
	// Callers are the carriers whose other side calls us, by name.
	Callers map[string]carrier.Caller
	// Sink takes what they report.
	Sink carrier.Sink
	// Ready reports whether the server can do its work; nil error = yes.
	Ready func(context.Context) error
	Log   *slog.Logger
	// PublicURL is where the pages of this server are reached; errors link to their description there. It may be empty.
	PublicURL string
}

// Version of the API, as published.
const Version = "2.4"

// Server answers HTTP requests.
type Server struct {
	Config
	mux *http.ServeMux
	api huma.API
	// lists bounds how many large answers there are at once.
	lists answers.Gate
	// docs is the page that describes the errors; empty when nobody could reach it.
	docs string
}

// New makes the handler with all its routes.
func New(c Config) *Server {
	s := &Server{Config: c, mux: http.NewServeMux()}
	if c.PublicURL != "" {
		s.docs = strings.TrimRight(c.PublicURL, "/") + "/docs/errors"
	}

	s.api = humago.New(s.mux, apiConfig())
	s.api.UseMiddleware(s.authenticate, s.readBody, s.holdLists)
	s.routes()

	return s
}

// HTTPServer wraps the handler with the time limits that a server on the internet needs: Go sets none of its own.
func (s *Server) HTTPServer() *http.Server {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    readHead,
		// OPTIONS * has its answer from the handler, as everything else.
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
		Description: "One-time passwords and messages over WhatsApp, SMS, Telegram and voice, through your own carriers.",
		License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
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
						Description: "An API key. Keys that begin with sk_test_ use the sandbox.",
					},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": {Marshal: marshal, Unmarshal: unmarshal}, "json": {Marshal: marshal, Unmarshal: unmarshal}},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
}
