package store

import "encoding/binary"

// Sum is what an update adds to a row without reading it, such as a count. Updates need not name the row: many of a
// group add to the same few rows, and the group writes each once.
type Sum interface {
	Key() Key
	// Merge adds another sum for the same row to this one.
	Merge(other Sum)
	// AddTo returns the row r, which may be nil, with the sum added. It does not change r.
	AddTo(r Record) Record
}

// Add adds to a row, which is created when there is none. The closures of a group do not see what the group adds. The
// sum belongs to the committer from here on: a closure that runs again makes another.
func (tx *Tx) Add(s Sum) {
	if t, ok := s.(*Tally); ok {
		t.Slot = tx.slot
	}
	if tx.sum == nil {
		tx.sum = s
		return
	}
	tx.sums = append(tx.sums, s)
}

// Bump increments a counter in meta, so that other nodes see that something changed. It counts once for a group,
// however often it is added.
type Bump struct{ Name string }

// Key implements Sum.
func (b *Bump) Key() Key { return MetaKey(b.Name) }

// Merge implements Sum.
func (b *Bump) Merge(Sum) {}

// AddTo implements Sum.
func (b *Bump) AddTo(r Record) Record {
	m, _ := r.(Meta)
	var n uint64
	if len(m.Value) == 8 {
		n = binary.BigEndian.Uint64(m.Value)
	}
	return Meta{Name: b.Name, Value: binary.BigEndian.AppendUint64(nil, n+1)}
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
		all.Merge(one)
		return
	}
	if s.by == nil {
		s.by = map[Key]Sum{}
	}
	s.by[k] = one
	s.keys = append(s.keys, k)
}

// addUp adds the sums to the rows as the closures left them. The rows are loaded last, so they are locked out of order:
// this is why each node has separate rows, see Tally.Slot.
func (l *lane) addUp(b Batch) error {
	if len(l.changed.sums.keys) == 0 {
		return nil
	}
	l.keys = append(l.keys[:0], l.changed.sums.keys...)
	rows, err := l.fetch(b)
	if err != nil {
		return err
	}

	for _, k := range l.changed.sums.keys {
		row, written := l.changed.get(k)
		if !written {
			row = rows[k]
		}
		if _, bad := row.(damaged); bad {
			continue // the sum is lost with the row
		}
		l.changed.put(change{k, l.changed.sums.by[k].AddTo(row)})
	}

	return nil
}
