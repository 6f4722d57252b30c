package smpp_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// BenchmarkSend submits over loopback, message centre included.
func BenchmarkSend(b *testing.B) {
	for _, c := range []struct{ links, window int }{
		{links: 1, window: 1}, {links: 1, window: 10}, {links: 1, window: 100}, {links: 4, window: 100},
	} {
		b.Run(fmt.Sprintf("links=%d/window=%d", c.links, c.window), func(b *testing.B) {
			centre := startCentre(b, smsc.Options{})
			s := startCarrier(b, smpp.Config{Addr: centre.Addr(), From: "Acme", Window: c.window, Connections: c.links},
				carrier.Sink{})
			m := carrier.Message{To: phone.Number("+32470123456"), Body: secret.NewString("847291 is your Acme code.")}
			if r := s.Send(context.Background(), m); r.Outcome != carrier.Accepted {
				b.Fatal(r)
			}

			b.ReportAllocs()
			b.SetParallelism(c.links * c.window)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r := s.Send(context.Background(), m); r.Outcome != carrier.Accepted {
						b.Error(r)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
		})
	}
}
