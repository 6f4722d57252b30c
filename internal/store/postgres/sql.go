package postgres

import (
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/store"
)

// statements are one table's, for any number of rows.
type statements struct {
	load, lock, insert, upsert, remove string
	keyTypes, rowTypes                 []uint32
}

var tables = func() (all [len(store.Defs)]statements) {
	for t, d := range store.Defs {
		all[t] = statementsOf(d, d.Name)
	}
	return all
}()

// statementsOf makes the statements for a table, or for a partition of it that name names.
func statementsOf(d store.Def, name string) (s statements) {
	var keys, same, sets []string
	for i, c := range d.Columns {
		s.rowTypes = append(s.rowTypes, arrayOf(c.Type))
		switch {
		case i < d.Keys:
			s.keyTypes = append(s.keyTypes, arrayOf(c.Type))
			keys = append(keys, c.Name)
			same = append(same, "t."+c.Name+" = k."+c.Name)
		case !c.Immutable:
			sets = append(sets, c.Name+" = excluded."+c.Name)
		}
	}

	key := strings.Join(keys, ", ")
	wanted := fmt.Sprintf("%s AS k (%s)", unnest(s.keyTypes), key)
	on := strings.Join(same, " AND ")
	s.load = fmt.Sprintf("SELECT %s FROM %s JOIN %s AS t ON %s", columnList(d, "t."), wanted, name, on)
	// Sorted, so that two transactions take the same locks in the same order.
	s.lock = s.load + " ORDER BY t." + strings.Join(keys, ", t.") + " FOR UPDATE OF t"
	s.insert = fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM %s", name, columnList(d, ""), unnest(s.rowTypes))
	s.upsert = fmt.Sprintf("%s ON CONFLICT (%s) DO UPDATE SET %s", s.insert, key, strings.Join(sets, ", "))
	s.remove = fmt.Sprintf("DELETE FROM %s AS t USING %s WHERE %s", name, wanted, on)

	return s
}

func columnList(d store.Def, prefix string) string {
	names := make([]string, len(d.Columns))
	for i, c := range d.Columns {
		names[i] = prefix + c.Name
	}
	return strings.Join(names, ", ")
}

func unnest(types []uint32) string {
	args := make([]string, len(types))
	for i, t := range types {
		name := "bytea[]"
		if t == oidInt8Array {
			name = "bigint[]"
		}
		args[i] = fmt.Sprintf("$%d::%s", i+1, name)
	}

	return "unnest(" + strings.Join(args, ", ") + ")"
}
