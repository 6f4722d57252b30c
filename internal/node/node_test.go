package node

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGone(t *testing.T) {
	t.Parallel()
	three := Set{Mine: 7, Live: []int64{5, 7, 9}, Newest: 9}
	for _, c := range []struct {
		set   Set
		owner int64
		want  bool
	}{
		{Alone(7), 0, false},
		{Alone(7), -1, false},
		{Alone(7), 7, false},
		{Alone(7), 6, true},
		{Alone(7), 8, false},
		{three, 0, false},
		{three, 5, false},
		{three, 7, false},
		{three, 9, false},
		{three, 6, true},
		{three, 1, true},
		{three, 8, true},
		{three, 10, false}, // began after we looked
		{Set{}, 1, false},
	} {
		if got := c.set.Gone(c.owner); got != c.want {
			t.Errorf("%+v: Gone(%d) = %v", c.set, c.owner, got)
		}
	}
}

// Every row falls to exactly one of the nodes that see the same set, and each has about its part.
func TestTakes(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 5; n++ {
		live := make([]int64, n)
		for i := range live {
			live[i] = int64(10 + i)
		}
		parts := make([]int, n)
		const rows = 10_000
		random := rand.NewChaCha8([32]byte{1})
		for r := range rows {
			takers := 0
			var row [16]byte
			_, _ = random.Read(row[:])
			for i, mine := range live {
				if (Set{Mine: mine, Live: live, Newest: 99}).Takes(string(row[:])) {
					takers++
					parts[i]++
				}
			}
			if takers != 1 {
				t.Fatalf("%d nodes: row %d falls to %d of them", n, r, takers)
			}
		}
		if least := slices.Min(parts); least < rows/n*8/10 {
			t.Errorf("%d nodes: parts %v", n, parts)
		}
	}
	if !Alone(1).Takes("") || !(Set{Mine: 2, Live: []int64{1, 2}}).Takes("") && !(Set{Mine: 1, Live: []int64{1, 2}}).Takes("") {
		t.Error("an empty id falls to nobody")
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, n := rapid.IntRange(0, 1000).Draw(t, "total"), rapid.IntRange(1, 40).Draw(t, "nodes")
		live := make([]int64, n)
		for i := range live {
			live[i] = int64(i + 1)
		}
		sum := 0
		for _, mine := range live {
			part := Set{Mine: mine, Live: live}.Share(total)
			sum += part
			if total > 0 && part < 1 {
				t.Fatalf("node %d of %d has %d of %d", mine, n, part, total)
			}
		}
		if want := total; total == 0 && sum != 0 || total >= n && sum != want {
			t.Fatalf("%d nodes share %d and have %d", n, total, sum)
		}
	})
}

func TestWatch(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	database := start.Add(-time.Hour) // the clocks differ, and nobody cares
	type look struct {
		after time.Duration
		beats []Beat
		dead  []int64
	}
	beat := func(epoch int64, after time.Duration) Beat { return Beat{epoch, database.Add(after)} }
	for name, looks := range map[string][]look{
		"stands still": {
			{0, []Beat{beat(1, 0), beat(2, 0)}, nil},
			{10 * time.Second, []Beat{beat(1, 5*time.Second), beat(2, 0)}, nil},
			{20 * time.Second, []Beat{beat(1, 15*time.Second), beat(2, 0)}, nil},
			{29 * time.Second, []Beat{beat(1, 25*time.Second), beat(2, 0)}, nil},
			{30 * time.Second, []Beat{beat(1, 25*time.Second), beat(2, 0)}, []int64{2}},
		},
		"old when first seen": {
			{0, []Beat{beat(1, -time.Hour)}, nil},
			{9 * time.Second, []Beat{beat(1, -time.Hour)}, nil},
		},
		"moved back is moved": {
			{0, []Beat{beat(1, 0)}, nil},
			{10 * time.Second, []Beat{beat(1, 0)}, nil},
			{20 * time.Second, []Beat{beat(1, -time.Minute)}, nil},
			{30 * time.Second, []Beat{beat(1, -time.Minute)}, nil},
			{40 * time.Second, []Beat{beat(1, -time.Minute)}, nil},
			{50 * time.Second, []Beat{beat(1, -time.Minute)}, []int64{1}},
		},
		"the watcher was blind": {
			{0, []Beat{beat(1, 0)}, nil},
			{40 * time.Second, []Beat{beat(1, 0)}, nil}, // the database was away for everybody
			{45 * time.Second, []Beat{beat(1, 42*time.Second)}, nil},
			{50 * time.Second, []Beat{beat(1, 42*time.Second)}, nil},
		},
	} {
		var w Watch
		last := start
		for i, l := range looks {
			now := start.Add(l.after)
			var dead []Beat
			w, dead = w.Look(l.beats, last, now)
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
	beat := time.Now()
	suspended := beat.Round(0).Add(time.Minute) // by the wall a minute later, with no monotonic reading to tell
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{beat, true},
		{beat.Add(HoldFor - time.Millisecond), true},
		{beat.Add(HoldFor), false},
		{suspended, false},
		{beat.Add(-time.Second), true},
	} {
		if got := Holds(beat, c.now); got != c.want {
			t.Errorf("%v later: %v", c.now.Sub(beat), got)
		}
	}
	if HoldFor+2*BeatEvery > DeadAfter {
		t.Error("a node goes on until others may take its work")
	}
}

func TestSlot(t *testing.T) {
	t.Parallel()
	all := make([]uint8, 256)
	for i := range all {
		all[i] = uint8(i)
	}
	for _, c := range []struct {
		taken []uint8
		want  uint8
		ok    bool
	}{{nil, 0, true}, {[]uint8{0, 1, 3}, 2, true}, {[]uint8{1}, 0, true}, {all, 0, false}} {
		if got, ok := Slot(c.taken); got != c.want || ok != c.ok {
			t.Errorf("Slot of %d taken = %d, %v", len(c.taken), got, ok)
		}
	}
}
