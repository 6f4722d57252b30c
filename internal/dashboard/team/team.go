// Package team has the screens of people: the user's own profile and security, the members of an account, and its settings.
package team

import (
	"embed"
	"net/http"
	"slices"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/signin"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens.
var Screens = screen.Set{Templates: files, May: may, Routes: slices.Concat(ownRoutes, memberRoutes, settingRoutes)}

// profile is the path of the user's own page.
const profile = screen.Root + "/profile"

// own makes a row of a screen about the user alone.
func own(method, path string, h func(*screen.Request) (screen.Answer, error)) screen.Route {
	return screen.Route{Pattern: method + " " + profile + path, Access: screen.SignedIn, Handle: h}
}

// sure makes a row of what asks the user to prove again who it is.
func sure(r screen.Route) screen.Route {
	r.StepUp = true
	return r
}

var ownRoutes = []screen.Route{
	own(http.MethodGet, "", profilePage),
	own(http.MethodPost, "", saveProfile),
	own(http.MethodPost, "/theme", saveTheme),
	own(http.MethodPost, "/zone", saveZone),
	own(http.MethodPost, "/password", changePassword),
	sure(own(http.MethodGet, "/authenticator", authenticatorPage)),
	sure(own(http.MethodPost, "/authenticator", confirmAuthenticator)),
	sure(own(http.MethodPost, "/authenticator/off", removeAuthenticator)),
	sure(own(http.MethodPost, "/recovery-codes", renewRecoveryCodes)),
	sure(own(http.MethodGet, "/passkeys", passkeyPage)),
	sure(own(http.MethodPost, "/passkeys/options", passkeyOptions)),
	sure(own(http.MethodPost, "/passkeys", addPasskey)),
	own(http.MethodPost, "/passkeys/rename", renamePasskey),
	sure(own(http.MethodPost, "/passkeys/remove", removePasskey)),
	own(http.MethodPost, "/sessions/end", endSession),
	own(http.MethodPost, "/sessions/end-others", endOthers),
	sure(own(http.MethodPost, "/leave", leave)),
}

var memberRoutes = []screen.Route{
	screen.Get("/team", signin.ManageTeam, teamPage),
	screen.Get("/team.csv", signin.ManageTeam, teamCSV),
	sure(screen.Get("/team/invite", signin.ManageTeam, invitePage)),
	sure(screen.Post("/team/invite", signin.ManageTeam, invite)),
	sure(screen.Post("/team/role", signin.ManageTeam, changeRole)),
	sure(screen.Post("/team/remove", signin.ManageTeam, removeMember)),
	sure(screen.Post("/team/withdraw", signin.ManageTeam, withdraw)),
}

// may is what the screens need.
var may = map[string]signin.Permission{
	"invite":   signin.ManageTeam,
	"invited":  signin.ManageTeam,
	"team":     signin.ManageTeam,
	"settings": signin.ManageSettings,
}
