package cluster

import (
	"slices"
	"testing"
	"time"
)

func TestWatch_Look(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	database := start.Add(-time.Hour) // the clocks differ, which must not matter
	type look struct {
		after time.Duration
		live  []Heartbeat
		dead  []int64
	}

	beat := func(epoch int64, after time.Duration) Heartbeat { return Heartbeat{epoch, database.Add(after)} }
	for name, looks := range map[string][]look{
		"stands still": {
			{0, []Heartbeat{beat(1, 0), beat(2, 0)}, nil},
			{10 * time.Second, []Heartbeat{beat(1, 5*time.Second), beat(2, 0)}, nil},
			{20 * time.Second, []Heartbeat{beat(1, 15*time.Second), beat(2, 0)}, nil},
			{29 * time.Second, []Heartbeat{beat(1, 25*time.Second), beat(2, 0)}, nil},
			{30 * time.Second, []Heartbeat{beat(1, 25*time.Second), beat(2, 0)}, []int64{2}},
		},
		"old when first seen": {
			{0, []Heartbeat{beat(1, -time.Hour)}, nil},
			{9 * time.Second, []Heartbeat{beat(1, -time.Hour)}, nil},
		},
		"moved back is moved": {
			{0, []Heartbeat{beat(1, 0)}, nil},
			{10 * time.Second, []Heartbeat{beat(1, 0)}, nil},
			{20 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{30 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{40 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{50 * time.Second, []Heartbeat{beat(1, -time.Minute)}, []int64{1}},
		},
		"the watcher was blind": {
			{0, []Heartbeat{beat(1, 0)}, nil},
			{40 * time.Second, []Heartbeat{beat(1, 0)}, nil}, // the database was away for everybody
			{45 * time.Second, []Heartbeat{beat(1, 42*time.Second)}, nil},
			{50 * time.Second, []Heartbeat{beat(1, 42*time.Second)}, nil},
		},
	} {
		var w Watch
		last := start
		for i, l := range looks {
			now := start.Add(l.after)
			var dead []Heartbeat
			w, dead = w.Look(l.live, last, now)
			last = now
			var epochs []int64
			for _, b := range dead {
				epochs = append(epochs, b.Epoch)
			}
			if !slices.Equal(epochs, l.dead) {
				t.Errorf("%s: look %d finds %v dead, want %v", name, i, epochs, l.dead)
			}
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	renewed := time.Now()
	suspended := renewed.Round(0).Add(time.Minute) // by the wall a minute later, with no monotonic reading to tell
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{renewed, true},
		{renewed.Add(HoldFor - time.Millisecond), true},
		{renewed.Add(HoldFor), false},
		{suspended, false},
		{renewed.Add(-time.Second), true},
	} {
		if got := Holds(renewed, c.now); got != c.want {
			t.Errorf("%v later: %v", c.now.Sub(renewed), got)
		}
	}
	if HoldFor+2*HeartbeatEvery > DeadAfter {
		t.Error("a node goes on until others may take its work")
	}
}
