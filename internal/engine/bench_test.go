//go:build unix

package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// BenchmarkPair sends a code and verifies it, 64 clients in parallel, with a price and receipts expected.
func BenchmarkPair(b *testing.B) {
	for name, fresh := range testworld.Backends {
		b.Run(name, func(b *testing.B) {
			var codes sync.Map
			sms := testworld.NewCarrier("smsc", message.SMS)
			var ids atomic.Int64
			sms.Script(func(_ context.Context, m carrier.Message) carrier.Result {
				codes.Store(m.To.E164(), m.Code)
				return carrier.Result{Outcome: carrier.Accepted, IDs: []string{fmt.Sprint(ids.Add(1))}}
			})

			w := testworld.New(b, testworld.Options{
				Backend: fresh(b), Carriers: []carrier.Carrier{sms}, Prices: prices, Credits: 1 << 50,
			})
			var next, failed atomic.Int64
			before := cpu(b)
			b.ResetTimer()
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						s, _, err := w.SendOTP(b.Context(), w.Live, testworld.To(testworld.Number(int(i))), nil)
						if err != nil {
							b.Error(err)
							return
						}

						code, _ := codes.Load(s.To.E164())
						v, _, err := w.VerifyOTP(b.Context(), w.Live, s.OTP.ID, code.(secret.String), nil)
						if err != nil || v.Result != otp.Valid {
							failed.Add(1)
						}
					}
				})
			}

			wg.Wait()
			b.StopTimer()
			if failed.Load() > 0 {
				b.Errorf("%d codes were not valid", failed.Load())
			}
			b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
		})
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
