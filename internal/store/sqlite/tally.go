package sqlite

import (
	"encoding/binary"

	"zombiezen.com/go/sqlite"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Tallies(account id.Account, mode id.Mode, from, to stats.Day, limit int) ([]store.Tally, error) {
	bound := func(d stats.Day) []byte { return binary.BigEndian.AppendUint32([]byte{byte(mode)}, uint32(d)) }
	return records[store.Tally](r, store.TableTally, "WHERE account = ?1 AND id >= ?2 AND id < ?3 ORDER BY id LIMIT ?4",
		account[:], bound(from), bound(to+1), rowLimit(limit))
}

func (r reader) TallyDays(
	account id.Account, mode id.Mode, prefixes bool, from, to stats.Day, limit int,
) ([]store.TallyDay, error) {
	bound := func(d stats.Day) []byte {
		return []byte(store.TallyDay{Mode: mode, Prefixes: prefixes, Day: d}.Key().ID)
	}
	return records[store.TallyDay](r, store.TableTallyDay, "WHERE account = ?1 AND id >= ?2 AND id <= ?3 ORDER BY id LIMIT ?4",
		account[:], bound(from), bound(to), rowLimit(limit))
}

func (r reader) OldTallies(before stats.Day, limit int) ([]store.Key, error) {
	return r.dayKeys(store.TableTally, before, limit)
}

func (r reader) OldTallyDays(before stats.Day, limit int) ([]store.Key, error) {
	return r.dayKeys(store.TableTallyDay, before, limit)
}

// dayKeys lists rows of before a day, oldest first.
func (r reader) dayKeys(t store.Table, before stats.Day, limit int) (out []store.Key, err error) {
	err = r.query("SELECT account, id FROM "+t.String()+" WHERE day < ?1 ORDER BY day, account, id LIMIT ?2",
		func(s *sqlite.Stmt) error {
			k := store.Key{Table: t, ID: s.ColumnText(1)}
			s.ColumnBytes(0, k.Account[:])
			out = append(out, k)
			return nil
		}, int64(before), rowLimit(limit))
	return out, err
}

func (r reader) LedgerPart(
	account id.Account, after int64, limit int,
) (sum ledger.Balance, entries, last int64, err error) {
	err = r.query(`SELECT coalesce(sum(credits), 0), coalesce(sum(held), 0), count(*), coalesce(max(seq), ?2)
		FROM (SELECT credits, held, seq FROM entry WHERE account = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3)`,
		func(s *sqlite.Stmt) error {
			sum = ledger.Balance{Credits: s.ColumnInt64(0), Held: s.ColumnInt64(1)}
			entries, last = s.ColumnInt64(2), s.ColumnInt64(3)
			return nil
		}, account[:], after, rowLimit(limit))

	return sum, entries, last, err
}

func (r reader) Entries(account id.Account, before int64, limit int) ([]store.Entry, error) {
	return records[store.Entry](r, store.TableEntry, "WHERE account = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3",
		account[:], before, rowLimit(limit))
}
