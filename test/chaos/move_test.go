package chaos

import (
	"context"
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/transfer"
)

// TestMove_KilledAnywhere: a move that is killed several times at any moment is completed by the same command, and then
// both databases are equal. SYSSECURE_SEED repeats the moments.
func TestMove_KilledAnywhere(t *testing.T) {
	const kills, rows = 12, 100_000
	url := pgtest.URL(t)
	seed := uint64(number(t, "SYSSECURE_SEED", int(time.Now().UnixNano()&0xFFFFFFFF)+1))
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s := newSite(t, evidence(t), siteOptions{carrier: "http://127.0.0.1:1", credits: 1000})
	conf, err := app.LoadConfig(s.conf, nil)
	check(t, err)
	account, err := id.ParseAccount(s.account)
	check(t, err)
	want := fillContacts(t, conf, account, rows)
	file, err := program()
	check(t, err)
	killed := 0

	for ; killed < kills; killed++ {
		// Each move continues where the last one was killed, so the kills are spread over the whole move.
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.Int64N(int64(500*time.Millisecond))))
		cmd := exec.CommandContext(ctx, file, "move", "--from", "sqlite", "--to", url, "--config", s.conf)
		cmd.Env = environment()
		err := cmd.Run()
		cancel()
		if err == nil {
			break // it was completed before it was killed
		}
	}

	t.Logf("%d moves were killed", killed)
	s.command(t, "move", "--from", "sqlite", "--to", url)
	moved := *conf
	moved.Database = secret.NewString(url)
	base, err := install.Open(t.Context(), &moved)
	check(t, err)
	there := base.Store

	defer func() { check(t, there.Close()) }()
	got, err := transfer.Sums(t.Context(), there.View, transfer.Options{Skip: []store.Key{store.MetaKey("closed")}})
	check(t, err)
	if different := transfer.Differences(want, got); len(different) > 0 {
		t.Errorf("after the move: %v", different)
	}
	if rows, err := there.Find(t.Context(), store.MetaKey("closed")); err != nil || len(rows) != 0 {
		t.Errorf("the new database is closed: %v", err)
	}
}

// fillContacts adds contacts to an installation, and returns the sums of all its rows.
func fillContacts(t *testing.T, conf *config.Config, account id.Account, n int) []transfer.Sum {
	t.Helper()
	base, err := install.Open(t.Context(), conf)
	check(t, err)

	defer func() { check(t, base.Close()) }()
	var rows []store.Record
	for i := range n {
		rows = append(rows, store.Contact{Account: account, ID: store.ContactID{
			1, 13: byte(i >> 16), 14: byte(i >> 8),
			15: byte(i),
		}, Mode: id.Live, Number: make([]byte, 44)})
	}

	for some := range slices.Chunk(rows, 5000) {
		check(t, base.Store.Restore(t.Context(), some, nil))
	}
	sums, err := transfer.Sums(t.Context(), base.Store.View, transfer.Options{})
	check(t, err)

	return sums
}
