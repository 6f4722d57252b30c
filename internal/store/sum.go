package store

// Sum is a record that updates add to without reading it, such as a counter. Many updates of a group add to the same few
// rows: they name none of them, and the group writes each once.
type Sum interface {
	Record
	// Plus gives the sum of both; it changes neither.
	Plus(r Record) Record
}

// Add adds to a row, which is made when there is none. What the group added is not seen by its own closures.
func (tx *Tx) Add(s Sum) { tx.sums = append(tx.sums, s) }

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
	if so, ok := s.by[k]; ok {
		s.by[k] = so.Plus(one).(Sum)
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
		sum := s.changed.sums.by[k]
		base, written := s.changed.get(k)
		if !written {
			base = rows[k]
		}
		var r Record = sum
		if base != nil {
			r = sum.Plus(base)
		}
		s.changed.put(change{k, r})
	}
	return nil
}
