// Package insight has the screens of numbers and money: overview, analytics, protection, credits, and events.
package insight

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
