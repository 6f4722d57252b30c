package screen

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// Access says who may call a route.
type Access uint8

const (
	// Anyone needs no session: sign-in and one-time links.
	Anyone Access = iota
	// SignedIn needs a session, and is about the user alone.
	SignedIn
	// Member needs a role in the account of the path that has the route's permission.
	Member
	// Operator needs a user who operates the installation.
	Operator
)

// Route is a path of the dashboard with what it needs. Every route has its row in the tests' matrix of who may do what.
type Route struct {
	// Pattern is a method and a path of net/http's mux. Paths of members have {account} and {mode}.
	Pattern string
	Access  Access
	// May is the permission that a member needs.
	May signin.Permission
	// Live is what a member needs in live mode, when that is not the same.
	Live signin.Permission
	// StepUp asks the user to prove again who it is, unless that happened in the last minutes.
	StepUp bool
	// Form is the largest form that is read, in bytes; zero is that of the access. The values of a form are held several
	// times, and shown again when they are refused.
	Form   int64
	Handle func(*Request) (Answer, error)
}

// Needs is the permission that a member needs in a mode.
func (r *Route) Needs(mode id.Mode) signin.Permission {
	if mode == id.Live && r.Live != "" {
		return r.Live
	}
	return r.May
}

// The largest forms, in bytes. What is larger than one of a user is counted, see readForm.
const (
	formOfAnyone = 16 << 10
	formOfUser   = 64 << 10
	// FormOfTexts is that of a template, whose letters have up to nine bytes each in a form.
	FormOfTexts = 256 << 10
	// FormOfNumbers is that of a file of numbers.
	FormOfNumbers = 1 << 20
)

// formSize is the largest form of the route.
func (r *Route) formSize() int64 {
	switch {
	case r.Form > 0:
		return r.Form
	case r.Access == Anyone:
		return formOfAnyone
	}
	return formOfUser
}

// Large makes a route read a form of up to size bytes.
func Large(r Route, size int64) Route {
	r.Form = size
	return r
}

// InAccount makes the pattern of a member's route.
func InAccount(method, path string) string {
	return method + " " + Root + "/{account}/{mode}" + path
}

// Get and Post make rows of members' routes.
func Get(path string, may signin.Permission, h func(*Request) (Answer, error)) Route {
	return Route{Pattern: InAccount(http.MethodGet, path), Access: Member, May: may, Handle: h}
}

func Post(path string, may signin.Permission, h func(*Request) (Answer, error)) Route {
	return Route{Pattern: InAccount(http.MethodPost, path), Access: Member, May: may, Handle: h}
}

// PostSend makes the row of what sends, sends again or cancels, which needs more in live mode than in the sandbox.
func PostSend(path string, h func(*Request) (Answer, error)) Route {
	r := Post(path, signin.SendTest, h)
	r.Live = signin.SendLive

	return r
}
