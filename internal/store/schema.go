package store

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Part is a table or an index of a database's schema, with the statement that creates it.
type Part struct {
	Name, SQL string
	Index     bool
	Table     string // of an index
}

// created finds the statements that create parts. Each begins and ends a line.
var created = regexp.MustCompile(`(?ms)^CREATE (TABLE|INDEX) (\w+)(?: ON (\w+))? .*?;$`)

// Parts lists what migrations create.
func Parts(migrations fs.FS) (parts []Part, err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	for _, name := range names {
		sql, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, err
		}
		for _, m := range created.FindAllStringSubmatch(string(sql), -1) {
			parts = append(parts, Part{Name: m[2], SQL: m[0], Index: m[1] == "INDEX", Table: m[3]})
		}
	}

	return parts, err
}

// MissingParts lists what migrations create and a database lacks; there has the names of what it has.
func MissingParts(migrations fs.FS, there map[string]bool) ([]Part, error) {
	parts, err := Parts(migrations)
	return slices.DeleteFunc(parts, func(p Part) bool { return there[p.Name] }), err
}

// Kind names the part's kind.
func (p Part) Kind() string {
	if p.Index {
		return "index"
	}
	return "table"
}

// Recreate returns the statements that create the indexes among parts that are missing, except those of missing tables.
func Recreate(missing []Part) string {
	var sql strings.Builder
	for _, p := range missing {
		gone := slices.ContainsFunc(missing, func(t Part) bool { return t.Name == p.Table })
		if p.Index && !gone {
			sql.WriteString(strings.Replace(p.SQL, "CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1) + "\n")
		}
	}
	return sql.String()
}
