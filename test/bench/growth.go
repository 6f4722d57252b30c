package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// benchGrowth measures a pair on a small database and on one that holds o.stored ended verifications, in turn.
func benchGrowth(ctx context.Context, o options, work string, k *sink) error {
	small, large := filepath.Join(work, "small"), filepath.Join(work, "large")
	for _, folder := range []string{small, large} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	program := filepath.Join(o.bin, "syssecure")
	few, err := startSysSecure(ctx, program, small, httpCarrier(k, o))
	if err != nil {
		return err
	}
	defer few.stop()
	conf, err := configure(ctx, program, large, httpCarrier(k, o))
	if err != nil {
		return err
	}
	if err := fill(ctx, filepath.Join(large, "data", app.DatabaseFile), conf.account, o.stored); err != nil {
		return err
	}
	begin := time.Now()
	many, err := conf.start(ctx, program)
	if err != nil {
		return err
	}
	defer many.stop()
	fmt.Printf("start to ready with %d stored: %.2f s\n", o.stored, time.Since(begin).Seconds())
	var a, b []figures
	for round := range o.rounds {
		for _, s := range []struct {
			server *server
			into   *[]figures
			name   string
		}{{few, &a, "small"}, {many, &b, "large"}} {
			f, err := measure(ctx, s.server, k, o)
			if err != nil {
				return err
			}
			*s.into = append(*s.into, f)
			fmt.Printf("round %d  %-9s %s\n", round+1, s.name, f)
		}
	}
	cpu, pairs, _ := ratios(a, b)
	fmt.Printf("growth: %d stored cost %.2f x the CPU of a small database (to reach ≤ 1.2), %.2f x its pairs per second\n", o.stored, median(cpu), median(pairs))
	return ctx.Err()
}

// fillBatch is how many verifications one transaction of fill writes.
const fillBatch = 20_000

// fill writes n ended verifications with their messages and numbers, as the server would have left them, straight into
// the tables and without fsync: through the server it would take an hour.
func fill(ctx context.Context, file string, account id.Account, n int) error {
	c, err := sqlite.OpenConn(file, sqlite.OpenReadWrite|sqlite.OpenWAL)
	if err != nil {
		return err
	}
	defer c.Close()
	for _, pragma := range []string{"synchronous=OFF", "cache_size=-400000"} {
		if err := sqlitex.ExecuteTransient(c, "PRAGMA "+pragma, nil); err != nil {
			return err
		}
	}
	put := map[store.Table]*sqlite.Stmt{}
	for _, t := range []store.Table{store.TableContact, store.TableOTP, store.TableMessage} {
		if put[t], err = c.Prepare(insertSQL(store.Defs[t])); err != nil {
			return err
		}
	}
	at := time.Now().Add(-24 * time.Hour)
	var enc store.Encoder
	for done := 0; done < n; done += fillBatch {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := fillOnce(c, put, &enc, account, at, min(fillBatch, n-done)); err != nil {
			return err
		}
		at = at.Add(time.Second)
		if done%1_000_000 == 0 {
			fmt.Printf("stored %d of %d\n", done, n)
		}
	}
	return sqlitex.ExecuteTransient(c, "PRAGMA wal_checkpoint(TRUNCATE)", nil)
}

func fillOnce(c *sqlite.Conn, put map[store.Table]*sqlite.Stmt, enc *store.Encoder, account id.Account, at time.Time, n int) (err error) {
	end, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return err
	}
	defer end(&err)
	for range n {
		o, m := id.NewOTP(at), id.NewMessage(at)
		var contact store.ContactID
		rand.Read(contact[:])
		number := make([]byte, 44) // as long as a sealed one
		binary.BigEndian.PutUint64(number, uint64(n))
		for _, r := range []store.Record{
			store.Contact{Account: account, ID: contact, Mode: id.Live, Number: number, Sends: []time.Time{at}},
			store.OTP{Contact: contact, Number: number, OTP: otp.OTP{ID: o, Account: account, Mode: id.Live, Length: 6, MaxAttempts: 5,
				Status: otp.Verified, Messages: []id.Message{m}, CreatedAt: at, ExpiresAt: at.Add(5 * time.Minute), VerifiedAt: at}},
			store.Message{Contact: contact, Number: number, Locale: "en", Message: message.Message{ID: m, Account: account, Mode: id.Live, OTP: o,
				Plan: []message.Step{{Channel: message.SMS, Carrier: "sink"}}, Over: true, State: message.Sent, CreatedAt: at, SentAt: at, Deadline: at,
				Attempts: []message.Attempt{{Progress: message.Accepted, At: at, Parts: 1}}}},
		} {
			t := r.Key().Table
			if err := insert(put[t], store.Defs[t], enc.Encode(r)); err != nil {
				return err
			}
		}
	}
	return nil
}

func insertSQL(d store.Def) string {
	names, marks := "", ""
	for i, c := range d.Columns {
		if i > 0 {
			names, marks = names+", ", marks+", "
		}
		names, marks = names+c.Name, marks+"?"
	}
	return "INSERT INTO " + d.Name + " (" + names + ") VALUES (" + marks + ")"
}

func insert(s *sqlite.Stmt, d store.Def, row store.Row) error {
	for i, v := range row {
		switch {
		case v.Null:
			s.BindNull(i + 1)
		case d.Columns[i].Type == store.Int:
			s.BindInt64(i+1, v.N)
		default:
			s.BindBytes(i+1, v.B)
		}
	}
	_, err := s.Step()
	return errors.Join(err, s.Reset())
}
