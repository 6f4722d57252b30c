package cluster

import (
	"slices"
	"testing"
	"time"
)

func TestWatch_Observe(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	database := start.Add(-time.Hour) // the clocks differ, which must not matter
	type poll struct {
		after time.Duration
		live  []Heartbeat
		dead  []int64
	}

	beat := func(epoch int64, after time.Duration) Heartbeat { return Heartbeat{epoch, database.Add(after)} }
	for name, polls := range map[string][]poll{
		"not renewed": {
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
		"set back counts as renewed": {
			{0, []Heartbeat{beat(1, 0)}, nil},
			{10 * time.Second, []Heartbeat{beat(1, 0)}, nil},
			{20 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{30 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{40 * time.Second, []Heartbeat{beat(1, -time.Minute)}, nil},
			{50 * time.Second, []Heartbeat{beat(1, -time.Minute)}, []int64{1}},
		},
		"the database was out": {
			{0, []Heartbeat{beat(1, 0)}, nil},
			{40 * time.Second, []Heartbeat{beat(1, 0)}, nil},
			{45 * time.Second, []Heartbeat{beat(1, 42*time.Second)}, nil},
			{50 * time.Second, []Heartbeat{beat(1, 42*time.Second)}, nil},
		},
	} {
		var w Watch
		last := start
		for i, p := range polls {
			now := start.Add(p.after)
			var dead []Heartbeat
			w, dead = w.Observe(p.live, last, now)
			last = now
			var epochs []int64
			for _, b := range dead {
				epochs = append(epochs, b.Epoch)
			}
			if !slices.Equal(epochs, p.dead) {
				t.Errorf("%s: poll %d: %v are dead, want %v", name, i, epochs, p.dead)
			}
		}
	}
}

func TestMaySubmit(t *testing.T) {
	t.Parallel()
	renewed := time.Now()
	suspended := renewed.Round(0).Add(time.Minute) // a minute later by the wall clock alone
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{renewed, true},
		{renewed.Add(SubmitFor - time.Millisecond), true},
		{renewed.Add(SubmitFor), false},
		{suspended, false},
		{renewed.Add(-time.Second), true},
	} {
		if got := MaySubmit(renewed, c.now); got != c.want {
			t.Errorf("%v later: %v", c.now.Sub(renewed), got)
		}
	}
	if SubmitFor+2*HeartbeatEvery > DeadAfter {
		t.Error("a node still submits when others may take over its work")
	}
}
