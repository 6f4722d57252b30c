//go:build !failpoint

package failpoint

import "time"

// On tells whether the program can be made to die.
const On = false

// Hit does nothing in this build.
func Hit(Point) {}

// Skew is how wrong the machine's clock is made to seem: not at all, in this build.
func Skew() time.Duration { return 0 }
