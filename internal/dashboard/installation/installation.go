// Package installation has the screens of operators: carriers, routes, the instance, its accounts and users.
package installation

import (
	"embed"
	"net/http"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
)

//go:embed templates
var files embed.FS

// Screens are the package's screens. Their paths have no account.
var Screens = screen.Set{Templates: files, Routes: []screen.Route{
	get("/carriers", carriers),
	get("/carriers.csv", carriersCSV),
	get("/carriers/{name}", oneCarrier),
	post("/carriers/{name}/pause", pauseCarrier),
	post("/carriers/{name}/resume", resumeCarrier),
	post("/carriers/{name}/test", testCarrier),
	get("/routes", routes),
	get("/instance", instance),
	get("/accounts", accounts),
	get("/accounts.csv", accountsCSV),
	stepUp(get("/accounts/new", newAccount)),
	stepUp(post("/accounts/new", createAccount)),
	get("/users", users),
	get("/users.csv", usersCSV),
	stepUp(post("/users/reset", resetUser)),
	stepUp(post("/users/operator", setOperator)),
	stepUp(post("/users/disabled", setDisabled)),
}}

func get(path string, h func(*screen.Request) (screen.Answer, error)) screen.Route {
	return screen.Route{Pattern: http.MethodGet + " " + screen.Root + path, Access: screen.Operator, Handle: h}
}

func post(path string, h func(*screen.Request) (screen.Answer, error)) screen.Route {
	return screen.Route{Pattern: http.MethodPost + " " + screen.Root + path, Access: screen.Operator, Handle: h}
}

// stepUp makes a route ask who the user is.
func stepUp(r screen.Route) screen.Route {
	r.StepUp = true
	return r
}
