//go:build failpoint

package failpoint

import (
	"cmp"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// On reports whether this build can be crashed at a point.
const On = true

// armed is the point that FAILPOINT names, and the hit that kills; the point is -1 when it names none.
var armed = sync.OnceValues(func() (Point, int64) {
	text := os.Getenv("FAILPOINT")
	if text == "" {
		return -1, 0
	}

	name, times, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(times, 10, 64)
	point := Point(slices.Index(names[:], name))
	if point < 0 || err != nil || n < 1 {
		panic("FAILPOINT is " + text + ", but must look like " + CommitDone.String() + ":1")
	}

	return point, n
})

var hits atomic.Int64

// Hit kills the process, as kill -9 would, when the point is armed and has been reached the given number of times.
func Hit(p Point) {
	point, n := armed()
	if p != point || hits.Add(1) != n {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way; nothing may happen meanwhile
}

// Skew is how far the machine's clock is made to differ, as FAILPOINT_SKEW says. The clock of a Go program cannot be
// faked from outside, as it asks no library for the time.
var Skew = sync.OnceValue(func() time.Duration {
	d, err := time.ParseDuration(cmp.Or(os.Getenv("FAILPOINT_SKEW"), "0s"))
	if err != nil {
		panic(err)
	}
	return d
})
