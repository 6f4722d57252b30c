package route_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
)

func table() route.Table {
	return route.Table{
		Carriers: []route.Carrier{
			{Name: "wa", Channels: []message.Channel{message.WhatsApp}, Receipts: true},
			{Name: "smsc-1", Channels: []message.Channel{message.SMS}, Receipts: true},
			{Name: "any", Channels: []message.Channel{message.SMS}},
		},
		Rules: []route.Rule{
			{Channel: message.SMS, Prefix: "+32", Carriers: []string{"any", "smsc-1"}},
			{Channel: message.SMS, Prefix: "+3", Carriers: []string{"smsc-1", "gone", "wa"}},
		},
		Prices: []route.Price{
			{Channel: message.SMS, Credits: 10},
			{Channel: message.SMS, Prefix: "+32", Credits: 8},
			{Channel: message.SMS, Prefix: "+3247", Credits: 7},
			{Channel: message.WhatsApp, Prefix: "+32", Credits: 3},
		},
	}
}

func TestTable_Plan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		to       phone.Number
		channels []message.Channel
		segments int
		want     string
		unserved message.Channel
	}{
		"first matching rule, in its order": {
			to: "+32470123456", channels: []message.Channel{message.SMS}, segments: 1, want: "sms/any/7 sms/smsc-1/7",
		},
		"fallback over channels": {
			to: "+32470123456", channels: []message.Channel{message.WhatsApp, message.SMS}, segments: 2,
			want: "whatsapp/wa/3 sms/any/14 sms/smsc-1/14",
		},
		"skips unknown and other carriers": {
			to: "+33612345678", channels: []message.Channel{message.SMS}, segments: 1, want: "sms/smsc-1/10",
		},
		"rules, but none for the number": {
			to: "+14155550100", channels: []message.Channel{message.SMS}, segments: 1, unserved: message.SMS,
		},
		"no carrier for the channel": {
			to: "+32470123456", channels: []message.Channel{message.SMS, message.Voice}, segments: 1,
			unserved: message.Voice,
		},
		"no rule for the channel": {
			to: "+14155550100", channels: []message.Channel{message.WhatsApp}, segments: 1, want: "whatsapp/wa/0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan, unserved := table().Plan(route.Request{To: c.to, Channels: c.channels, Text: segments(c.segments)})
			var got []string
			for _, s := range plan {
				got = append(got, s.Channel.String()+"/"+s.Carrier+"/"+itoa(s.Price))
			}
			if strings.Join(got, " ") != c.want || unserved != c.unserved {
				t.Errorf("plan %v, unserved %v; want %s, %v", got, unserved, c.want, c.unserved)
			}
		})
	}
}

func numberOf(s string) phone.Number { return phone.Number(s) }

// accented is a text of one segment in GSM 7 bit, and of two in UCS-2.
func accented() secret.String { return secret.NewString(strings.Repeat("é", 100)) }

// segments is a text of n segments.
func segments(n int) secret.String {
	if n < 2 {
		return secret.NewString("x")
	}
	return secret.NewString(strings.Repeat("x", n*153))
}

// TestTable_PlanCharsets: a text that is one segment of GSM 7 bit over one carrier is two of UCS-2 over another, and
// the hold is the dearest's.
func TestTable_PlanCharsets(t *testing.T) {
	t.Parallel()
	table := table()
	table.Carriers[1].Charset = message.CharsetASCII
	plan, _ := table.Plan(route.Request{
		To: "+32470123456", Channels: []message.Channel{message.SMS}, Text: accented(),
	})
	by := message.Choice{Basis: message.ByOrder, Route: 1}
	want := []message.Step{
		{Channel: message.SMS, Carrier: "any", Price: 7, Segments: 1, Wait: 45 * time.Second, Choice: by},
		{
			Channel: message.SMS, Carrier: "smsc-1", Price: 14, Segments: 2, Encoding: message.UCS2,
			Wait: 45 * time.Second, Receipts: true, Choice: by,
		},
	}
	if !slices.Equal(plan, want) || message.Price(plan) != 14 {
		t.Errorf("plan %+v, hold %d", plan, message.Price(plan))
	}
}

func itoa(n int64) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

func TestTable_PlanWaitsAndReceipts(t *testing.T) {
	t.Parallel()
	request := route.Request{To: "+32470123456", Channels: []message.Channel{message.WhatsApp, message.SMS}}
	plan, _ := table().Plan(request)
	if plan[0].Wait != 20*time.Second || plan[1].Wait != 45*time.Second || !plan[0].Receipts || plan[1].Receipts {
		t.Errorf("plan %+v", plan)
	}

	request.Wait = 5 * time.Second
	plan, _ = table().Plan(request)
	if slices.ContainsFunc(plan, func(s message.Step) bool { return s.Wait != 5*time.Second }) {
		t.Errorf("fallback.after is not in the plan: %+v", plan)
	}
}

func FuzzPlan(f *testing.F) {
	f.Add("+32470123456", []byte{1, 2}, 1)
	f.Fuzz(func(t *testing.T, to string, channels []byte, count int) {
		var want []message.Channel
		for _, c := range channels {
			want = append(want, message.Channel(c%5))
		}

		plan, unserved := table().Plan(route.Request{To: phone.Number(to), Channels: want, Text: segments(count % 100)})
		if unserved == 0 && len(plan) < len(want) {
			t.Fatalf("%d steps for %d channels", len(plan), len(want))
		}

		for _, s := range plan {
			if !slices.Contains(want, s.Channel) || s.Price < 0 {
				t.Fatalf("step %+v", s)
			}
		}
	})
}
