package route_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
)

func TestTable_LeftOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		to   phone.Number
		want string
	}{
		{"+32470123456", ""},
		{"+33612345678", "smsc-1: route 2 decides, and does not name it; route 1 names it for numbers that begin with +32; " +
			"any: route 2 decides, and does not name it; route 1 names it for numbers that begin with +32"},
		{"+14155550100", "smsc-1: no route for sms matches the number; route 1 names it for numbers that begin with +32; " +
			"any: no route for sms matches the number; route 1 names it for numbers that begin with +32"},
	} {
		table := table()
		table.Rules[1].Carriers = []string{"wa", "other"}
		table.Carriers = append(table.Carriers, route.Carrier{Name: "other", Channels: []message.Channel{message.SMS}})
		if c.to == "+32470123456" {
			table.Rules[0].Carriers = []string{"any", "smsc-1", "other"}
		}

		var got []string
		for _, l := range table.LeftOut(message.SMS, c.to) {
			if l.Carrier != "other" {
				got = append(got, l.Carrier+": "+l.Why)
			}
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("to %s: %s", c.to, text)
		}
	}
}

// TestTable_Shares: the estimate is what a route with these conversions does.
func TestTable_Shares(t *testing.T) {
	t.Parallel()
	request := route.Request{To: "+32470123456", Country: "BE", Text: accented(), Draw: &route.Draw{
		Lately: map[route.Way]route.Conversion{
			{Channel: message.SMS, Country: "BE", Carrier: "a"}: codes(500, 450, time.Second),
			{Channel: message.SMS, Country: "BE", Carrier: "b"}: codes(500, 350, time.Second),
			{Channel: message.SMS, Country: "BE", Carrier: "c"}: codes(500, 100, time.Second),
		},
	}}
	if got := rated().Shares(request, message.SMS, 2000); got["a"] != 1800 || got["b"] != 100 || got["c"] != 100 {
		t.Errorf("shares %v", got)
	}

	request.Draw.Down = []string{"a"}
	if got := rated().Shares(request, message.SMS, 2000); got["a"] != 0 || got["b"] != 1900 || got["c"] != 100 {
		t.Errorf("without the best: %v", got)
	}
	if got := rated().Shares(request, message.Voice, 10); len(got) != 0 {
		t.Errorf("of a channel without carriers: %v", got)
	}
}
