package route_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

func BenchmarkPlan(b *testing.B) {
	for _, strategy := range []route.Strategy{route.InOrder, route.VerifiedRate} {
		b.Run(strategy.String(), func(b *testing.B) {
			t := rated()
			t.Rules[1].Strategy = strategy
			turns := route.Turns{}
			lately := map[route.Way]route.Conversion{}
			for i, name := range []string{"a", "b", "c"} {
				lately[route.Way{Channel: message.SMS, Country: "BE", Carrier: name}] = codes(1000, 300*i+200, 15*time.Second)
			}
			text, channels := segments(1), []message.Channel{message.SMS}
			b.ReportAllocs()
			for i := range b.N {
				r := route.Request{To: phone.Number("+32470123456"), Country: "BE", Channels: channels, Text: text}
				if strategy == route.VerifiedRate {
					r.Draw = &route.Draw{Lately: lately, Turns: turns, Random: uint64(i)}
				}
				plan, _ := t.Plan(r)
				if strategy == route.VerifiedRate {
					turns.Took(t, plan, "BE")
				}
			}
		})
	}
}

// BenchmarkHistory_Lately sums up a day of 30 ways with codes in every minute.
func BenchmarkHistory_Lately(b *testing.B) {
	h := route.History{}
	now := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	for minute := range 24 * 60 {
		for i := range 30 {
			way := route.Way{Channel: message.SMS, Country: fmt.Sprint(i % 10), Carrier: fmt.Sprint(i / 10)}
			h.Add(now.Add(-time.Duration(minute)*time.Minute), way, codes(10, (minute*7+i)%11, 15*time.Second))
		}
	}
	for b.Loop() {
		h.Lately(now)
	}
}
