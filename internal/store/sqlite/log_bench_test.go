//go:build unix

package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// BenchmarkLogPage reads pages of the audit log and of the request log, from places all over them: a million entries,
// and as many requests in batches of 100 (LIST_ROWS changes that). p99-ms must stay below 50. bytes/request is what the
// file grew by for each request.
func BenchmarkLogPage(b *testing.B) {
	rows := int64(1_000_000)
	if s := os.Getenv("LIST_ROWS"); s != "" {
		rows, _ = strconv.ParseInt(s, 10, 64)
	}

	path := filepath.Join(b.TempDir(), "log.db")
	s := store.Open(open(b, path))
	b.Cleanup(func() { _ = s.Close() })
	fillLogs(b, s, rows, requestsOf)
	grown := sizeOf(b, path)
	fillLogs(b, s, rows, auditOf)

	for name, read := range map[string]func(r store.Reader, before [16]byte) (int, error){
		"audit": func(r store.Reader, before [16]byte) (int, error) {
			list, err := r.Audits(acme, before, 100)
			return len(list), err
		},
		"requests": func(r store.Reader, before [16]byte) (int, error) {
			list, err := r.RequestBatches(acme, id.Live, before, 1)
			return len(list), err
		},
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := range int64(b.N) {
				begin := time.Now()
				err := s.View(context.Background(), func(r store.Reader) error {
					n, err := read(r, serial((i*7919)%(rows-200)+101))
					if n == 0 {
						b.Error("an empty page")
					}
					return err
				})
				if took = append(took, time.Since(begin)); err != nil {
					b.Fatal(err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(grown)/float64(rows), "bytes/request")
		})
	}
}

// fillLogs writes the records of 1…rows, of which make returns those of a number.
func fillLogs(b *testing.B, s *store.Store, rows int64, make func(n int64) (store.Record, bool)) {
	b.Helper()
	for from := int64(1); from <= rows; from += 2000 {
		err := s.Update(context.Background(), acme, nil, func(tx *store.Tx) error {
			for n := from; n < min(from+2000, rows+1); n++ {
				if r, ok := make(n); ok {
					tx.Insert(r)
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func auditOf(n int64) (store.Record, bool) {
	return store.Audit{
		Account: acme, ID: serial(n), Mode: id.Live, Action: "key.rotated", Object: "abcd1234", ActorKind: "user",
		ActorID: "usr_01HWXYZABC123DEF45601HWXYZ", ActorName: "Ada Lovelace", Address: "192.0.2.17", At: at,
		Changes: []store.Change{{Field: "scopes", Before: "send, read", After: "send"}},
	}, true
}

// requestsOf is a batch for each hundredth number.
func requestsOf(n int64) (store.Record, bool) {
	if n%100 != 0 {
		return nil, false
	}

	batch := store.RequestBatch{Account: acme, Mode: id.Live, ID: serial(n), From: at, To: at}
	for i := range int64(100) {
		batch.Requests = append(batch.Requests, store.Request{
			ID: serial(n*100 + i), At: at.Add(time.Duration(i) * time.Millisecond), Method: "POST", Path: "/v2/otp/verify",
			Operation: "verifyOtp", Status: 200, Took: 3217 * time.Microsecond, Key: "abcd1234", Address: "192.0.2.17",
			Agent: "syssecure-python/0.1.0 python/3.12.4",
		})
	}

	return batch, true
}

// sizeOf is the size of a database once all of it is in its file.
func sizeOf(b *testing.B, path string) (n int64) {
	b.Helper()
	for _, file := range []string{path, path + "-wal"} {
		if info, err := os.Stat(file); err == nil {
			n += info.Size()
		}
	}
	return n
}
