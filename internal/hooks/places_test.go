package hooks

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

func laneOf(account, target int, mode id.Mode) *lane {
	return &lane{ref: store.TargetRef{Account: id.Account{byte(account)}, Target: webhook.Target{byte(target), byte(target >> 8)}}, mode: mode}
}

func TestPlaces_Bounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		most     int
		accounts int
		targets  int // of each account
		want     int // in all
	}{
		{name: "one target", most: 4096, accounts: 1, targets: 1, want: bound.Callbacks - keptForTargets},
		{name: "a thousand targets", most: 4096, accounts: 1, targets: 1000, want: bound.Callbacks},
		{name: "a few files", most: 128, accounts: 1, targets: 1000, want: bound.Callbacks},
		{name: "many accounts", most: 128, accounts: 100, targets: 100, want: 128},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPlaces(c.most)
			for a := range c.accounts {
				for target := range c.targets {
					l := laneOf(a, target, id.Live)
					for p.free(l.place(), l.under) {
						l.under++
						p.take(l.place())
					}
				}
			}
			if p.taken != c.want {
				t.Errorf("%d places are taken, want %d", p.taken, c.want)
			}
		})
	}
}

// However many accounts hold slow targets, one that has none under way gets a place; its sandbox takes none of live's.
func TestPlaces_OneMore(t *testing.T) {
	t.Parallel()
	p := newPlaces(128)
	for a := range 15 {
		for n := range 200 {
			if of := laneOf(a, n, id.Test).place(); p.free(of, 0) {
				p.take(of)
			}
		}
	}

	for _, l := range []*lane{laneOf(99, 0, id.Live), laneOf(3, 0, id.Live)} {
		if !p.free(l.place(), 0) {
			t.Errorf("no place for %v although %d of %d are taken", l.place(), p.taken, p.most)
		}
	}
}

// Accounts that wait are served in turn, whatever comes and goes, and no place is lost.
func TestPlaces_Turns(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	p := newPlaces(16)
	started := map[int]int{}
	var under []place
	wait := func(account, target int) {
		l := laneOf(account, target, id.Live)
		if p.free(l.place(), 0) {
			p.take(l.place())
			under, started[account] = append(under, l.place()), started[account]+1
		} else {
			p.queue(l)
		}
	}

	for n := range 500 { // one account floods, the others come now and then
		wait(0, n)
		if n%50 == 0 {
			wait(1+n/50, n)
		}
	}

	for len(under) > 0 {
		i := random.IntN(len(under))
		p.giveBack(under[i])
		under = append(under[:i], under[i+1:]...)
		for l := p.next(); l != nil; l = p.next() {
			p.take(l.place())
			under = append(under, l.place())
			started[int(l.ref.Account[0])]++
		}
		if p.taken != len(under) || p.taken > 16 {
			t.Fatalf("seed %d: %d taken, %d under way", seed, p.taken, len(under))
		}
	}
	if fmt.Sprint(started[0]) != "500" || len(started) != 11 || len(p.by)+len(p.wait)+len(p.turns) != 0 {
		t.Errorf("seed %d: started %v; left %+v", seed, started, p)
	}
}
