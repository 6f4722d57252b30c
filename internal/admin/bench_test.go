//go:build unix

package admin_test

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/stats"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// BenchmarkConversion reports on ten million codes: 92 days, 30 countries of 10 prefixes, two channels of two carriers.
func BenchmarkConversion(b *testing.B) {
	w := testworld.New(b, testworld.Options{Backend: testworld.OpenSQLite(b, filepath.Join(b.TempDir(), "bench.db"))})
	today := stats.DayOf(w.Clock.Now())
	for day := today - 91; day <= today; day++ {
		lines := dayOfTraffic()
		err := w.Dispatcher.Config.Store.Update(b.Context(), w.Account, nil, func(tx *store.Tx) error {
			for _, l := range lines {
				tx.Add(&store.Tally{Account: w.Account, Mode: id.Live, Day: day, Split: stats.Split{Line: l}})
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}

	w.Do(b, w.Janitor.MergeStatistics)
	for name, by := range map[string]stats.By{
		"country": stats.ByCountry, "all": stats.ByCountry | stats.ByPrefix | stats.ByChannel | stats.ByCarrier,
	} {
		for _, days := range []stats.Day{30, 92} {
			b.Run(fmt.Sprintf("by=%s/days=%d", name, days), func(b *testing.B) {
				before := cpu(b)
				for b.Loop() {
					r, err := w.Admin.Report(b.Context(), w.Live,
						stats.Query{By: by, From: today - days + 1, Kind: stats.OTPs})
					if err != nil || r.Total.Sent != int64(days)*108_000 || len(r.Lines()) < 30 {
						b.Fatal(err, r)
					}
				}
				b.ReportMetric(float64((cpu(b)-before).Microseconds())/1e3/float64(b.N), "cpu-ms/op")
			})
		}
	}
}

// dayOfTraffic is a day of 108,000 codes in 1,200 cells.
func dayOfTraffic() (lines []stats.Line) {
	m := message.Message{OTP: id.OTP{1}}
	for cell := range 1200 {
		m.Country, m.Prefix = fmt.Sprint(cell/40), fmt.Sprintf("+%d", 3200+cell/4)
		m.Plan = []message.Step{{Channel: message.Channel(1 + cell/2%2), Carrier: fmt.Sprint("carrier-", cell%2)}}
		var l stats.Line
		for i := range 85 {
			v := stats.Verified(m, time.Duration(2+i*i/10)*time.Second)
			l = stats.Line{Cell: v.Cell, Counts: l.Plus(v.Counts)}
		}
		l.Sent, l.Delivered, l.Credits = 90, 88, 720
		lines = append(lines, l)
	}

	return lines
}

// BenchmarkAudit adds up a million entries without a check, as a start does.
func BenchmarkAudit(b *testing.B) {
	const entries = 1_000_000
	w := testworld.New(b, testworld.Options{Backend: testworld.OpenSQLite(b, filepath.Join(b.TempDir(), "bench.db"))})
	row, err := w.Admin.Account(b.Context(), w.Account)
	if err != nil {
		b.Fatal(err)
	}

	for row.Entries < entries {
		err := w.Dispatcher.Config.Store.Update(b.Context(), w.Account, []store.Key{row.Key()},
			func(tx *store.Tx) error {
				for range 10_000 {
					var e store.Entry
					row, e, _ = row.Post(ledger.Grant, 3, id.Message{1}, w.Clock.Now())
					tx.Insert(e)
				}
				tx.Put(row)
				return nil
			})
		if err != nil {
			b.Fatal(err)
		}
	}

	b.ResetTimer()
	for b.Loop() {
		r, err := w.Admin.Audit(b.Context(), entries)
		if err != nil || len(r.Mismatches) > 0 {
			b.Fatal(r, err)
		}

		b.StopTimer()
		check := store.LedgerCheckKey(w.Account)
		err = w.Dispatcher.Config.Store.Update(b.Context(), w.Account, []store.Key{check},
			func(tx *store.Tx) error { tx.Delete(check); return nil })
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// cpu is the CPU time of this process.
func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
