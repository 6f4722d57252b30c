//go:build unix

package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// BenchmarkListPage reads pages of 100 among a million texts and as many codes (LIST_ROWS changes that), from places
// all over the list, with each kind of query. p99-ms must stay below 5.
func BenchmarkListPage(b *testing.B) {
	rows := int64(1_000_000)
	if s := os.Getenv("LIST_ROWS"); s != "" {
		rows, _ = strconv.ParseInt(s, 10, 64)
	}

	s := store.Open(open(b, filepath.Join(b.TempDir(), "list.db")))
	b.Cleanup(func() { _ = s.Close() })
	for from := int64(1); from <= rows; from += 2000 {
		crowd(b, 1, 1, func() error { return history(s, from, min(from+2000, rows+1)) })
	}

	live := store.ListQuery{Account: acme, Mode: id.Live}
	one := live
	one.Contact = phone(17)
	failed, sent, sandbox := live, live, live
	failed.State, sent.State, sandbox.Mode = uint8(message.Failed), uint8(message.Pending), id.Test
	full := store.Page{Limit: 100, Scan: 1000}
	sifted := store.Page{Limit: 150, Scan: 1000} // what a filter on metadata reads for one page
	for name, c := range map[string]struct {
		q    store.ListQuery
		p    store.Page
		otps bool
	}{
		"texts": {live, full, false}, "texts to a number": {one, full, false}, "failed texts": {failed, full, false}, "pending texts, of which none is": {sent, full, false},
		"texts, sifted": {live, sifted, false}, "sandbox texts": {sandbox, full, false},
		"codes": {live, full, true}, "codes to a number": {one, full, true}, "codes, sifted": {live, sifted, true}, "sandbox codes": {sandbox, full, true},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := range int64(b.N) {
				c.q.Before = serial((i*7919)%rows + 1)
				begin, p := time.Now(), c.p
				err := s.View(context.Background(), func(r store.Reader) (err error) {
					if c.otps {
						_, err = r.OTPs(c.q, &p)
					} else {
						_, err = r.Messages(c.q, &p)
					}
					return err
				})
				if took = append(took, time.Since(begin)); err != nil {
					b.Fatal(err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// history writes texts and codes; one in a thousand is the sandbox's, and one in a hundred failed.
func history(s *store.Store, from, to int64) error {
	return s.Update(context.Background(), acme, nil, func(tx *store.Tx) error {
		for n := from; n < to; n++ {
			mode, state := id.Live, message.Delivered
			if n%1000 == 0 {
				mode = id.Test
			}
			if n%100 == 0 {
				state = message.Failed
			}

			m := store.Message{Contact: phone(n), Number: make([]byte, 44), Body: make([]byte, 130), From: "Acme", Metadata: []byte(fmt.Sprintf(`{"order":"%d"}`, n))}
			m.Account, m.ID, m.Mode, m.Type, m.State, m.CreatedAt = acme, serial(n), mode, message.TextMessage, state, at
			m.Plan = []message.Step{{Channel: message.SMS, Carrier: "smsc-1", Price: 2, Segments: 1, Receipts: true}}
			m.Attempts = []message.Attempt{{Progress: message.AttemptDelivered, At: at, Parts: 1, DeliveredParts: 1}}
			o := store.OTP{Contact: phone(n), KeyID: 1, Number: make([]byte, 44), Metadata: m.Metadata}
			o.Account, o.ID, o.Mode, o.Length, o.Status, o.CreatedAt, o.ExpiresAt = acme, serial(n), mode, 6, otp.Verified, at, at
			o.Messages = []id.Message{m.ID}
			tx.Insert(m)
			tx.Insert(o)
		}

		return nil
	})
}
