package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/store/storetest"
)

func ask(t *testing.T, url, sql string) string {
	t.Helper()
	text, err := pgtest.Ask(url, sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// The migrations make the tables that store.Defs describes: names, types, keys and constraints.
func TestSchema_AsDescribed(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_ = open(t, url).Close()
	types := map[store.Type]string{store.Int: "bigint", store.Text: "bytea", store.Blob: "bytea"}
	tables := []string{"mark", "node", "schema_version"} // no record's
	for _, d := range store.Defs {
		tables = append(tables, d.Name)
		var want, keys []string
		for i, c := range d.Columns {
			want = append(want, fmt.Sprintf("%s %s null=%v check=%v", c.Name, types[c.Type], c.Nullable, c.NonNegative))
			if i < d.Keys {
				keys = append(keys, c.Name)
			}
		}

		got := ask(t, url, `SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod) ||
			' null=' || CASE WHEN attnotnull THEN 'false' ELSE 'true' END || ' check=' ||
			CASE WHEN EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'c' AND conkey = ARRAY[attnum]
				AND pg_get_constraintdef(oid) = 'CHECK ((' || attname || ' >= 0))') THEN 'true' ELSE 'false' END, ', ' ORDER BY attname)
			FROM pg_attribute WHERE attrelid = '`+d.Name+`'::regclass AND attnum > 0`)

		same(t, d.Name, strings.Split(got, ", "), want)
		key := ask(t, url, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '`+d.Name+`'::regclass AND contype = 'p'`)
		if key != "PRIMARY KEY ("+strings.Join(keys, ", ")+")" {
			t.Errorf("%s has the %s, its key is described as %v", d.Name, key, keys)
		}
	}
	all := ask(t, url, `SELECT string_agg(relname, ', ') FROM pg_class
		WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`)
	same(t, "tables", strings.Split(all, ", "), tables)
}

// same compares without order.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	seen := map[string]int{}
	for _, w := range want {
		seen[w]++
	}

	for _, g := range got {
		seen[g]--
	}

	for x, n := range seen {
		if n != 0 {
			t.Errorf("%s: %q is in one and not in the other (%+d)", what, x, n)
		}
	}
}

func TestOpen_NewerSchema(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_ = open(t, url).Close()
	ask(t, url, "UPDATE schema_version SET version = 1000")
	if _, err := postgres.Open(t.Context(), url, storetest.Codec); !errors.Is(err, postgres.ErrNewer) {
		t.Fatalf("got %v", err)
	}
}

// Nodes that start at the same time migrate once, and each finds the schema whole.
func TestOpen_ConcurrentNodes(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			b, err := postgres.Open(t.Context(), url, storetest.Codec)
			if err != nil {
				t.Errorf("node %d: %v", n, err)
				return
			}

			defer b.Close()
			if _, err := b.Find(t.Context(), []store.Key{store.MetaKey("epoch")}); err != nil {
				t.Errorf("node %d: %v", n, err)
			}
		})
	}

	wg.Wait()
	if n := ask(t, url, "SELECT count(*) FROM schema_version"); n != "1" {
		t.Errorf("%s versions of the schema", n)
	}
}

func TestOpen_ErrorWithoutPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://user:hush-hush@/db?host=/nowhere", "postgres://user:hush-hush@h/db?sslmode=what",
		"postgres://user:hush-hush@h:port/db",
		"postgres://user:hush-hush@127.0.0.1:1/db",
	} {
		if _, err := postgres.Open(t.Context(), url, storetest.Codec); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// Every statement walks an index: none reads a table from end to end. Methods of a Reader that are added later are
// called here by themselves.
func TestReader_UsesIndexes(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	_ = open(t, url).Close()
	const scans = `SELECT string_agg(relname || ' ' || seq_scan, ', ' ORDER BY relname) FROM pg_stat_user_tables
		WHERE schemaname = current_schema() AND relname <> 'schema_version'`
	before := settled(t, url, scans)
	s := aNode(t, url)
	enrol(t, s, 3)
	for n := range 20 {
		if err := enter(s, customer(n%3), id.Message{byte(n)}, n); err != nil {
			t.Fatal(err)
		}
	}

	for _, filled := range []bool{false, true} {
		callAll(t, s, filled)
	}

	k := contactOf(customer(0), 0).Key()
	if err := s.Update(t.Context(), customer(0), []store.Key{k}, func(tx *store.Tx) error { tx.Delete(k); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after := settled(t, url, scans); after != before {
		t.Errorf("tables were read from end to end\nbefore %s\nafter  %s", before, after)
	}
}

// settled reads statistics once the sessions that were closed have told theirs.
func settled(t *testing.T, url, sql string) string {
	t.Helper()
	schema := url[strings.LastIndex(url, "=")+1:]
	mine := "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation WHERE relnamespace = '" + schema + "'::regnamespace"
	last := ""
	for range 3 {
		until(t, "the sessions have ended", func() bool { return ask(t, url, mine) == "0" })
		last = ask(t, url, "SELECT pg_stat_force_next_flush(); "+sql)
	}

	return last
}

// callAll calls every method of a Reader, with empty arguments or with some value in each.
func callAll(t *testing.T, s *store.Store, filled bool) {
	t.Helper()
	err := s.View(context.Background(), func(r store.Reader) error {
		v := reflect.ValueOf(r)
		for i := range reflect.TypeFor[store.Reader]().NumMethod() {
			m := reflect.TypeFor[store.Reader]().Method(i)
			if m.Type.IsVariadic() {
				continue // Load
			}

			for _, args := range arguments(m, filled) {
				results := v.MethodByName(m.Name).Call(args)
				if err, _ := results[len(results)-1].Interface().(error); err != nil {
					t.Errorf("%s: %v", m.Name, err)
				}
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func arguments(m reflect.Method, filled bool) [][]reflect.Value {
	args := make([]reflect.Value, m.Type.NumIn())
	for i := range args {
		args[i] = value(m.Type.In(i), filled)
	}

	switch m.Name {
	case "Stale":
		var all [][]reflect.Value
		for _, table := range []store.Table{
			store.TableIdempotency, store.TableInbox, store.TableInbound, store.TableQuota,
			store.TableTemplate, store.TableRef,
			store.TableSession, store.TableLink, store.TableAudit, store.TableRequest,
		} {
			all = append(all, append([]reflect.Value{reflect.ValueOf(table)}, args[1:]...))
		}
		return all
	case "Scan", "Size": // every table
		var all [][]reflect.Value
		for table := range store.Defs {
			some := append([]reflect.Value{reflect.ValueOf(store.Table(table))}, args[1:]...)
			if k := store.MetaKey("x"); m.Name == "Scan" {
				switch k.Table = store.Table(table); k.Table {
				case store.TableEntry:
					k.ID = "12345678"
				case store.TableEvent, store.TableDelivery:
					k.ID = strings.Repeat("x", 32)
				}
				if some[1] = reflect.ValueOf((*store.Key)(nil)); filled {
					some[1] = reflect.ValueOf(&k)
				}
			}
			all = append(all, some)
		}
		return all
	case "Old":
		return [][]reflect.Value{
			append([]reflect.Value{reflect.ValueOf(store.TableOTP)}, args[1:]...),
			append([]reflect.Value{reflect.ValueOf(store.TableMessage)}, args[1:]...),
		}
	case "Messages": // of a contact, of a rare state, and both
		all := [][]reflect.Value{args}
		for _, q := range []store.ListQuery{
			{Account: customer(1), Mode: id.Live}, {Account: customer(1), Mode: id.Test, State: uint8(message.Failed)},
		} {
			all = append(all, []reflect.Value{reflect.ValueOf(q), value(m.Type.In(1), filled)})
		}
		return all
	}

	return [][]reflect.Value{args}
}

func value(of reflect.Type, filled bool) reflect.Value {
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.Pointer:
		if of == reflect.TypeFor[*store.Key]() {
			break
		}
		v.Set(reflect.ValueOf(&store.Page{Limit: 5, Scan: 5}))
	case reflect.Int:
		v.SetInt(10)
	case reflect.Array:
		if filled {
			v.Index(of.Len() - 1).SetUint(1)
		}
	case reflect.Struct:
		if of == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(at))
			break
		}
		for i := range of.NumField() {
			v.Field(i).Set(value(of.Field(i).Type, filled))
		}
	case reflect.Bool:
		v.SetBool(filled)
	case reflect.Uint8, reflect.Int64, reflect.Uint32, reflect.Int32:
		if filled && of.Kind() == reflect.Uint8 {
			v.SetUint(2)
		}
	}

	return v
}
