package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// quotaPercent is what a node may use of one processor where nodes are compared: so little that neither the database nor the
// clients are the limit, with two of them.
const quotaPercent = 25

// benchPostgres compares PostgreSQL with the embedded database, two nodes with one, and one account that has all the traffic
// with many that share it. Everything is kept on disk before it is acknowledged.
func benchPostgres(ctx context.Context, o options, work string, k *sink) error {
	db, err := pgtest.New(serious)
	if err != nil {
		return err
	}

	defer db.Stop()
	if err := benchDatabases(ctx, o, work, k, db); err != nil {
		return err
	}
	if err := benchAccounts(ctx, o, work, k, db); err != nil {
		return err
	}

	err = benchNodes(ctx, o, work, k, db)
	if errors.Is(err, errNoQuota) {
		fmt.Println("two nodes against one: skipped,", err)
		return nil
	}

	return err
}

// onPostgres configures a server in a folder of its own whose data is in a fresh schema.
func onPostgres(ctx context.Context, o options, work, name string, k *sink, db *pgtest.Cluster) (*installation, error) {
	if _, err := pgtest.Ask(db.URL(), "CREATE SCHEMA "+name+"; SELECT ''"); err != nil {
		return nil, err
	}
	folder := filepath.Join(work, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}

	return configureOn(ctx, filepath.Join(o.bin, "syssecure"), folder, db.URL()+"&search_path="+name, httpCarrier(k, o))
}

// turns measures two servers in turn and gives the median of b's pairs per second over a's.
func turns(ctx context.Context, o options, k *sink, a, b *server) (float64, error) {
	var first, second []figures
	for round := range o.rounds {
		for _, s := range []struct {
			server *server
			into   *[]figures
		}{{a, &first}, {b, &second}} {
			f, err := measure(ctx, s.server, k, o)
			if err != nil {
				return 0, err
			}
			*s.into = append(*s.into, f)
			fmt.Printf("round %d  %-14s %s\n", round+1, s.server.name, f)
		}
	}
	_, pairs, _ := ratios(first, second)

	return median(pairs), nil
}

func benchDatabases(ctx context.Context, o options, work string, k *sink, db *pgtest.Cluster) error {
	embedded, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, httpCarrier(k, o))
	if err != nil {
		return err
	}

	defer embedded.stop()
	i, err := onPostgres(ctx, o, work, "one", k, db)
	if err != nil {
		return err
	}

	remote, err := i.start(ctx, filepath.Join(o.bin, "syssecure"))
	if err != nil {
		return err
	}

	defer remote.stop()
	embedded.name, remote.name = "sqlite", "postgresql"
	if _, err := measure(ctx, remote, k, o); err != nil { // fills caches and plans
		return err
	}
	ratio, err := turns(ctx, o, k, embedded, remote)
	fmt.Printf("pairs per second on PostgreSQL    %.2f x SQLite   (to reach ≥ 0.5)\n\n", ratio)

	return err
}

// benchAccounts has as many accounts as clients share the traffic, and one that has all of it.
func benchAccounts(ctx context.Context, o options, work string, k *sink, db *pgtest.Cluster) error {
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "accounts", k, db)
	if err != nil {
		return err
	}

	keys := make([]string, o.clients)
	for n := range keys {
		if _, keys[n], err = i.newAccount(ctx, program); err != nil {
			return err
		}
	}

	hot, err := i.start(ctx, program)
	if err != nil {
		return err
	}

	defer hot.stop()
	many := *hot
	many.name, many.keys, hot.name = "many accounts", keys, "one account"
	if _, err := measure(ctx, hot, k, o); err != nil {
		return err
	}
	ratio, err := turns(ctx, o, k, &many, hot)
	fmt.Printf("pairs per second of a hot account %.2f x spread over %d   (to reach ≥ 0.8)\n\n", ratio, o.clients)

	return err
}

func benchNodes(ctx context.Context, o options, work string, k *sink, db *pgtest.Cluster) error {
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "nodes", k, db)
	if err != nil {
		return err
	}

	one, quit, err := bounded(ctx, i, program, "a")
	if err != nil {
		return err
	}

	defer quit()
	folder := filepath.Join(work, "nodes-b")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}

	second, err := i.node(folder, httpCarrier(k, o))
	if err != nil {
		return err
	}

	other, quitOther, err := bounded(ctx, second, program, "b")
	if err != nil {
		return err
	}

	defer quitOther()
	both := *one
	both.name, both.beside, one.name = "two nodes", other, "one node"
	if _, err := measure(ctx, &both, k, o); err != nil {
		return err
	}

	ratio, err := turns(ctx, o, k, one, &both)
	fmt.Printf("pairs per second of two nodes     %.2f x one   (to reach ≥ 1.3; each has %d %% of a processor, which is the limit)\n",
		ratio, quotaPercent)

	return err
}

// benchConflicts has two nodes work for as long as it is given, on one account and on many, and counts what clients were
// told: the first answer that is not a success ends it.
func benchConflicts(ctx context.Context, o options, work string, k *sink) error {
	db, err := pgtest.New(serious)
	if err != nil {
		return err
	}

	defer db.Stop()
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "conflicts", k, db)
	if err != nil {
		return err
	}

	keys := []string{i.key, i.key} // half of the clients share an account
	for range 2 {
		_, key, err := i.newAccount(ctx, program)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}

	folder := filepath.Join(work, "conflicts-b")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}

	second, err := i.node(folder, httpCarrier(k, o))
	if err != nil {
		return err
	}

	one, err := i.start(ctx, program)
	if err != nil {
		return err
	}

	defer one.stop()
	if one.beside, err = second.start(ctx, program); err != nil {
		return err
	}

	defer one.beside.stop()
	one.keys = keys
	f, err := measure(ctx, one, k, o)
	if err != nil {
		return err
	}

	deadlocks, err := pgtest.Ask(db.URL(), "SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
	fmt.Printf("two nodes  %s\n%.0f pairs, every answer a success; %s deadlocks in the database   (to reach: none in 1,000,000)\n",
		f, f.pairs*o.duration.Seconds(), deadlocks)

	return err
}

// bounded starts a node that is held to its part of a processor.
func bounded(ctx context.Context, i *installation, program, name string) (*server, func(), error) {
	q, err := newQuota(name, quotaPercent)
	if err != nil {
		return nil, nil, err
	}

	s, err := i.start(ctx, program)
	if err != nil {
		q.remove()
		return nil, nil, err
	}

	quit := func() { s.stop(); q.remove() }
	if err := q.bound(s.cmd.Process.Pid); err != nil {
		quit()
		return nil, nil, err
	}

	return s, quit, nil
}
