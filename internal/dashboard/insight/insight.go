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
var Screens = screen.Set{Templates: files, Routes: []screen.Route{
	screen.Get("/overview", signin.SeeAnalytics, overview),
	screen.Get("/analytics", signin.SeeAnalytics, analytics),
	screen.Get("/analytics.csv", signin.SeeAnalytics, analyticsCSV),
}}
