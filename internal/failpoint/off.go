//go:build !failpoint

package failpoint

// On tells whether the program can be made to die.
const On = false

// Hit does nothing in this build.
func Hit(Place) {}
