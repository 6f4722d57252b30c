package store

// Sum is what an update adds to a row without reading it, such as a count. Many updates of a group add to the same few
// rows: they name none of them, and the group writes each once.
type Sum interface {
	Key() Key
	// Absorb adds another sum for the same row to this one.
	Absorb(other Sum)
	// Onto gives the row with the sum; r is nil when there is none, and is not changed.
	Onto(r Record) Record
}

// Add adds to a row, which is made when there is none. What the group added is not seen by its own closures. The sum is the
// committer's from here on: a closure that runs again makes another.
func (tx *Tx) Add(s Sum) {
	if tx.sum == nil {
		tx.sum = s
		return
	}
	tx.sums = append(tx.sums, s)
}

// sums are what the closures of a group added, by row.
type sums struct {
	by   map[Key]Sum
	keys []Key
}

func (s *sums) clear() {
	clear(s.by)
	s.keys = s.keys[:0]
}

func (s *sums) add(one Sum) {
	k := one.Key()
	if all, ok := s.by[k]; ok {
		all.Absorb(one)
		return
	}
	if s.by == nil {
		s.by = map[Key]Sum{}
	}
	s.by[k] = one
	s.keys = append(s.keys, k)
}

// addUp puts what was added onto the rows as the closures left them. The rows are loaded last and so locked out of order,
// which is why a node has rows of its own, see Tally.Slot.
func (s *Store) addUp(b Batch) error {
	if len(s.changed.sums.keys) == 0 {
		return nil
	}
	s.keys = append(s.keys[:0], s.changed.sums.keys...)
	rows, err := s.fetch(b)
	if err != nil {
		return err
	}
	for _, k := range s.changed.sums.keys {
		row, written := s.changed.get(k)
		if !written {
			row = rows[k]
		}
		s.changed.put(change{k, s.changed.sums.by[k].Onto(row)})
	}
	return nil
}
