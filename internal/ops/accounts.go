package ops

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

// lastID is after every id.
var lastID = [16]byte(slices.Repeat([]byte{0xff}, 16))

// ownedTables are those that are searched for rows without an account, each with the last key that an account may have
// there: a scan from that key reaches the next account without reading the rows of this one.
var ownedTables = []struct {
	rows string
	last func(id.Account) store.Key
}{
	{"ledger entries", func(a id.Account) store.Key {
		return store.Entry{Entry: ledger.Entry{Account: a, Seq: math.MaxInt64}}.Key()
	}},
	{"codes", func(a id.Account) store.Key { return store.OTPKey(a, id.OTP(lastID)) }},
	{"messages", func(a id.Account) store.Key { return store.MessageKey(a, id.Message(lastID)) }},
	{"members", func(a id.Account) store.Key { return store.MemberKey(a, id.User(lastID)) }},
}

// withoutAccount finds API keys, entries, codes, messages and members whose account is gone.
func withoutAccount(ctx context.Context, s *store.Store) string {
	found := map[id.Account][]string{}
	err := s.View(ctx, func(v store.Reader) error {
		accounts := accountCache{view: v, known: map[id.Account]bool{}}
		for _, t := range ownedTables {
			if err := accounts.walk(t.rows, t.last, found); err != nil {
				return err
			}
		}
		return accounts.keys(found)
	})
	if err == nil && len(found) > 0 {
		// Damaged accounts, which Load omits, are there.
		err = s.EachPage(ctx, store.TableAccount, 500, func(page []store.Record) error {
			for _, row := range page {
				delete(found, row.Key().Account)
			}
			return nil
		})
	}
	if err != nil {
		return checkFailed(err)
	}
	if len(found) == 0 {
		return ""
	}

	var lines []string
	for account, rows := range found {
		lines = append(lines, fmt.Sprintf("%s (%s)", account, strings.Join(slices.Compact(rows), ", ")))
	}

	slices.Sort(lines)
	more := ""
	if n := len(lines) - maxNamedAccounts; n > 0 {
		lines, more = lines[:maxNamedAccounts], fmt.Sprintf(" and %d more", n)
	}

	return "accounts are gone whose data is still there: " + strings.Join(lines, ", ") + more +
		". Rows were deleted by hand or lost: stop the server and restore a backup from before that (syssecure " +
		"restore --help)"
}

// maxNamedAccounts is how many accounts are named.
const maxNamedAccounts = 20

// accountCache remembers which accounts exist.
type accountCache struct {
	view  store.Reader
	known map[id.Account]bool
}

func (c accountCache) has(a id.Account) (bool, error) {
	if exists, cached := c.known[a]; cached {
		return exists, nil
	}
	rows, err := c.view.Load(store.AccountKey(a))
	if err != nil {
		return false, err
	}

	_, exists := store.Get[store.Account](rows, store.AccountKey(a))
	c.known[a] = exists

	return exists, nil
}

// walk goes from account to account in a table.
func (c accountCache) walk(what string, last func(id.Account) store.Key, found map[id.Account][]string) error {
	table := last(id.Account{}).Table
	for after := (*store.Key)(nil); ; {
		page, err := c.view.Scan(table, after, 1)
		if err != nil || len(page) == 0 {
			return err
		}

		account := page[0].Key().Account
		exists, err := c.has(account)
		if err != nil {
			return err
		}
		if !exists {
			found[account] = append(found[account], what)
		}
		next := last(account)
		after = &next
	}
}

// keys reads every API key, because this table is not ordered by account.
func (c accountCache) keys(found map[id.Account][]string) error {
	for after := (*store.Key)(nil); ; {
		page, err := c.view.Scan(store.TableAPIKey, after, 500)
		if err != nil || len(page) == 0 {
			return err
		}

		for _, row := range page {
			key, ok := row.(store.APIKey)
			if !ok {
				continue
			}

			exists, err := c.has(key.API.Account)
			if err != nil {
				return err
			}
			if !exists {
				found[key.API.Account] = append(found[key.API.Account], "API keys")
			}
		}
		next := page[len(page)-1].Key()
		after = &next
	}
}
