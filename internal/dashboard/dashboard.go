// Package dashboard puts the screens for people together: sign-in, and what an account's users and the operator look at.
//
// It is an edge like httpapi: screens read a request, call the verbs that the API calls, and show what they return. They
// read and work without JavaScript. Package screen is what they stand on.
package dashboard

import (
	"slices"

	"github.com/syssecure/syssecure/internal/dashboard/activity"
	"github.com/syssecure/syssecure/internal/dashboard/connect"
	"github.com/syssecure/syssecure/internal/dashboard/content"
	"github.com/syssecure/syssecure/internal/dashboard/doors"
	"github.com/syssecure/syssecure/internal/dashboard/insight"
	"github.com/syssecure/syssecure/internal/dashboard/installation"
	"github.com/syssecure/syssecure/internal/dashboard/numbers"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/dashboard/team"
	"github.com/syssecure/syssecure/internal/dashboard/trail"
	"github.com/syssecure/syssecure/internal/signin"
)

// Patterns are the paths that the dashboard serves, with every method.
var Patterns = []string{screen.Root, screen.Root + "/"}

// sets are the screens of all packages.
var sets = []screen.Set{
	doors.Screens, activity.Screens, insight.Screens, numbers.Screens, content.Screens, connect.Screens, trail.Screens,
	team.Screens, installation.Screens,
}

// menu is the navigation, in its order.
var menu = []screen.Group{
	{Title: screen.Text("Activity"), Links: []screen.Link{
		{Title: screen.Text("Overview"), Path: "/overview", Icon: "home", Key: "o", May: signin.SeeAnalytics},
		{Title: screen.Text("Verifications"), Path: "/verifications", Icon: "shield-check", Key: "v", May: signin.SeeMessages},
		{Title: screen.Text("Messages"), Path: "/messages", Icon: "message", Key: "m", May: signin.SeeMessages},
		{Title: screen.Text("Why no code?"), Path: "/history", Icon: "history", Key: "h", May: signin.SeeMessages},
		{Title: screen.Text("Inbound"), Path: "/inbound", Icon: "inbox", May: signin.SeeMessages},
	}},
	{Title: screen.Text("Insight"), Links: []screen.Link{
		{Title: screen.Text("Analytics"), Path: "/analytics", Icon: "chart", Key: "a", May: signin.SeeAnalytics},
		{Title: screen.Text("Protection"), Path: "/protection", Icon: "shield", Key: "p", May: signin.SeeAnalytics},
	}},
	{Title: screen.Text("Build"), Links: []screen.Link{
		{Title: screen.Text("Templates"), Path: "/templates", Icon: "edit", May: signin.ManageTemplates},
		{Title: screen.Text("Sandbox inbox"), Path: "/inbox", Icon: "inbox", Key: "i", May: signin.SendTest, TestOnly: true},
		{Title: screen.Text("API keys"), Path: "/keys", Icon: "key", Key: "k", May: signin.ManageKeys},
		{Title: screen.Text("Webhooks"), Path: "/webhooks", Icon: "webhook", Key: "w", May: signin.ManageWebhooks},
		{Title: screen.Text("Events"), Path: "/events", Icon: "activity", Key: "e", May: signin.SeeMessages},
		{Title: screen.Text("Request log"), Path: "/requests", Icon: "list", Key: "r", May: signin.SeeRequests},
	}},
	{Title: screen.Text("Delivery"), Links: []screen.Link{
		{Title: screen.Text("Opt-outs"), Path: "/opt-outs", Icon: "ban", Key: "u", May: signin.SeeMessages},
	}},
	{Title: screen.Text("Account"), Links: []screen.Link{
		{Title: screen.Text("Credits"), Path: "/credits", Icon: "credit", Key: "c", May: signin.SeeCredits},
		{Title: screen.Text("Team"), Path: "/team", Icon: "users", Key: "t", May: signin.ManageTeam},
		{Title: screen.Text("Audit log"), Path: "/audit", Icon: "list", May: signin.SeeAudit},
		{Title: screen.Text("Settings"), Path: "/settings", Icon: "settings", May: signin.ManageSettings},
	}},
	{Title: screen.Text("Installation"), Links: []screen.Link{
		{Title: screen.Text("Carriers"), Path: "/carriers", Icon: "server", Operator: true},
		{Title: screen.Text("Routes"), Path: "/routes", Icon: "route", Operator: true},
		{Title: screen.Text("Instance"), Path: "/instance", Icon: "activity", Operator: true},
		{Title: screen.Text("Accounts"), Path: "/accounts", Icon: "users", Operator: true},
		{Title: screen.Text("Users"), Path: "/users", Icon: "user", Operator: true},
		{Title: screen.Text("Audit log"), Path: "/audit", Icon: "list", Operator: true},
	}},
}

// New makes the dashboard's handler.
func New(v screen.Verbs) (*screen.Frame, error) { return screen.New(v, menu, sets) }

// Sets are the screens of all packages.
func Sets() []screen.Set { return slices.Clone(sets) }

// Routes are all routes of the dashboard, in no order.
func Routes() (all []screen.Route) {
	for _, s := range sets {
		all = slices.Concat(all, s.Routes)
	}
	return all
}
