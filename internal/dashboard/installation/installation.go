// Package installation has the screens of operators: carriers, routes, the instance, its accounts and users.
package installation

import "github.com/syssecure/syssecure/internal/dashboard/screen"

// Screens are the package's screens.
var Screens = screen.Set{}
