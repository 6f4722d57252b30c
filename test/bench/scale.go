package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/test/bench/cluster"
)

// wide is the cluster that is simulated.
type wide struct {
	nodes, nodeCores, shardCores, lanes, accounts int
	sends, skew                                   float64
}

func (w *wide) flags() {
	flag.IntVar(&w.nodes, "nodes", 100, "scale: nodes")
	flag.IntVar(&w.nodeCores, "node-cores", 8, "scale: processors of a node")
	flag.IntVar(&w.shardCores, "shard-cores", 4, "scale: processors of a shard")
	flag.IntVar(&w.lanes, "lanes", 2, "scale: groups in flight between a node and a shard")
	flag.IntVar(&w.accounts, "accounts", 100_000, "scale: accounts")
	flag.Float64Var(&w.sends, "sends", 1_000_000, "scale: sends per second, each followed by its verification")
	flag.Float64Var(&w.skew, "skew", 0.6, "scale: exponent of Zipf's law over accounts; 0 spreads evenly")
}

// durable are PostgreSQL's settings for benchmarks, with full durability.
var durable = pgtest.Options{
	Durable:  true,
	Settings: []string{"shared_buffers=256MB", "autovacuum=on", "track_wal_io_timing=on", "max_wal_size=4GB"},
}

// point is the result of one load on PostgreSQL.
type point struct {
	figures
	clients  int
	database time.Duration // PostgreSQL's processor time per pair
	groups   float64       // transactions that wrote, per pair
	wal      float64       // bytes per pair
	rows     float64       // written per pair
	flush    time.Duration // a flush of the log
}

// benchScale measures the cost of a pair on PostgreSQL with few and with many clients, and simulates a large cluster
// with it.
func benchScale(ctx context.Context, o options, work string, k *sink) error {
	db, err := pgtest.New(durable)
	if err != nil {
		return err
	}

	defer db.Stop()
	if err := os.Setenv("SYSSECURE_DATABASE", db.URL()); err != nil {
		return err
	}

	s, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, httpCarrier(k, o))
	if err != nil {
		return err
	}

	defer s.stop()
	if _, err := measure(ctx, s, k, o); err != nil { // warms caches and plans
		return err
	}

	var few, many []point
	for range o.rounds {
		for _, c := range []struct {
			clients int
			into    *[]point
		}{{clients: 4, into: &few}, {clients: o.clients, into: &many}} {
			at := o
			at.clients = c.clients
			p, err := measurePoint(ctx, s, k, at, db)
			if err != nil {
				return err
			}
			*c.into = append(*c.into, p)
			fmt.Println(p)
		}
	}

	costs, err := costsOf(medianPoint(few), medianPoint(many))
	if err != nil {
		return err
	}
	fmt.Printf("\ncosts: node %.0f µs for a pair; shard %.0f µs for a group and %.1f µs for an update; "+
		"WAL %.0f bytes an update, flushed in %.2f ms\n\n",
		costs.Node*1e6, costs.Group*1e6, costs.Update*1e6, costs.WAL, costs.Flush*1e3)

	return simulate(o, costs)
}

func (p point) String() string {
	return fmt.Sprintf("%3d clients %s  PostgreSQL %6.1f µs  %5.2f groups  %5.0f bytes of WAL  "+
		"%4.1f rows  flush %.2f ms",
		p.clients, p.figures, float64(p.database)/1e3, p.groups, p.wal, p.rows, float64(p.flush)/1e6)
}

// medianPoint is the median of each figure.
func medianPoint(list []point) (p point) {
	of := func(get func(point) float64) float64 {
		var all []float64
		for _, one := range list {
			all = append(all, get(one))
		}
		return median(all)
	}

	p.cpu = time.Duration(of(func(p point) float64 { return float64(p.cpu) }))
	p.database = time.Duration(of(func(p point) float64 { return float64(p.database) }))
	p.flush = time.Duration(of(func(p point) float64 { return float64(p.flush) }))
	p.groups = of(func(p point) float64 { return p.groups })
	p.wal = of(func(p point) float64 { return p.wal })

	return p
}

