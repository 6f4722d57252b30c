// Package connect has the screens by which programs connect: API keys and webhooks.
package connect

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
