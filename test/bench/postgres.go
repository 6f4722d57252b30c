package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// quotaPercent is how much of one processor a node may use when nodes are compared: so little that with two nodes
// neither the database nor the clients are the limit.
const quotaPercent = 25

// benchPostgres compares PostgreSQL with SQLite, two nodes with one, and one account that has all the traffic with many
// accounts. Everything is on disk before it is acknowledged.
func benchPostgres(ctx context.Context, o options, work string, k *sink) error {
	db, err := pgtest.New(durable)
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

// onPostgres configures a server with its own folder and a new schema.
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

// compareInTurn measures two servers in turn and returns the median ratio of b's pairs per second to a's.
func compareInTurn(ctx context.Context, o options, k *sink, a, b *server) (float64, error) {
	first, second, err := measureInTurn(ctx, o, k, a, b)
	if err != nil {
		return 0, err
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
	ratio, err := compareInTurn(ctx, o, k, embedded, remote)
	fmt.Printf("pairs per second on PostgreSQL    %.2f x SQLite   (to reach ≥ 0.5)\n\n", ratio)

	return err
}

// benchAccounts compares one account that has all the traffic with as many accounts as clients.
func benchAccounts(ctx context.Context, o options, work string, k *sink, db *pgtest.Cluster) error {
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "accounts", k, db)
	if err != nil {
		return err
	}

	keys, err := i.newAccounts(ctx, program, o.clients)
	if err != nil {
		return err
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
	ratio, err := compareInTurn(ctx, o, k, &many, hot)
	fmt.Printf("pairs per second of a hot account %.2f x spread over %d   (to reach ≥ 0.8)\n\n", ratio, o.clients)

	return err
}

func benchNodes(ctx context.Context, o options, work string, k *sink, db *pgtest.Cluster) error {
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "nodes", k, db)
	if err != nil {
		return err
	}

	one, quit, err := startLimited(ctx, i, program, "a")
	if err != nil {
		return err
	}

	defer quit()

	second, err := i.node(filepath.Join(work, "nodes-b"), httpCarrier(k, o))
	if err != nil {
		return err
	}

	other, quitOther, err := startLimited(ctx, second, program, "b")
	if err != nil {
		return err
	}

	defer quitOther()
	both := *one
	both.name, both.second, one.name = "two nodes", other, "one node"
	if _, err := measure(ctx, &both, k, o); err != nil {
		return err
	}

	ratio, err := compareInTurn(ctx, o, k, one, &both)
	fmt.Printf("pairs per second of two nodes     %.2f x one   "+
		"(to reach ≥ 1.3; each has %d %% of a processor, which is the limit)\n",
		ratio, quotaPercent)

	return err
}

// benchConflicts has two nodes work on one account and on many for o.duration. The first answer that is not a success
// ends it.
func benchConflicts(ctx context.Context, o options, work string, k *sink) error {
	db, err := pgtest.New(durable)
	if err != nil {
		return err
	}

	defer db.Stop()
	program := filepath.Join(o.bin, "syssecure")
	i, err := onPostgres(ctx, o, work, "conflicts", k, db)
	if err != nil {
		return err
	}

	others, err := i.newAccounts(ctx, program, 2)
	if err != nil {
		return err
	}

	second, err := i.node(filepath.Join(work, "conflicts-b"), httpCarrier(k, o))
	if err != nil {
		return err
	}

	one, err := i.start(ctx, program)
	if err != nil {
		return err
	}

	defer one.stop()
	if one.second, err = second.start(ctx, program); err != nil {
		return err
	}

	defer one.second.stop()
	one.keys = append(others, i.key, i.key) // half of the clients share an account
	f, err := measure(ctx, one, k, o)
	if err != nil {
		return err
	}

	deadlocks, err := pgtest.Ask(db.URL(),
		"SELECT pg_stat_force_next_flush(); SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'")
	fmt.Printf("two nodes  %s\n%.0f pairs, every answer a success; %s deadlocks in the database   "+
		"(to reach: none in 1,000,000)\n",
		f, f.pairs*o.duration.Seconds(), deadlocks)

	return err
}

// startLimited starts a node that may use quotaPercent of a processor.
func startLimited(ctx context.Context, i *installation, program, name string) (*server, func(), error) {
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
	if err := q.add(s.cmd.Process.Pid); err != nil {
		quit()
		return nil, nil, err
	}

	return s, quit, nil
}
