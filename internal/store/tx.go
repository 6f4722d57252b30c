package store

import (
	"fmt"
	"slices"
)

// Rows are loaded records by key.
type Rows map[Key]Record

// Tx gives a closure the rows that it named, as earlier closures of the group left them.
type Tx struct {
	declared []Key
	rows     Rows
	changed  *changes
	mine     []change // of this closure
	sum      Sum      // the first that was added; few add more
	sums     []Sum    // the others
	after    []func()
	slot     uint8 // this node's, for tallies
}

type change struct {
	key    Key
	record Record // nil: removed
}

// changes are the changes of the group, in the order of the first change of each row.
type changes struct {
	at      map[Key]int
	order   []change
	records []Record
	gone    []Key
	sums    sums
}

func (c *changes) clear() {
	c.sums.clear()
	if c.at == nil || len(c.at) > 16*MaxGroup {
		c.at = map[Key]int{} // clearing a map costs as much as it ever had
	}

	clear(c.at)
	clear(c.order) // frees the records
	clear(c.records)
	c.order, c.records, c.gone = c.order[:0], c.records[:0], c.gone[:0]
}

func (c *changes) get(k Key) (Record, bool) {
	i, ok := c.at[k]
	if !ok {
		return nil, false
	}
	return c.order[i].record, true
}

func (c *changes) put(ch change) {
	if i, ok := c.at[ch.key]; ok {
		c.order[i] = ch
		return
	}
	c.at[ch.key] = len(c.order)
	c.order = append(c.order, ch)
}

// list returns what to write and what to remove, until the next clear.
func (c *changes) list() (records []Record, gone []Key) {
	c.records, c.gone = c.records[:0], c.gone[:0]
	for _, ch := range c.order {
		if ch.record == nil {
			c.gone = append(c.gone, ch.key)
		} else {
			c.records = append(c.records, ch.record)
		}
	}

	return c.records, c.gone
}

// keep adds the closure's changes to the group's. Negative credits are refused here, since the database does not see a
// row that another update of the group replaces.
func (tx *Tx) keep() error {
	for _, ch := range tx.mine {
		if overdrawn(ch.record) {
			return fmt.Errorf("table %s: credits below zero: %w", ch.key.Table, ErrRefused)
		}
	}

	for _, ch := range tx.mine {
		tx.changed.put(ch)
	}
	if tx.sum != nil {
		tx.changed.sums.add(tx.sum)
	}

	for _, sum := range tx.sums {
		tx.changed.sums.add(sum)
	}

	return nil
}

func overdrawn(r Record) bool {
	switch r := r.(type) {
	case Account:
		return r.Balance.Credits < 0 || r.Balance.Held < 0
	case Message:
		return r.Hold < 0 || r.Charged < 0
	}
	return false
}

// MayUse reports whether the closure may use the row: it named the key, or the group has written the row already, so that
// it is loaded and locked.
func (tx *Tx) MayUse(k Key) bool {
	_, written := tx.changed.at[k]
	return written || slices.Contains(tx.declared, k)
}

func unnamed(k Key) string {
	return fmt.Sprintf("row of table %s was not named by the update", k.Table)
}

// get finds a row. A row that was not named was neither loaded nor locked, so it may exist: using it is a bug of the
// closure.
func (tx *Tx) get(k Key) (Record, bool) {
	for i := len(tx.mine) - 1; i >= 0; i-- {
		if tx.mine[i].key == k {
			return tx.mine[i].record, tx.mine[i].record != nil
		}
	}
	if !tx.MayUse(k) {
		panic(unnamed(k))
	}
	if r, ok := tx.changed.get(k); ok {
		return r, r != nil
	}

	r, ok := tx.rows[k]
	if d, bad := r.(damaged); bad {
		panic(d) // call makes it the closure's error
	}

	return r, ok
}

// Insert stores a record with a new id. There is nothing to load, so the row need not be named.
func (tx *Tx) Insert(r Record) { tx.mine = append(tx.mine, change{r.Key(), r}) }

// Put stores a record whose row was named.
func (tx *Tx) Put(r Record) {
	k := r.Key()
	if !tx.MayUse(k) {
		panic(unnamed(k))
	}
	tx.mine = append(tx.mine, change{k, r})
}

// After runs fn when the closure's changes are on disk, and before Update returns. It runs in the writer, so fn must
// not wait for anything.
func (tx *Tx) After(fn func()) { tx.after = append(tx.after, fn) }

// Delete removes a row.
func (tx *Tx) Delete(k Key) {
	if !tx.MayUse(k) {
		panic(unnamed(k))
	}
	tx.mine = append(tx.mine, change{k, nil})
}

// Getter is a Tx or Rows.
type Getter interface {
	get(k Key) (Record, bool)
}

func (r Rows) get(k Key) (Record, bool) {
	rec, ok := r[k]
	return rec, ok
}

// GetSound is Get for updates that work on unrelated rows: a damaged row reads as absent, so that it does not hold up
// the others.
func GetSound[R Record](from Getter, k Key) (R, bool) {
	if tx, ok := from.(*Tx); ok && tx.damaged(k) {
		var none R
		return none, false
	}
	return Get[R](from, k)
}

// damaged reports whether a row was loaded damaged and was not replaced since.
func (tx *Tx) damaged(k Key) bool {
	if _, written := tx.changed.at[k]; written {
		return false
	}
	_, bad := tx.rows[k].(damaged)

	return bad
}

// Exists reports whether there is a row.
func Exists(from Getter, k Key) bool {
	_, ok := from.get(k)
	return ok
}

// Get reads a record of the type R.
func Get[R Record](from Getter, k Key) (R, bool) {
	rec, ok := from.get(k)
	if !ok {
		var none R
		return none, false
	}
	return rec.(R), true
}
