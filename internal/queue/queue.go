// Package queue implements the order in which a carrier's work is taken: codes before texts, and within each the accounts
// in turn, as far as the carrier's places and its rate allow.
//
// It has no clock, no lock and no goroutine: whoever owns a Queue passes the time in and calls it alone. An account that
// queues a thousand messages takes its turn like one that queues a single one, so a flood delays nobody but its sender.
package queue

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Class is what kind of work an item is. A lower class is taken first.
type Class uint8

// The classes.
const (
	Codes   Class = iota // messages that carry a one-time password
	Texts                // all others
	classes = 2
)

// Bounds of what waits in memory. What is above them waits in the database alone.
const (
	// PerAccount is how many items of one account wait in a class.
	PerAccount = 1024
	// PerClass is how many items wait in a class.
	PerClass = 8192
)

// Item is one submit that waits for a place.
type Item[T any] struct {
	Account id.Account
	Class   Class
	// Cost is what the submit takes from the rate: segments of a text message, else 1. Less than 1 counts as 1.
	Cost  int
	Value T
}

// Queue is one carrier's queue. Make it with New.
type Queue[T any] struct {
	places  int
	taken   int
	pace    Pace
	waiting [classes]turns[T]
}

// New makes a queue for a carrier that takes as many unanswered submits at once as there are places, and rate units of
// cost a second; 0 is no rate.
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

// Free is how many places nobody holds.
func (q *Queue[T]) Free() int { return max(0, q.places-q.taken) }

// Len is how many items of a class wait.
func (q *Queue[T]) Len(c Class) int { return q.waiting[c].n }

// LenOf is how many items of an account wait in a class.
func (q *Queue[T]) LenOf(c Class, a id.Account) int { return q.waiting[c].len(a) }

// Try takes a place for an item that does not wait. It is false when no place is free, when the rate is spent, or when an
// item of the same or a lower class waits: whoever comes later does not overtake.
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

// Add lets an item wait. It is false at a bound.
func (q *Queue[T]) Add(item Item[T]) bool {
	w := &q.waiting[item.Class]
	if w.n >= PerClass || w.len(item.Account) >= PerAccount {
		return false
	}

	w.add(item)
	return true
}

// Next takes a place for the item whose turn it is. It is false when none waits or none may be taken at now; wait is then
// how long the rate asks for, 0 when something else is missing.
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
	q.pace.Spend(max(1, cost), now)
}

// Charge takes further units for an item whose cost was not known when it was added.
func (q *Queue[T]) Charge(c Class, a id.Account, units int, now time.Time) {
	if units > 0 {
		q.pace.Spend(units, now)
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
