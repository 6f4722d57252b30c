// Package team has the screens of people: the user's own profile and security, the members of an account, and its settings.
package team

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
