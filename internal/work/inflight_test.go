package work_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/work"
)

func TestInFlight_Tickets(t *testing.T) {
	t.Parallel()
	var f work.InFlight[string]
	first, ok := f.Begin("a")
	if _, again := f.Begin("a"); !ok || again || !f.Has("a") || !f.Holds("a", first) || f.Has("b") || f.Holds("b", 0) {
		t.Fatalf("after the first began: again %v, has %v", again, f.Has("a"))
	}

	// Afterwards the first ticket has no effect.
	f.Forget("a")
	second, ok := f.Begin("a")
	f.End("a", first)
	if !ok || f.Holds("a", first) || !f.Holds("a", second) || !f.Has("a") {
		t.Errorf("after Forget: begun %v, the first holds %v, the second %v",
			ok, f.Holds("a", first), f.Holds("a", second))
	}

	f.End("a", second)
	if f.Has("a") {
		t.Error("it is in flight after its end")
	}
}
