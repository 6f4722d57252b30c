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

func queueOf(account, target int, mode id.Mode) *targetQueue {
	ref := store.TargetRef{Account: id.Account{byte(account)}, Target: webhook.Target{byte(target), byte(target >> 8)}}
	return &targetQueue{ref: ref, mode: mode}
}

func TestSlots_Bounds(t *testing.T) {
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
			s := newSlots(c.most)
			for a := range c.accounts {
				for target := range c.targets {
					q := queueOf(a, target, id.Live)
					for s.free(q.owner(), q.running) {
						q.running++
						s.take(q.owner())
					}
				}
			}
			if s.taken != c.want {
				t.Errorf("%d slots are taken, want %d", s.taken, c.want)
			}
		})
	}
}

// An account without attempts under way gets a slot beside any number of accounts with slow targets; its sandbox takes
// none of its live slots.
func TestSlots_KeptForAccountsWithFew(t *testing.T) {
	t.Parallel()
	s := newSlots(128)
	for a := range 15 {
		for n := range 200 {
			if of := queueOf(a, n, id.Test).owner(); s.free(of, 0) {
				s.take(of)
			}
		}
	}

	for _, q := range []*targetQueue{queueOf(99, 0, id.Live), queueOf(3, 0, id.Live)} {
		if !s.free(q.owner(), 0) {
			t.Errorf("no slot for %v although %d of %d are taken", q.owner(), s.taken, s.limit)
		}
	}
}

// Accounts that wait are served in turn in any order of events, and no slot is lost.
func TestSlots_AccountsTakeTurns(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	s := newSlots(16)
	started := map[int]int{}
	var under []accountMode
	wait := func(account, target int) {
		q := queueOf(account, target, id.Live)
		if s.free(q.owner(), 0) {
			s.take(q.owner())
			under, started[account] = append(under, q.owner()), started[account]+1
		} else {
			s.wait(q)
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
		s.giveBack(under[i])
		under = append(under[:i], under[i+1:]...)
		for q := s.next(); q != nil; q = s.next() {
			s.take(q.owner())
			under = append(under, q.owner())
			started[int(q.ref.Account[0])]++
		}
		if s.taken != len(under) || s.taken > 16 {
			t.Fatalf("seed %d: %d taken, %d under way", seed, s.taken, len(under))
		}
	}
	if fmt.Sprint(started[0]) != "500" || len(started) != 11 || len(s.by)+len(s.queues)+len(s.turns) != 0 {
		t.Errorf("seed %d: started %v; left %+v", seed, started, s)
	}
}
