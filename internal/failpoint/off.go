//go:build !failpoint

package failpoint

import "time"

// On reports whether this build can be crashed at a point.
const On = false

// Hit does nothing in this build.
func Hit(Point) {}

// Skew is how far the machine's clock is made to differ: not at all in this build.
func Skew() time.Duration { return 0 }