// updatesOfPair is how many updates a send and its verification make.
const updatesOfPair = 3

// costsOf derives the costs of a group and of an update from two loads.
func costsOf(few, many point) (c cluster.Costs, err error) {
	if few.groups < 1.2*many.groups {
		return c, fmt.Errorf("%d and %d clients made groups of the same size (%.2f and %.2f for a pair), "+
			"so the cost of a group cannot be derived: use more -clients", few.clients, many.clients, few.groups,
			many.groups)
	}

	c.Group = (few.database - many.database).Seconds() / (few.groups - many.groups)
	c.Update = (many.database.Seconds() - many.groups*c.Group) / updatesOfPair
	if c.Group <= 0 || c.Update <= 0 {
		return c, fmt.Errorf("the measurement is invalid (%.1f µs for a group, %.1f µs for an update): "+
			"the machine was busy with other work",
			c.Group*1e6, c.Update*1e6)
	}
	c.Node, c.Flush, c.WAL = many.cpu.Seconds(), many.flush.Seconds(), many.wal/updatesOfPair

	return c, nil
}

// counted are PostgreSQL's statistics. Rows and flushes are up to a second late; the rest is exact.
type counted struct {
	cpu                                     time.Duration
	writes, wal, rows, flushes, flushedTime float64
}

const countSQL = `SELECT pg_stat_force_next_flush(); SELECT concat_ws(' ', pg_snapshot_xmax(pg_current_snapshot()),
	pg_current_wal_lsn() - '0/0', tup_inserted + tup_updated + tup_deleted,
	(SELECT wal_sync FROM pg_stat_wal), (SELECT wal_sync_time FROM pg_stat_wal)) FROM pg_stat_database WHERE datname = current_database()`

func readCounts(db *pgtest.Cluster) (c counted, err error) {
	text, err := pgtest.Ask(db.URL(), countSQL)
	if err != nil {
		return c, err
	}

	fields := strings.Fields(text)
	if len(fields) != 5 {
		return c, fmt.Errorf("PostgreSQL counted %q", text)
	}

	for i, to := range []*float64{&c.writes, &c.wal, &c.rows, &c.flushes, &c.flushedTime} {
		if *to, err = strconv.ParseFloat(fields[i], 64); err != nil {
			return c, err
		}
	}
	c.cpu, err = databaseTime(db)

	return c, err
}

// databaseTime is the processor time of all of the server's processes, those that have ended included.
func databaseTime(db *pgtest.Cluster) (all time.Duration, err error) {
	root, err := db.PID()
	if err != nil {
		return 0, err
	}

	own, children, _, err := processTime(root)
	if err != nil {
		return 0, err
	}

	all = own + children
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}

	for _, f := range folders {
		pid, err := strconv.Atoi(f.Name())
		if err != nil {
			continue
		}
		// A process that has ended meanwhile counts among the children.
		if own, _, parent, err := processTime(pid); err == nil && parent == root {
			all += own
		}
	}

	return all, nil
}

func measurePoint(ctx context.Context, s *server, k *sink, o options, db *pgtest.Cluster) (p point, err error) {
	before, err := readCounts(db)
	if err != nil {
		return p, err
	}

	begin := time.Now()
	f, err := measure(ctx, s, k, o)
	if err != nil {
		return p, err
	}

	pairs := f.pairs * time.Since(begin).Seconds()
	after, err := readCounts(db)
	if err != nil {
		return p, err
	}
	if after.flushes == before.flushes {
		return p, errors.New("PostgreSQL flushed nothing: is fsync on?")
	}

	return point{
		figures: f, clients: o.clients, database: time.Duration(float64(after.cpu-before.cpu) / pairs),
		groups: (after.writes - before.writes) / pairs,
		wal:    (after.wal - before.wal) / pairs, rows: (after.rows - before.rows) / pairs,
		flush: time.Duration((after.flushedTime - before.flushedTime) / (after.flushes - before.flushes) * 1e6),
	}, nil
}
