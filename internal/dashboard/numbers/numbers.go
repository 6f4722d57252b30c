// Package numbers has the screens of single numbers: what happened to one in the last day, opt-outs, and texts from phones.
package numbers

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
