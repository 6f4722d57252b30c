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

func TestInFlight_Ended(t *testing.T) {
	t.Parallel()
	isOver := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	var f work.InFlight[string]
	if !isOver(f.Ended("a")) {
		t.Error("what was never in flight has not ended")
	}

	ticket, _ := f.Begin("a")
	one, two := f.Ended("a"), f.Ended("a")
	f.End("a", ticket+1)
	if isOver(one) || isOver(two) {
		t.Error("another ticket's end ended it")
	}

	f.End("a", ticket)
	if !isOver(one) || !isOver(two) || !isOver(f.Ended("a")) {
		t.Error("who waits does not see the end")
	}

	_, _ = f.Begin("a")
	forgotten := f.Ended("a")
	f.Forget("a")
	if !isOver(forgotten) {
		t.Error("who waits does not see that it was forgotten")
	}
}
