// Package insight has the screens of numbers and money: overview, analytics, protection, credits, and events.
package insight

import (
	"embed"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/overview", signin.SeeAnalytics, overview),
	screen.Get("/analytics", signin.SeeAnalytics, analytics),
	screen.Get("/analytics.csv", signin.SeeAnalytics, analyticsCSV),
	screen.Get("/protection", signin.SeeAnalytics, protection),
	screen.Get("/credits", signin.SeeCredits, creditsScreen),
	screen.Get("/credits.csv", signin.SeeCredits, creditsCSV),
	screen.Post("/credits/caps", signin.ManageSettings, changeCaps),
	stepUp(screen.Get("/credits/add", signin.AddCredits, addCreditsForm)),
	stepUp(screen.Post("/credits/add", signin.AddCredits, addCredits)),
	screen.Get("/events", signin.SeeMessages, events),
	screen.Get("/events.csv", signin.SeeMessages, eventsCSV),
	screen.Get("/events/live", signin.SeeMessages, eventsLive),
	screen.Get("/events/{id}", signin.SeeMessages, oneEvent),
	screen.Post("/events/{id}/redeliver", signin.ManageWebhooks, redeliverEvent),
}}

// stepUp asks the user to prove again who it is.
func stepUp(r screen.Route) screen.Route {
	r.StepUp = true
	return r
}

// may is what the screens need.
var may = map[string]signin.Permission{
	"analytics":   signin.SeeAnalytics,
	"credits-add": signin.AddCredits,
	"credits":     signin.SeeCredits,
	"event":       signin.SeeMessages,
	"events":      signin.SeeMessages,
	"overview":    signin.SeeAnalytics,
	"protection":  signin.SeeAnalytics,
}
