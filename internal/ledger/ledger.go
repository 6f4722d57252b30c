// Package ledger implements credits: the balance of an account, what is held of it for messages under way, the entries
// by which both change, and caps on spending.
//
// It is pure. Only an entry changes a balance, so the entries of an account always sum to its balance, and a balance is
// never below zero.
package ledger

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

// Balance is an account's balance in credits. Credits can still be spent: they are without what is held.
type Balance struct {
	Credits int64
	Held    int64
}

// Describe describes a balance and the number of its entries.
func (b Balance) Describe(entries int64) string {
	return fmt.Sprintf("%d credits and %d held (%d entries)", b.Credits, b.Held, entries)
}

// Kind is why credits moved.
type Kind uint8

// The kinds of entry.
const (
	Grant   Kind = iota + 1 // the operator gave credits (negative: took back)
	Hold                    // set aside before a message is sent
	Capture                 // a carrier accepted the message (negative: a failed receipt gave it back to the hold)
	Release                 // the rest of a hold, given back
	Refund                  // a failed receipt gave back what was captured
)

var kindNames = [...]string{"", "grant", "hold", "capture", "release", "refund"}

// String returns the kind's published name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// ParseKind reads a published name; 0 when it is none.
func ParseKind(s string) Kind { return Kind(max(0, slices.Index(kindNames[:], s))) }

// Entry is one movement. Credits and Held are what it added to each side of the balance.
type Entry struct {
	Account id.Account
	Seq     int64 // counts from 1 for each account
	Kind    Kind
	Credits int64
	Held    int64
	Message id.Message // zero for a grant
	At      time.Time
}

// Post makes the entry for amount and applies it. It is false, and changes nothing, when either side would go below
// zero or overflow.
func Post(b Balance, kind Kind, amount int64) (Balance, Entry, bool) {
	e := Entry{Kind: kind}
	switch kind {
	case Grant, Refund:
		e.Credits = amount
	case Hold:
		e.Credits, e.Held = -amount, amount
	case Capture:
		e.Held = -amount
	case Release:
		e.Credits, e.Held = amount, -amount
	default:
		return b, Entry{}, false
	}

	credits, ok1 := add(b.Credits, e.Credits)
	held, ok2 := add(b.Held, e.Held)
	if !ok1 || !ok2 || credits < 0 || held < 0 || (amount < 0 && kind != Grant && kind != Capture) {
		return b, Entry{}, false
	}

	return Balance{credits, held}, e, true
}

func add(a, b int64) (int64, bool) {
	if (b > 0 && a > math.MaxInt64-b) || (b < 0 && a < math.MinInt64-b) {
		return a, false
	}
	return a + b, true
}
