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

// last is behind every id.
var last = [16]byte(slices.Repeat([]byte{0xff}, 16))

// ownedTables are those in which orphans are looked for, with the last key that an account may have there: from it the
// next account is reached without reading what lies between.
var ownedTables = []struct {
	rows string
	last func(id.Account) store.Key
}{
	{"ledger entries", func(a id.Account) store.Key {
		return store.Entry{Entry: ledger.Entry{Account: a, Seq: math.MaxInt64}}.Key()
	}},
	{"codes", func(a id.Account) store.Key { return store.OTPKey(a, id.OTP(last)) }},
	{"messages", func(a id.Account) store.Key { return store.MessageKey(a, id.Message(last)) }},
}

// orphans looks for API keys, entries, codes and messages whose account is gone.
func orphans(ctx context.Context, s *store.Store) string {
	found := map[id.Account][]string{}
	err := s.View(ctx, func(v store.Reader) error {
		there := presence{view: v, known: map[id.Account]bool{}}
		for _, t := range ownedTables {
			if err := there.walk(t.rows, t.last, found); err != nil {
				return err
			}
		}
		return there.keys(found)
	})
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
	if n := len(lines) - mostOrphans; n > 0 {
		lines, more = lines[:mostOrphans], fmt.Sprintf(" and %d more", n)
	}

	return "accounts are gone whose data is still there: " + strings.Join(lines, ", ") + more +
		". Rows were deleted by hand or lost: stop the server and restore a backup from before that (syssecure restore --help)"
}

// mostOrphans is how many accounts are named.
const mostOrphans = 20

// presence tells which accounts there are.
type presence struct {
	view  store.Reader
	known map[id.Account]bool
}

func (p presence) has(a id.Account) (bool, error) {
	if there, looked := p.known[a]; looked {
		return there, nil
	}
	rows, err := p.view.Load(store.AccountKey(a))
	if err != nil {
		return false, err
	}

	_, there := store.Get[store.Account](rows, store.AccountKey(a))
	p.known[a] = there

	return there, nil
}

// walk goes from account to account in a table.
func (p presence) walk(what string, last func(id.Account) store.Key, found map[id.Account][]string) error {
	table := last(id.Account{}).Table
	for after := (*store.Key)(nil); ; {
		page, err := p.view.Scan(table, after, 1)
		if err != nil || len(page) == 0 {
			return err
		}

		account := page[0].Key().Account
		there, err := p.has(account)
		if err != nil {
			return err
		}
		if !there {
			found[account] = append(found[account], what)
		}
		next := last(account)
		after = &next
	}
}

// keys reads every API key: they are listed by their own ids.
func (p presence) keys(found map[id.Account][]string) error {
	for after := (*store.Key)(nil); ; {
		page, err := p.view.Scan(store.TableAPIKey, after, 500)
		if err != nil || len(page) == 0 {
			return err
		}

		for _, row := range page {
			key, ok := row.(store.APIKey)
			if !ok {
				continue
			}

			there, err := p.has(key.API.Account)
			if err != nil {
				return err
			}
			if !there {
				found[key.API.Account] = append(found[key.API.Account], "API keys")
			}
		}
		next := page[len(page)-1].Key()
		after = &next
	}
}
