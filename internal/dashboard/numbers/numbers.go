// Package numbers has the screens of single numbers: what happened to one in the last day, opt-outs, and texts from
// phones.
package numbers

import (
	"embed"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, May: may, Routes: []screen.Route{
	screen.Get("/history", signin.SeeMessages, history),
	screen.Get("/history/{id}", signin.SeeMessages, historyOfThing),
	screen.Get("/inbound", signin.SeeMessages, inbound),
	screen.Get("/inbound.csv", signin.SeeMessages, inboundCSV),
	screen.Get("/inbound/live", signin.SeeMessages, inboundLive),
	screen.Get("/opt-outs", signin.SeeMessages, optOuts),
	screen.Get("/opt-outs.csv", signin.SeeMessages, optOutsCSV),
	screen.Post("/opt-outs/whole.csv", signin.SeeNumbers, wholeOptOutsCSV),
	screen.Get("/opt-outs/add", signin.ManageOptOuts, addOptOuts),
	screen.Large(screen.Post("/opt-outs/add", signin.ManageOptOuts, importOptOuts), screen.FormOfNumbers),
	screen.Get("/opt-outs/{id}/remove", signin.ManageOptOuts, askRemoveOptOut),
	screen.Post("/opt-outs/{id}/remove", signin.ManageOptOuts, removeOptOut),
}}

// may is what the screens need.
var may = map[string]signin.Permission{
	"history":        signin.SeeMessages,
	"inbound":        signin.SeeMessages,
	"opt-out-remove": signin.ManageOptOuts,
	"opt-outs-add":   signin.ManageOptOuts,
	"opt-outs-added": signin.ManageOptOuts,
	"opt-outs":       signin.SeeMessages,
}
