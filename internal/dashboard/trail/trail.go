// Package trail has the screens of who did what: the request log and the audit log.
package trail

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
