package testnumber_test

import (
	"context"
	"errors"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/testnumber"
	"github.com/syssecure/syssecure/internal/message"
)

func TestSend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		want carrier.Outcome
	}{
		{name: "delivered", want: carrier.Accepted},
		{name: "the database is out", err: errors.New("out"), want: carrier.Retry},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []carrier.Receipt
			k := testnumber.New()
			k.Connect(carrier.Sink{Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) {
				got = append(got, r)
				return true, c.err
			}})

			for _, channel := range k.Channels() {
				if r := k.Send(t.Context(), carrier.Message{Ref: "msg-a-0", Channel: channel}); r.Outcome != c.want {
					t.Errorf("%s: %v", channel, r)
				}
			}
			if len(got) != len(message.Channels) || got[0].Ref != "msg-a-0" || got[0].Status != carrier.Delivered || got[0].Carrier != k.Name() {
				t.Errorf("receipts %+v", got)
			}
		})
	}
}
