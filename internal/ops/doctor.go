package ops

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/store"
)

// Check is the result of one check of doctor.
type Check struct {
	Name string
	// Problem says what is wrong and what to do; empty when nothing is wrong.
	Problem string
	Note    string // what was found, such as the free space; may be empty
	Skipped bool   // there was nothing to check
}

// CheckOpen checks an open installation.
func CheckOpen(ctx context.Context, b *install.Base) (checks []Check) {
	if _, err := os.Stat(b.Config.Data); err == nil || !b.Remote() {
		checks = append(checks, Check{Name: "permissions of the data folder", Problem: permissions(b.Config.Data,
			0o077)})
	}
	if !b.Remote() {
		checks = append(checks, Check{
			Name:    "permissions of the database",
			Problem: permissions(install.DatabasePath(b.Config), 0o077),
		})
	}

	return append(checks,
		Check{Name: "integrity of the database", Problem: integrity(ctx, b)},
		Check{Name: "tables and indexes", Problem: missing(ctx, b)},
		Check{Name: "journal", Problem: unreadableFrames(ctx, b)},
		Check{Name: "rows of accounts, keys, users, endpoints and templates", Problem: damage(ctx, b.Store)},
		Check{Name: "ledger entries and balances", Problem: ledgers(ctx, b)},
		Check{Name: "rows without an account", Problem: withoutAccount(ctx, b.Store)},
		Check{Name: "parked messages and deliveries", Problem: parked(ctx, b.Store)},
		carriersCheck(ctx, b),
		Check{Name: "damaged rows met by these checks", Problem: metDamage(b)}, // the last: it is about the others
	)
}

// damage names damaged rows in the tables that decide who may do what. Other tables may have millions of rows, which
// CheckRows reads.
func damage(ctx context.Context, s *store.Store) string {
	var found []string
	for _, table := range []store.Table{
		store.TableAccount, store.TableAPIKey, store.TableUser, store.TableLogin, store.TableMember,
		store.TableEndpoint, store.TableTemplate,
	} {
		err := s.EachPage(ctx, table, 500, func(page []store.Record) error {
			for _, row := range page {
				if bad := store.Damage(row); bad != nil && len(found) < maxNamedRows {
					found = append(found, fmt.Sprintf("row %s of table %s: %s", bad.Key.Text(), table, bad.Reason))
				}
			}
			return nil
		})
		if err != nil {
			return checkFailed(err)
		}
	}
	if len(found) == 0 {
		return ""
	}

	return strings.Join(found, "; ") + ". Requests that need such a row fail. Find out what else writes to the " +
		"database, and restore a backup"
}

// metDamage says that the checks left damaged rows out.
func metDamage(b *install.Base) string {
	if !b.Backend.Codec().MetDamage() {
		return ""
	}
	return "rows are damaged, and were left out of what the checks read: run syssecure doctor --rows, which lists them"
}

// maxNamedRows is how many damaged rows are named.
const maxNamedRows = 20

// checkFailed says that a check was not possible.
func checkFailed(err error) string {
	return fmt.Sprintf("this could not be checked: %v. Make sure that the database can be read, and run syssecure "+
		"doctor again", err)
}

func permissions(path string, forbidden os.FileMode) string {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Sprintf("%s cannot be read: %v", path, err)
	}
	if info.Mode().Perm()&forbidden != 0 {
		return fmt.Sprintf("%s can be read by other users (mode %04o): run chmod go-rwx %[1]s", path,
			info.Mode().Perm())
	}

	return ""
}

func integrity(ctx context.Context, b *install.Base) string {
	problems, err := b.Backend.Check(ctx)
	if err != nil {
		return checkFailed(err)
	}
	if len(problems) > 0 && b.Remote() {
		return strings.Join(problems, "; ")
	}
	if len(problems) > 0 {
		return "the file is damaged; restore a backup: " + strings.Join(problems, "; ")
	}

	return ""
}

// missing names tables and indexes that are gone.
func missing(ctx context.Context, b *install.Base) string {
	parts, err := b.Backend.Missing(ctx)
	if err != nil {
		return checkFailed(err)
	}
	if len(parts) == 0 {
		return ""
	}

	cure := "run syssecure migrate, which creates missing indexes again"
	var names []string
	for _, p := range parts {
		names = append(names, p.Kind()+" "+p.Name)
		if !p.Index {
			cure = "restore a backup, because the rows of a missing table are lost"
		}
	}

	return strings.Join(names, ", ") + " missing: " + cure
}

// ledgers compares each account's balance with the sum of its entries.
func ledgers(ctx context.Context, b *install.Base) string {
	_, wrong, err := sumLedgers(ctx, b.Store)
	if err != nil {
		return checkFailed(err)
	}
	if len(wrong) == 0 {
		return ""
	}

	return strings.Join(wrong, "; ") + ". Rows were changed by hand or lost. The server still trusts the " +
		"balances: restore a backup made before that (syssecure restore --help), or keep a copy of the database and " +
		"report this bug"
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
					wrong = append(wrong, fmt.Sprintf("%s has a balance of %s, but its entries add up to %s", a.ID,
						a.Balance.Describe(a.Entries), sum.Describe(entries)))
				}
			}
			accounts += len(page)
			after = page[len(page)-1].ID
		}
	})

	return accounts, wrong, err
}

// parked says what is parked since a restore.
func parked(ctx context.Context, s *store.Store) string {
	n, err := restore.Parked(ctx, s)
	if err != nil {
		return checkFailed(err)
	}

	return n.Notice()
}
