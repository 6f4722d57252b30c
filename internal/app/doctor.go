package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Check is one thing that doctor looked at. Problem is empty when all is well, else it says what to do.
type Check struct{ Name, Problem string }

// Examine looks at an open installation. That it could be opened has proved the configuration, the master key and the
// schema already.
func Examine(ctx context.Context, b *Base) []Check {
	checks := []Check{
		{"configuration, master key and schema", ""},
		{"rights of the data folder", rights(b.Config.Data, 0o077)},
	}
	if !b.remote() {
		checks = append(checks, Check{"rights of the database", rights(b.Config.Data+"/"+DatabaseFile, 0o077)})
	}
	return append(checks,
		Check{"integrity of the database", integrity(ctx, b)},
		Check{"ledger: entries add up to balances", ledgers(ctx, b)},
	)
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
	var wrong []string
	err := b.Store.View(ctx, func(v store.Reader) error {
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
			after = page[len(page)-1].ID
		}
	})
	if err != nil {
		return fmt.Sprintf("the check failed: %v", err)
	}
	return strings.Join(wrong, "; ")
}
