// Package connect has the screens by which programs connect: API keys and webhooks.
package connect

import (
	"embed"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, Routes: []screen.Route{
	screen.Get("/keys", signin.ManageKeys, keys),
	screen.Get("/keys.csv", signin.ManageKeys, keysCSV),
	proven(screen.Get("/keys/new", signin.ManageKeys, newKey)),
	proven(screen.Post("/keys/new", signin.ManageKeys, createKey)),
	screen.Get("/keys/{id}", signin.ManageKeys, oneKey),
	proven(screen.Get("/keys/{id}/rotate", signin.ManageKeys, askRotateKey)),
	proven(screen.Post("/keys/{id}/rotate", signin.ManageKeys, rotateKey)),
	proven(screen.Get("/keys/{id}/revoke", signin.ManageKeys, askRevokeKey)),
	proven(screen.Post("/keys/{id}/revoke", signin.ManageKeys, revokeKey)),
}}

// proven makes a route one that asks for a step-up. Pages with forms ask before anything is typed.
func proven(r screen.Route) screen.Route {
	r.StepUp = true
	return r
}
