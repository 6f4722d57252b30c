package inbound_test

import (
	"context"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/testworld"
)

// A keyword in a PDU of a message centre becomes an opt-out.
func TestInbound_SMPP(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		source pdu.Address
		text   string
		coding uint8
	}{
		{"UCS-2 under data_coding 0", pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, "\x00S\x00T\x00O\x00P", 0},
		{"national", pdu.Address{TON: 2, NPI: 1, Addr: "0470123456"}, "ARRETE", 1},
		{"00, as international", pdu.Address{TON: 1, NPI: 1, Addr: "0032470123456"}, "stop", 1},
		{"00, as unknown type", pdu.Address{Addr: "0032470123456"}, "STOP-ALL", 1},
		{"ASCII under data_coding 8", pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, "STOPALL ", 8},
		{"ISO 8859-5", pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, "\xc1\xc2\xbe\xbf", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			centre, err := smsc.Start(smsc.Options{})
			if err != nil {
				t.Fatal(err)
			}

			t.Cleanup(func() { _ = centre.Close() })
			k, err := smpp.New(smpp.Config{
				Name: "smsc", Addr: centre.Addr(), SystemID: "u", Password: secret.NewString("p"), Country: "BE", Receipts: true,
			}, testworld.Discard)
			if err != nil {
				t.Fatal(err)
			}

			w := testworld.New(t, testworld.Options{Carriers: []carrier.Carrier{k}})
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- k.Run(ctx, w.Sink()) }()
			t.Cleanup(func() { stop(); <-ended })
			for deadline := time.Now().Add(time.Minute); centre.Bound() == 0; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the carrier did not bind")
				}
			}

			send(t, w, testworld.To(phoneA))
			status, err := centre.Deliver(t.Context(), &pdu.SM{
				Source: c.source, Dest: pdu.Address{Addr: "8080"}, DataCoding: c.coding, ShortMessage: []byte(c.text),
			})
			if err != nil || status != pdu.OK {
				t.Fatalf("acknowledged with %v, %v", status, err)
			}
			if w.Contact(t, id.Live, phoneA).OptOut.Source != "keyword" {
				t.Error("the keyword was not carried out")
			}
		})
	}
}
