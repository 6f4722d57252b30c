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
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/keys", signin.ManageKeys, keys),
	screen.Get("/keys.csv", signin.ManageKeys, keysCSV),
	proven(screen.Get("/keys/new", signin.ManageKeys, newKey)),
	proven(screen.Post("/keys/new", signin.ManageKeys, createKey)),
	screen.Get("/keys/{id}", signin.ManageKeys, oneKey),
	proven(screen.Get("/keys/{id}/rotate", signin.ManageKeys, askRotateKey)),
	proven(screen.Post("/keys/{id}/rotate", signin.ManageKeys, rotateKey)),
	proven(screen.Get("/keys/{id}/revoke", signin.ManageKeys, askRevokeKey)),
	proven(screen.Post("/keys/{id}/revoke", signin.ManageKeys, revokeKey)),
	screen.Get("/webhooks", signin.ManageWebhooks, webhooks),
	screen.Get("/webhooks.csv", signin.ManageWebhooks, webhooksCSV),
	proven(screen.Get("/webhooks/new", signin.ManageWebhooks, newWebhook)),
	proven(screen.Post("/webhooks/new", signin.ManageWebhooks, createWebhook)),
	proven(screen.Get("/webhooks/callback/rotate", signin.ManageWebhooks, askRotateCallback)),
	proven(screen.Post("/webhooks/callback/rotate", signin.ManageWebhooks, rotateCallback)),
	screen.Get("/webhooks/{id}", signin.ManageWebhooks, oneWebhook),
	screen.Get("/webhooks/{id}/deliveries.csv", signin.ManageWebhooks, deliveriesCSV),
	screen.Get("/webhooks/{id}/deliveries/live", signin.ManageWebhooks, deliveriesLive),
	screen.Get("/webhooks/{id}/deliveries/{event}", signin.ManageWebhooks, oneDelivery),
	screen.Post("/webhooks/{id}/deliveries/{event}/redeliver", signin.ManageWebhooks, redeliver),
	proven(screen.Get("/webhooks/{id}/change", signin.ManageWebhooks, askChangeWebhook)),
	proven(screen.Post("/webhooks/{id}/change", signin.ManageWebhooks, changeWebhook)),
	screen.Post("/webhooks/{id}/enable", signin.ManageWebhooks, enableWebhook),
	screen.Post("/webhooks/{id}/disable", signin.ManageWebhooks, disableWebhook),
	screen.Get("/webhooks/{id}/test", signin.ManageWebhooks, askTestWebhook),
	screen.Post("/webhooks/{id}/test", signin.ManageWebhooks, testWebhook),
	screen.Get("/webhooks/{id}/recover", signin.ManageWebhooks, askRecoverWebhook),
	screen.Post("/webhooks/{id}/recover", signin.ManageWebhooks, recoverWebhook),
	proven(screen.Get("/webhooks/{id}/rotate", signin.ManageWebhooks, askRotateWebhook)),
	proven(screen.Post("/webhooks/{id}/rotate", signin.ManageWebhooks, rotateWebhook)),
	proven(screen.Get("/webhooks/{id}/delete", signin.ManageWebhooks, askDeleteWebhook)),
	proven(screen.Post("/webhooks/{id}/delete", signin.ManageWebhooks, deleteWebhook)),
}}

// proven makes a route one that asks for a step-up. Pages with forms ask before anything is typed.
func proven(r screen.Route) screen.Route {
	r.StepUp = true
	return r
}

// may is what the screens need.
var may = map[string]signin.Permission{
	"key-new":    signin.ManageKeys,
	"key-revoke": signin.ManageKeys,
	"key-rotate": signin.ManageKeys,
	"key":        signin.ManageKeys,
	"keys":       signin.ManageKeys,
	"delivery":   signin.ManageWebhooks,
	// The two permissions of this package belong to the same roles.
	"shown-once":      signin.ManageKeys,
	"webhook-delete":  signin.ManageWebhooks,
	"webhook-form":    signin.ManageWebhooks,
	"webhook-recover": signin.ManageWebhooks,
	"webhook-rotate":  signin.ManageWebhooks,
	"webhook-test":    signin.ManageWebhooks,
	"webhook":         signin.ManageWebhooks,
	"webhooks":        signin.ManageWebhooks,
}
