// Package trail has the screens of who did what: the request log and the audit log.
package trail

import (
	"embed"

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
	screen.Get("/requests", signin.SeeRequests, requests),
	screen.Get("/requests.csv", signin.SeeRequests, requestsCSV),
	screen.Get("/requests/live", signin.SeeRequests, requestsLive),
	screen.Get("/requests/{id}", signin.SeeRequests, oneRequest),
}}

// rounds is how often a list is read on for one page: with filters, a part of it may have few rows or none.
const rounds = 5

// may is what the screens need.
var may = map[string]signin.Permission{
	"audit-entry": signin.SeeAudit,
	"audit":       signin.SeeAudit,
	"request":     signin.SeeRequests,
	"requests":    signin.SeeRequests,
}
