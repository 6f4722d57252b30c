// Command bench measures SysSecure and a bare server in turn on one machine, and prints ratios: absolute times say more
// about the machine than about the program.
//
// It is also the carrier (an HTTP sink), so it reads the code of each message from its text, and every verify has a
// real code.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

type options struct {
	bin      string
	clients  int
	duration time.Duration
	rounds   int
	receipts bool
	what     string
	stored   int
	database string

	deliveries int
	seed       uint64
	wide       wide
	spool      string
	calls      int
}

// benchmarks are the values of -what.
const benchmarks = "pairs, smpp, calls, kannel, schedules, webhooks, crowd, live, growth, postgres, conflicts, scale or move"

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder with the programs syssecure and bare")
	flag.IntVar(&o.clients, "clients", 64, "clients at the same time")
	flag.DurationVar(&o.duration, "duration", 5*time.Second, "how long each server is measured in each round")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds; the median counts")
	flag.BoolVar(&o.receipts, "receipts", false,
		"the HTTP carrier is configured to send receipts, so that their ids are stored (it sends none)")
	flag.StringVar(&o.what, "what", "pairs",
		benchmarks)
	flag.IntVar(&o.deliveries, "deliveries", 60_000, "webhooks: deliveries in each round")
	flag.IntVar(&o.stored, "stored", 10_000_000, "growth, move: ended verifications in the large database")
	flag.Uint64Var(&o.seed, "seed", 1, "scale: seed of the simulation")
	flag.IntVar(&o.calls, "calls", 100, "calls: calls at the same time")
	o.wide.flags()
	flag.StringVar(&o.database, "database", "", "move: the URL of an empty database on PostgreSQL")
	flag.StringVar(&o.spool, "spool", "",
		"kannel: folder of Kannel's spool; empty = on the disk of SysSecure's database")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) error {
	work, err := os.MkdirTemp("", "syssecure-bench-")
	if err != nil {
		return err
	}

	defer os.RemoveAll(work)
	sink, err := startSink()
	if err != nil {
		return err
	}

	defer sink.close()
	switch o.what {
	case "pairs":
		return benchPairs(ctx, o, work, sink)
	case "smpp":
		return benchSMPP(ctx, o, work)
	case "calls":
		return benchCalls(ctx, o, work)
	case "postgres":
		return benchPostgres(ctx, o, work, sink)
	case "conflicts":
		return benchConflicts(ctx, o, work, sink)
	case "scale":
		return benchScale(ctx, o, work, sink)
	case "webhooks":
		return benchWebhooks(ctx, o, work)
	case "crowd":
		return benchCrowd(ctx, o, work, sink)
	case "live":
		return benchLive(ctx, o, work, sink)
	case "growth":
		return benchGrowth(ctx, o, work, sink)
	case "move":
		return benchMove(ctx, o, work, sink)
	case "schedules":
		return benchSchedules(ctx, o, work, sink)
	case "kannel":
		return benchKannel(ctx, o, work)
	}

	return fmt.Errorf("-what %q: use "+benchmarks, o.what)
}

// benchPairs measures send and verify, in turn with the bare server.
func benchPairs(ctx context.Context, o options, work string, sink *sink) error {
	bare, err := startBare(ctx, filepath.Join(o.bin, "bare"), sink.url)
	if err != nil {
		return err
	}

	defer bare.stop()
	ours, err := startSysSecure(ctx, filepath.Join(o.bin, "syssecure"), work, httpCarrier(sink, o))
	if err != nil {
		return err
	}

	defer ours.stop()
	fmt.Printf("idle memory %.1f MB\n", ours.memory())

	floor, us, err := measureInTurn(ctx, o, sink, bare, ours)
	if err != nil {
		return err
	}
	report(floor, us)
	fmt.Printf("memory after the load %.1f MB\n", ours.memory())

	return nil
}
