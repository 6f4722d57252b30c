package testnumber_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/testnumber"
)

func TestSend_Delivered(t *testing.T) {
	t.Parallel()
	k := testnumber.Carrier{}
	for _, channel := range k.Channels() {
		r := k.Send(t.Context(), carrier.Message{Ref: "msg-a-0", Channel: channel})
		if r.Outcome != carrier.Accepted || len(r.Receipts) != 1 {
			t.Fatalf("%s: %+v", channel, r)
		}
		if got := r.Receipts[0]; got.Ref != "msg-a-0" || got.Status != carrier.Delivered || got.Carrier != k.Name() {
			t.Errorf("%s: receipt %+v", channel, got)
		}
	}
}
