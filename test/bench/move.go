package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// benchMove measures backup, restore and move with o.stored ended verifications of three rows each. The service is down
// during the second run of move only. o.database must be empty.
func benchMove(ctx context.Context, o options, work string, k *sink) error {
	if o.database == "" {
		return errors.New("-what move needs -database: the URL of an empty database on PostgreSQL")
	}
	program := filepath.Join(o.bin, "syssecure")
	conf, err := configure(ctx, program, work, httpCarrier(k, o))
	if err != nil {
		return err
	}
	if err := fill(ctx, conf, o.stored); err != nil {
		return err
	}

	timed := func(what string, mayFail bool, args ...string) error {
		begin := time.Now()
		cmd := exec.CommandContext(ctx, program, append(args, "--config", conf.conf)...)
		out, err := cmd.CombinedOutput()
		if err != nil && !mayFail {
			return fmt.Errorf("%v: %w\n%s", args, err, out)
		}
		spent := time.Since(begin)
		fmt.Printf("%-28s %7.1f s, %9.0f rows/s\n", what, spent.Seconds(), float64(3*o.stored)/spent.Seconds())

		return nil
	}

	return errors.Join(timedMoves(ctx, o, conf, program, filepath.Join(work, "backup.db"), timed), ctx.Err())
}

// timedMoves backs up to a file, restores, and moves to PostgreSQL and back.
func timedMoves(
	ctx context.Context, o options, conf *installation, program, file string,
	timed func(what string, mayFail bool, args ...string) error,
) error {
	if err := timed("backup of SQLite", false, "backup", file); err != nil {
		return err
	}
	if info, err := os.Stat(file); err == nil {
		fmt.Printf("the backup has %d MB\n", info.Size()>>20)
	}
	if err := timed("restore to SQLite", false, "restore", file, "--force"); err != nil {
		return err
	}

	server, err := conf.start(ctx, program)
	if err != nil {
		return err
	}

	err = timed("move, server running", true, "move", "--from", "sqlite", "--to", o.database, "--no-wait")
	server.stop()
	if err != nil {
		return err
	}
	if err := timed("move, server stopped", false, "move", "--from", "sqlite", "--to", o.database); err != nil {
		return err
	}

	return timed("move back", false, "move", "--from", o.database, "--to", "sqlite")
}
