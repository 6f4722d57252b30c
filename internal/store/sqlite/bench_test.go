//go:build unix

package sqlite_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

var acme = id.Account{1, 2, 3}

// BenchmarkSend is the first update of a send: a code and its message are written, the number's row is changed, and one
// shared balance is debited with an entry. Every commit is an fsync on the disk of the test's folder.
func BenchmarkSend(b *testing.B) {
	for _, clients := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			s := benchStore(b)
			var n atomic.Int64
			measure(b, s, clients, func() error { return send(s, n.Add(1)) })
		})
	}
}

// BenchmarkVerify is the other update of a pair: code, number and message are loaded, the code is closed.
func BenchmarkVerify(b *testing.B) {
	s := benchStore(b)
	const sent = 10_000
	var n atomic.Int64
	crowd(b, 256, sent, func() error { return send(s, n.Add(1)) })
	n.Store(0)
	measure(b, s, 64, func() error { return verify(s, n.Add(1)%sent+1) })
}

// BenchmarkView reads one code by its id.
func BenchmarkView(b *testing.B) {
	s := benchStore(b)
	const sent = 10_000
	var n atomic.Int64
	crowd(b, 256, sent, func() error { return send(s, n.Add(1)) })
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			k := store.OTPKey(acme, serial(n.Add(1)%sent+1))
			err := s.View(context.Background(), func(r store.Reader) error {
				rows, err := r.Load(k)
				if _, found := store.Get[store.OTP](rows, k); err == nil && !found {
					return fmt.Errorf("the code is gone")
				}
				return err
			})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func benchStore(b *testing.B) *store.Store {
	s := store.Open(open(b, filepath.Join(b.TempDir(), "bench.db")))
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})

	rich := store.Account{Account: account.Account{
		ID: acme, Name: "Acme",
		Settings: account.InBothModes(account.DefaultSettings("Acme")), CreatedAt: at,
	}}
	rich.Balance.Credits = 1 << 50
	k := rich.Key()
	if err := s.Update(context.Background(), acme, []store.Key{k}, func(tx *store.Tx) error { tx.Put(rich); return nil }); err != nil {
		b.Fatal(err)
	}

	return s
}

// measure runs op b.N times in all from the clients and reports rate, CPU of the whole process, and group size.
func measure(b *testing.B, s *store.Store, clients int, op func() error) {
	groups, updates, cpu := s.Groups(), s.Updates(), used(b)
	b.ReportAllocs()
	b.ResetTimer()
	crowd(b, clients, b.N, op)
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	b.ReportMetric(float64((used(b)-cpu).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(s.Updates()-updates)/float64(s.Groups()-groups), "ops/fsync")
}

// crowd runs op n times in all from the clients.
func crowd(b *testing.B, clients, n int, op func() error) {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := op(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// used is the CPU time of this process.
func used(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// serial makes ids that grow, with bytes of their own behind as a ULID has.
func serial(n int64) (i [16]byte) {
	binary.BigEndian.PutUint64(i[:], uint64(n))
	binary.BigEndian.PutUint64(i[8:], uint64(n)*0x9E3779B97F4A7C15)
	return i
}

// phones spread over the whole table, as numbers do.
func phone(n int64) (i store.ContactID) {
	binary.BigEndian.PutUint64(i[:], uint64(n%5000)*0x9E3779B97F4A7C15)
	return i
}

func send(s *store.Store, n int64) error {
	o := store.OTP{Contact: phone(n), KeyID: 1, Number: make([]byte, 44), Metadata: []byte(`{"order":"12345"}`)}
	o.Account, o.ID, o.Mode, o.Length, o.MaxAttempts, o.Status = acme, serial(n), id.Live, 6, 5, otp.Open
	o.CreatedAt, o.ExpiresAt = at.Add(time.Duration(n)*time.Millisecond), at.Add(time.Duration(n)*time.Millisecond+5*time.Minute)
	m := store.Message{Contact: o.Contact, Number: o.Number, Locale: "en"}
	m.Account, m.ID, m.Mode, m.OTP, m.State, m.Hold, m.Owner = acme, serial(n), id.Live, o.ID, message.Pending, 2, 7
	m.Plan = []message.Step{
		{Channel: message.WhatsApp, Carrier: "wa", Price: 1, Wait: 20 * time.Second, Receipts: true},
		{Channel: message.SMS, Carrier: "smsc-1", Price: 2, Segments: 1, Wait: 45 * time.Second, Receipts: true},
	}

	m.Attempts = []message.Attempt{{Progress: message.AttemptSubmitting, At: o.CreatedAt}}
	m.CreatedAt, m.Deadline = o.CreatedAt, o.ExpiresAt
	o.Messages = []id.Message{m.ID}
	keys := []store.Key{store.AccountKey(acme), store.ContactKey(acme, o.Contact)}

	return s.Update(context.Background(), acme, keys, func(tx *store.Tx) error {
		a, _ := store.Get[store.Account](tx, keys[0])
		c, found := store.Get[store.Contact](tx, keys[1])
		if !found {
			c = store.Contact{Account: acme, ID: o.Contact, Mode: id.Live, Number: o.Number}
		}

		c.Sends = append(c.Sends[max(0, len(c.Sends)-19):len(c.Sends):len(c.Sends)], o.CreatedAt)
		c.Pending = []store.Pending{{OTP: o.ID, Message: m.ID, ExpiresAt: o.ExpiresAt}}
		balance, e, ok := ledger.Post(a.Balance, ledger.Hold, 2)
		if !ok {
			return fmt.Errorf("out of credits")
		}

		a.Balance = balance
		a.Entries++
		e.Account, e.Seq, e.Message, e.At = acme, a.Entries, m.ID, o.CreatedAt
		tx.Put(a)
		tx.Put(c)
		tx.Insert(o)
		tx.Insert(m)
		tx.Insert(store.Entry{Entry: e})

		return nil
	})
}

func verify(s *store.Store, n int64) error {
	keys := []store.Key{
		store.AccountKey(acme), store.ContactKey(acme, phone(n)), store.OTPKey(acme, serial(n)),
		store.MessageKey(acme, serial(n)),
	}
	return s.Update(context.Background(), acme, keys, func(tx *store.Tx) error {
		c, _ := store.Get[store.Contact](tx, keys[1])
		o, _ := store.Get[store.OTP](tx, keys[2])
		m, found := store.Get[store.Message](tx, keys[3])
		if !found {
			return fmt.Errorf("the message is gone")
		}

		o.Status, o.VerifiedAt = otp.Verified, at
		m.Over, m.Owner, c.Pending = true, 0, nil
		tx.Put(o)
		tx.Put(m)
		tx.Put(c)

		return nil
	})
}
