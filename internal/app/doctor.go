package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/store"
)

// Check is one thing that doctor looked at.
type Check struct {
	Name string
	// Problem is empty when all is well, else it says what to do.
	Problem string
	Note    string // what was found, such as how much room is left; may be empty
}

// Examine looks at an open installation.
func Examine(ctx context.Context, b *Base) (checks []Check) {
	if _, err := os.Stat(b.Config.Data); err == nil || !b.remote() {
		checks = append(checks, Check{Name: "rights of the data folder", Problem: rights(b.Config.Data, 0o077)})
	}
	if !b.remote() {
		checks = append(checks, Check{Name: "rights of the database", Problem: rights(databaseFile(b.Config), 0o077)})
	}

	return append(checks,
		Check{Name: "integrity of the database", Problem: integrity(ctx, b)},
		Check{Name: "ledger: entries add up to balances", Problem: ledgers(ctx, b)},
		Check{Name: "nothing waits for your word since a restore", Problem: parked(ctx, b.Store)},
		Check{Name: "carriers take what they are given", Problem: carriers(ctx, b)},
	)
}

// carriers names the carriers that failed when something was last sent over them.
func carriers(ctx context.Context, b *Base) string {
	var problems []string
	for _, c := range b.Config.Carriers {
		list, err := carrierwatch.Failures(ctx, b.Store, c.Name)
		if err != nil {
			return fmt.Sprintf("the check failed: %v", err)
		}
		for _, f := range list {
			problems = append(problems, fmt.Sprintf("%s %s", c.Name, f))
		}
	}
	return strings.Join(problems, "; ")
}

func rights(path string, forbidden os.FileMode) string {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Sprintf("%s cannot be read: %v", path, err)
	}
	if info.Mode().Perm()&forbidden != 0 {
		return fmt.Sprintf("%s can be read by other users (mode %04o): run chmod go-rwx %[1]s", path, info.Mode().Perm())
	}
	return ""
}

func integrity(ctx context.Context, b *Base) string {
	problems, err := b.Backend.Check(ctx)
	if err != nil {
		return fmt.Sprintf("the check failed: %v", err)
	}
	if len(problems) > 0 && b.remote() {
		return strings.Join(problems, "; ")
	}
	if len(problems) > 0 {
		return "the file is damaged, restore a backup: " + strings.Join(problems, "; ")
	}
	return ""
}

// ledgers compares each account's balance with the sum of its entries.
func ledgers(ctx context.Context, b *Base) string {
	_, wrong, err := sumLedgers(ctx, b.Store)
	if err != nil {
		return fmt.Sprintf("the check failed: %v", err)
	}
	return strings.Join(wrong, "; ")
}

func sumLedgers(ctx context.Context, s *store.Store) (accounts int, wrong []string, err error) {
	err = s.View(ctx, func(v store.Reader) error {
		for after := (id.Account{}); ; {
			page, err := v.Accounts(after, 500)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, a := range page {
				sum, entries, err := v.LedgerSum(a.ID)
				if err != nil {
					return err
				}
				if sum != a.Balance || entries != a.Entries {
					wrong = append(wrong, fmt.Sprintf("%s has %+v in %d entries, its entries say %+v in %d", a.ID, a.Balance, a.Entries, sum, entries))
				}
			}
			accounts += len(page)
			after = page[len(page)-1].ID
		}
	})
	return accounts, wrong, err
}

// parked tells what waits for the operator's word since a restore.
func parked(ctx context.Context, s *store.Store) string {
	n, err := restore.Parked(ctx, s)
	if err != nil {
		return fmt.Sprintf("the check failed: %v", err)
	}
	if n.Messages+n.Deliveries == 0 {
		return ""
	}
	return fmt.Sprintf("%s and %s are parked since a restore: run syssecure restore --release to send them, or syssecure restore --discard to call them off",
		countOf(n.Messages, "message"), countOf(n.Deliveries, "webhook delivery"))
}

// countOf says how many, as far as they were counted.
func countOf(n int64, what string) string {
	more := ""
	if n == restore.Most {
		more = " or more"
	}
	if n != 1 {
		what = strings.TrimSuffix(what, "y") + map[bool]string{true: "ies", false: "s"}[strings.HasSuffix(what, "y")]
	}
	return fmt.Sprintf("%d%s %s", n, more, what)
}
