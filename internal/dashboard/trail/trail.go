// Package trail has the screens of who did what: the request log and the audit log.
package trail

import (
	"embed"
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/audit", signin.SeeAudit, auditLog),
	screen.Get("/audit.csv", signin.SeeAudit, auditCSV),
	screen.Get("/audit/live", signin.SeeAudit, auditLive),
	screen.Get("/audit/{id}", signin.SeeAudit, auditEntry),
	installation("", auditLog),
	installation(".csv", auditCSV),
	installation("/{id}", auditEntry),
	screen.Get("/requests", signin.SeeRequests, requests),
	screen.Get("/requests.csv", signin.SeeRequests, requestsCSV),
	screen.Get("/requests/live", signin.SeeRequests, requestsLive),
	screen.Get("/requests/{id}", signin.SeeRequests, oneRequest),
}}

// installation makes a row of the installation's audit log: sign-ins, users, and what operators change.
func installation(path string, h func(*screen.Request) (screen.Answer, error)) screen.Route {
	return screen.Route{Pattern: http.MethodGet + " " + screen.Root + "/audit" + path, Access: screen.Operator, Handle: h}
}

// rounds is how often a list is read on for one page: with filters, a part of it may have few rows or none.
const rounds = 5

// may is what the screens need.
var may = map[string]signin.Permission{
	"audit-entry": signin.SeeAudit,
	"audit":       signin.SeeAudit,
	"request":     signin.SeeRequests,
	"requests":    signin.SeeRequests,
}
