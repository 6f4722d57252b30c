package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// BenchmarkDays is what a group of 32 messages, codes, events and deliveries costs, made and then changed, and what the
// sweeps of one look cost, with few and many days; "blind" sends everything to the tables themselves.
func BenchmarkDays(b *testing.B) {
	for _, c := range []struct {
		name  string
		days  int
		blind bool
	}{{"4", 0, false}, {"100", 96, false}, {"4, blind", 0, true}, {"100, blind", 96, true}} {
		url := pgtest.URL(b)
		db := open(b, url)
		now := time.Now()
		made := now.Truncate(aDay)
		for d := range c.days {
			write(b, db, rowsOf(now.Add(-time.Duration(d+1)*aDay), false)...)
		}

		maintain(b, db, now, store.Retention{})
		if c.blind {
			postgres.Forget(db)
		}

		b.Run(fmt.Sprintf("groups/days=%s", c.name), func(b *testing.B) {
			sent := db.Statements()
			for b.Loop() {
				var rows []store.Record
				for range 8 { // an event's id is made of its time alone
					made = made.Add(time.Millisecond)
					rows = append(rows, rowsOf(made, false)...)
				}
				write(b, db, rows...)
				write(b, db, rows...)
			}
			b.ReportMetric(float64(db.Statements()-sent)/b.Elapsed().Seconds(), "statements/s")
		})

		b.Run(fmt.Sprintf("sweep/days=%s", c.name), func(b *testing.B) {
			for b.Loop() {
				err := db.View(b.Context(), func(r store.Reader) error {
					_, err := r.DueWork(store.WorkQuery{Carrier: "smsc", Before: now, Limit: 256})
					if err == nil {
						_, err = r.DueWork(store.WorkQuery{Carrier: "smsc", Texts: true, Before: now, Limit: 256})
					}
					if err == nil {
						_, err = r.ExpiredOTPs(now, id.Account{}, 256)
					}

					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})

		b.Run(fmt.Sprintf("page/days=%s", c.name), func(b *testing.B) {
			for b.Loop() {
				err := db.View(b.Context(), func(r store.Reader) error {
					_, err := r.Messages(store.ListQuery{Account: customer(1), Mode: id.Live}, &store.Page{Limit: 20, Scan: 100})
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		_ = db.Close()
	}
}
