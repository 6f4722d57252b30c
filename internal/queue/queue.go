// Package queue implements the order in which messages get a carrier's places: codes before texts, and within each
// class one account after the other, as far as the carrier's places and rate allow.
//
// An account that queues a thousand messages gets its turns like one that queues a single message, so a flood delays
// only its sender. A Queue has no clock, lock or goroutine: its owner passes the time in and does the locking.
package queue

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Class is what kind of work an item is. A lower class comes first.
type Class uint8

// The classes.
const (
	Codes   Class = iota // messages that carry a one-time password
	Texts                // all others
	classes = 2
)

// Bounds of what waits in memory. More than that waits only in the database.
const (
	// MaxPerAccount is how many items of one account wait in a class.
	MaxPerAccount = 1024
	// MaxPerClass is how many items wait in a class.
	MaxPerClass = 8192
)

// Item is one submit that waits for a place.
type Item[T any] struct {
	Account id.Account
	Class   Class
	// Cost is how many units of the rate the submit uses: segments of a text message, else 1. Less than 1 counts as 1.
	Cost  int
	Value T
}

// Queue is one carrier's queue. Make it with New.
type Queue[T any] struct {
	places  int
	taken   int
	pace    Pace
	spent   int64
	waiting [classes]roundRobin[T]
}

// New makes a queue for a carrier that may have as many unanswered submits as there are places, and rate units of cost
// a second; a rate of 0 is no limit.
func New[T any](places int, rate float64) *Queue[T] {
	q := &Queue[T]{}
	q.Limit(places, rate)

	return q
}

// Limit changes the places and the rate. Items that hold a place keep it.
func (q *Queue[T]) Limit(places int, rate float64) {
	q.places = max(1, places)
	q.pace.Rate = rate
}

// Free is the number of free places.
func (q *Queue[T]) Free() int { return max(0, q.places-q.taken) }

// Taken is the number of places that are taken.
func (q *Queue[T]) Taken() int { return q.taken }

// Spent is how many units were submitted since the queue was made.
func (q *Queue[T]) Spent() int64 { return q.spent }

// Len is how many items of a class wait.
func (q *Queue[T]) Len(c Class) int { return q.waiting[c].n }

// LenOf is how many items of an account wait in a class.
func (q *Queue[T]) LenOf(c Class, a id.Account) int { return q.waiting[c].len(a) }

// Try takes a place for an item that is not in the queue. It is false when no place is free, when the rate is spent, or
// when an item of the same or a lower class waits, because a later item must not overtake it.
func (q *Queue[T]) Try(c Class, cost int, now time.Time) bool {
	for class := Codes; class <= c; class++ {
		if q.waiting[class].n > 0 {
			return false
		}
	}
	if q.taken >= q.places || q.pace.Wait(now) > 0 {
		return false
	}

	q.take(cost, now)

	return true
}

// Add puts an item into the queue. It is false when a bound is reached.
func (q *Queue[T]) Add(item Item[T]) bool {
	w := &q.waiting[item.Class]
	if w.n >= MaxPerClass || w.len(item.Account) >= MaxPerAccount {
		return false
	}

	w.add(item)
	return true
}

// Next takes a place for the item whose turn it is. It is false when no item waits or none may be submitted now; wait
// is then how long the rate makes it wait, 0 when there is another reason.
func (q *Queue[T]) Next(now time.Time) (item Item[T], wait time.Duration, ok bool) {
	if q.taken >= q.places || q.waiting[Codes].n+q.waiting[Texts].n == 0 {
		return item, 0, false
	}
	if wait = q.pace.Wait(now); wait > 0 {
		return item, wait, false
	}

	class := Codes
	if q.waiting[Codes].n == 0 {
		class = Texts
	}

	item = q.waiting[class].next()
	q.take(item.Cost, now)

	return item, 0, true
}

func (q *Queue[T]) take(cost int, now time.Time) {
	q.taken++
	q.spend(max(1, cost), now)
}

func (q *Queue[T]) spend(units int, now time.Time) {
	q.spent += int64(units)
	q.pace.Spend(units, now)
}

// Charge uses further units for an item whose cost was not known when it was added.
func (q *Queue[T]) Charge(c Class, a id.Account, units int, now time.Time) {
	if units > 0 {
		q.spend(units, now)
		q.waiting[c].charge(a, units)
	}
}

// Release gives a place back.
func (q *Queue[T]) Release() { q.taken-- }

// Clear drops everything that waits, and returns it.
func (q *Queue[T]) Clear() (dropped []T) {
	for c := range q.waiting {
		for q.waiting[c].n > 0 {
			dropped = append(dropped, q.waiting[c].next().Value)
		}
	}
	return dropped
}
