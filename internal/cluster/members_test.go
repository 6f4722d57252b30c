package cluster

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMembers_Gone(t *testing.T) {
	t.Parallel()
	three := Members{Mine: 7, Live: []int64{5, 7, 9}, Newest: 9}
	for _, c := range []struct {
		members Members
		owner   int64
		want    bool
	}{
		{OnlyMember(7), 0, false},
		{OnlyMember(7), -1, false},
		{OnlyMember(7), 7, false},
		{OnlyMember(7), 6, true},
		{OnlyMember(7), 8, false},
		{three, 0, false},
		{three, 5, false},
		{three, 7, false},
		{three, 9, false},
		{three, 6, true},
		{three, 1, true},
		{three, 8, true},
		{three, 10, false}, // began after the members were read
		{Members{}, 1, false},
	} {
		if got := c.members.Gone(c.owner); got != c.want {
			t.Errorf("%+v: Gone(%d) = %v", c.members, c.owner, got)
		}
	}
}

// Of the nodes that see the same members, exactly one takes each row, and each takes about as many.
func TestMembers_Takes(t *testing.T) {
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
			taken := 0
			var row [16]byte
			_, _ = random.Read(row[:])
			for i, mine := range live {
				if (Members{Mine: mine, Live: live, Newest: 99}).Takes(string(row[:])) {
					taken++
					parts[i]++
				}
			}
			if taken != 1 {
				t.Fatalf("%d nodes: %d of them take row %d", n, taken, r)
			}
		}
		if least := slices.Min(parts); least < rows/n*8/10 {
			t.Errorf("%d nodes: parts %v", n, parts)
		}
	}
	one, two := Members{Mine: 1, Live: []int64{1, 2}}, Members{Mine: 2, Live: []int64{1, 2}}
	if !OnlyMember(1).Takes("") || !one.Takes("") && !two.Takes("") {
		t.Error("no node takes an empty id")
	}
}

func TestMembers_Share(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, n := rapid.IntRange(0, 1000).Draw(t, "total"), rapid.IntRange(1, 40).Draw(t, "nodes")
		live := make([]int64, n)
		for i := range live {
			live[i] = int64(i + 1)
		}

		sum := 0
		for _, mine := range live {
			part := Members{Mine: mine, Live: live}.Share(total)
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
