package janitor_test

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// more is more rows than a job of the janitor lists in a batch.
const more = 600

// Damaged rows at the head of a list neither hide other old rows nor make a job loop for ever.
func TestJanitor_DamagedRows(t *testing.T) {
	t.Parallel()
	testworld.OnEach(t, func(t *testing.T, b store.Backend) {
		w := testworld.New(t, testworld.Options{Backend: b})
		long := w.Clock.Now().Add(-300 * day)
		number := func(n int) (id [16]byte) { binary.BigEndian.PutUint32(id[:], uint32(n)); return id }
		makers := map[store.Table]func(n int, at time.Time) store.Record{
			store.TableQuota: func(n int, at time.Time) store.Record {
				return store.Quota{Account: w.Account, ID: number(n), EndsAt: at}
			},
			store.TableIdempotency: func(n int, at time.Time) store.Record {
				mac := number(n)
				return store.Idempotency{Account: w.Account, MAC: mac[:], EndsAt: at, CreatedAt: at}
			},
			store.TableSession: func(n int, at time.Time) store.Record {
				return store.Session{ID: number(n), EndsAt: at}
			},
			store.TableLink: func(n int, at time.Time) store.Record {
				return store.Link{ID: number(n), EndsAt: at}
			},
			store.TableAudit: func(n int, at time.Time) store.Record {
				return store.Audit{Account: w.Account, ID: number(n), At: at}
			},
			store.TableRequest: func(n int, at time.Time) store.Record {
				return store.RequestBatch{Account: w.Account, Mode: id.Live, ID: number(n), To: at}
			},
			store.TableMessage: func(n int, at time.Time) store.Record {
				return store.Message{Number: []byte{1}, SandboxAt: at, Message: message.Message{
					Account: w.Account, ID: number(n), Mode: id.Test, Type: message.TextMessage, CreatedAt: at, Over: true,
				}}
			},
			store.TableTally: func(n int, at time.Time) store.Record {
				cell := stats.Cell{Kind: stats.OTPs, Channel: message.SMS, Country: "BE", Carrier: "smsc"}
				cell.Prefix = string(rune('a' + n))
				return store.Tally{
					Account: w.Account, Mode: id.Live, Day: stats.DayOf(at), Split: stats.Split{Line: stats.Line{Cell: cell}},
				}
			},
		}

		var damaged, sound []store.Record
		for _, one := range makers {
			for n := range more {
				damaged = append(damaged, one(n, long))
			}
			sound = append(sound, one(more, long.Add(day)))
		}
		testworld.Damage(t, w, damaged...)
		w.Do(t, func(ctx context.Context) error { return w.Dispatcher.Config.Store.Restore(ctx, sound, nil) })

		w.Janitor.KeepAudit, w.Janitor.KeepRequests = 30*day, 7*day
		w.Do(t, w.Janitor.RemoveExpired)
		w.Do(t, w.Janitor.RemoveSandboxMessages)
		w.Do(t, w.Janitor.MergeStatistics)

		for _, r := range sound {
			rows, err := w.Dispatcher.Config.Store.Find(t.Context(), r.Key())
			if _, found := rows[r.Key()]; err != nil || found {
				t.Errorf("the sound row of table %s is still there (%v)", r.Key().Table, err)
			}
		}
	})
}
