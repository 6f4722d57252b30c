package postgres_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// directories are the tables that lead to an account, or belong to none: copied to every shard, or kept apart.
var directories = []string{
	"api_key", "ref", "meta", "mark", "node", "schema_version", "person", "login", "session", "link",
}

// Every table is keyed by account first, so that all rows of an account can live on one shard; nothing else is unique.
func TestSchema_KeyedByAccount(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_ = open(t, url).Close()
	all := ask(t, url, `SELECT string_agg(table_name || ' ' || coalesce(first, 'no key'), ', ' ORDER BY table_name) FROM information_schema.tables
		LEFT JOIN (SELECT table_name, column_name AS first FROM information_schema.key_column_usage
			JOIN information_schema.table_constraints USING (table_schema, table_name, constraint_name)
			WHERE constraint_type = 'PRIMARY KEY' AND ordinal_position = 1 AND table_schema = current_schema()) AS keys USING (table_name)
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`)

	tables := strings.Split(all, ", ")
	if len(tables) < 20 {
		t.Fatalf("only %v were found: the test looks in the wrong place", tables)
	}

	for _, line := range tables {
		name, first, _ := strings.Cut(line, " ")
		if first != "account" && (name != "account" || first != "id") && !slices.Contains(directories, name) {
			t.Errorf("the key of table %s begins with %s, not with account; if it is a directory, name it in docs/scale.md and here",
				name, first)
		}
	}

	unique := ask(t, url, `SELECT coalesce(string_agg(indexrelid::regclass::text, ', '), '') FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
		WHERE relnamespace = current_schema()::regnamespace AND indisunique AND NOT indisprimary`)
	if unique != "" {
		t.Errorf("%s are unique in addition to the keys: shards cannot enforce that", unique)
	}
}

var (
	bigWord  = regexp.MustCompile(`\b[A-Z]{2,}\b`)
	function = regexp.MustCompile(`\b([a-z_]+) ?\(`)
	literal  = regexp.MustCompile(`'[^']*'`)
)

// docs/scale.md lists exactly the SQL features that the server uses, for a move to another database.
func TestSQL_AsListed(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	b := open(t, url)
	s := store.Open(b)
	defer s.Close()
	enrol(t, s, 3)
	for _, filled := range []bool{false, true} {
		callAll(t, s, filled)
	}

	k := contactOf(customer(0), 0)
	for _, change := range []func(tx *store.Tx) error{
		func(tx *store.Tx) error { tx.Put(k); return nil }, func(tx *store.Tx) error { tx.Put(k); return nil },
		func(tx *store.Tx) error { tx.Delete(k.Key()); return nil },
	} {
		if err := s.Update(t.Context(), customer(0), []store.Key{k.Key()}, change); err != nil {
			t.Fatal(err)
		}
	}

	used := map[string]bool{}
	for _, sql := range postgres.Statements(b) {
		sql = literal.ReplaceAllString(sql, "''")
		for _, w := range bigWord.FindAllString(sql, -1) {
			used[w] = true
		}

		for _, f := range function.FindAllStringSubmatch(sql, -1) {
			if n := f[1]; n != "k" && n != "mark" && !slices.ContainsFunc(store.Defs[:], func(d store.Def) bool { return d.Name == n }) {
				used[n+"()"] = true
			}
		}
	}

	text, err := os.ReadFile("../../../docs/scale.md")
	if err != nil {
		t.Fatal(err)
	}

	_, rest, ok := strings.Cut(string(text), "<!-- words -->")
	list, _, ok2 := strings.Cut(rest, "<!-- end of words -->")
	if !ok || !ok2 {
		t.Fatal("docs/scale.md has no list of words")
	}

	listed := map[string]bool{}
	for _, w := range strings.Fields(strings.NewReplacer("`", " ", ",", " ").Replace(list)) {
		listed[w] = true
	}

	for w := range used {
		if !listed[w] {
			t.Errorf("statements use %s, which docs/scale.md does not list", w)
		}
	}

	for w := range listed {
		if !used[w] {
			t.Errorf("docs/scale.md lists %s, which no statement uses", w)
		}
	}
}
