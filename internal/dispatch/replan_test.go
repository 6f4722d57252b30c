package dispatch_test

import (
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store/memory"
	"github.com/syssecure/syssecure/internal/store/storetest"
	"github.com/syssecure/syssecure/internal/testworld"
)

func newTrioCarriers() []carrier.Carrier {
	return []carrier.Carrier{testworld.NewCarrier("wa", message.WhatsApp), testworld.NewCarrier("smsc", message.SMS)}
}

// After a restart without the carrier that a message waits for, it gets a new plan.
func TestReplan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		carriers []string // of the second server
		state    message.State
		over     string
		later    message.State // after a day and an hour
	}{
		"the carrier was renamed":    {carriers: []string{"new"}, state: message.Sent, over: "new", later: message.Sent},
		"another carrier takes over": {carriers: []string{"b", "c"}, state: message.Sent, over: "b", later: message.Sent},
		"no carrier serves texts":    {carriers: nil, state: message.Pending, over: "a", later: message.Failed},
		"the carrier is still there": {carriers: []string{"x", "a"}, state: message.Sent, over: "a", later: message.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := memory.New(storetest.Codec)
			old := testworld.NewCarrier("a", message.SMS)
			w := testworld.New(t, testworld.Options{
				Backend: b, Carriers: []carrier.Carrier{old}, Prices: testworld.Prices, Credits: 100,
			})
			at := w.Clock.Now().Add(time.Hour)
			m, _, err := w.SendSMS(t.Context(), w.Live, engine.SMSRequest{To: phoneA, Body: "x", ScheduledAt: at}, nil)
			if err != nil {
				t.Fatal(err)
			}

			var carriers []carrier.Carrier
			sent := map[string]*testworld.Carrier{}
			for _, name := range c.carriers {
				sent[name] = testworld.NewCarrier(name, message.SMS)
				carriers = append(carriers, sent[name])
			}

			next := w.RestartWith(t, carriers)
			next.Clock.Add(time.Hour)
			for range 3 { // to make the plan, and then to submit
				next.Sweep(t)
			}

			got, err := next.Dispatcher.Query.GetMessage(t.Context(), next.Live, m.ID)
			if over := got.ShownStep().Carrier; err != nil || got.State != c.state || over != c.over {
				t.Fatalf("the text is %v over %s, %v; want %v over %s", got.State, over, err, c.state, c.over)
			}
			if c.state == message.Sent && len(sent[c.over].Sent()) != 1 {
				t.Errorf("%s has %d texts", c.over, len(sent[c.over].Sent()))
			}

			for range 25 {
				next.Clock.Add(time.Hour)
				next.Sweep(t)
			}
			if got, _ = next.Dispatcher.Query.GetMessage(t.Context(), next.Live, m.ID); got.State != c.later {
				t.Errorf("a day later the text is %v, want %v", got.State, c.later)
			}
			if balance := next.Balance(t); balance.Held != 0 {
				t.Errorf("balance %+v", balance)
			}
		})
	}
}
