// Package content has the screens of what phones show: templates, and the inbox of the sandbox.
package content

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
