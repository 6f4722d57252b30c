package carriertest

import (
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

// receiptsAnyOrder reports the second message first, fails what was delivered and repeats: a carrier passes all of it
// on, since only the state machine may decide what is late.
func receiptsAnyOrder(b *bench) {
	first, second := b.accepted(b.message()).IDs[0], b.accepted(b.message()).IDs[0]
	for _, c := range []struct {
		id     string
		status carrier.Status
	}{
		{second, carrier.Delivered}, {first, carrier.Delivered}, {second, carrier.Delivered}, {second, carrier.Failed},
	} {
		if err := b.peer.Receipt(c.id, c.status); err != nil {
			b.t.Fatalf("receipt was not acknowledged: %v", err)
		}
		got := b.receipt()
		if got.ID != c.id || got.Status != c.status {
			b.t.Errorf("sink got %+v, want id %s, status %d", got, c.id, c.status)
		}
		if (got.Reason != "") != (c.status == carrier.Failed) {
			b.t.Errorf("status %d has reason %q", c.status, got.Reason)
		}
	}
}

func receiptBeforeAnswer(b *bench) {
	if !canReceipt(b.peer) {
		b.t.Skip("this carrier has no receipts")
	}
	b.peer.Script(ReceiptFirst)
	m := b.message()
	result := b.accepted(m)
	b.sameIDs(result, b.only(m))
	if got := b.receipt(); got.ID != result.IDs[0] || got.Status != carrier.Delivered {
		b.t.Errorf("sink got %+v, want id %s, delivered", got, result.IDs[0])
	}
}

func receiptNotStored(b *bench) {
	id := b.accepted(b.message()).IDs[0]
	b.failing.Store(true)
	if b.peer.Receipt(id, carrier.Delivered) == nil {
		b.t.Error("acknowledged a receipt that was not stored")
	}

	b.failing.Store(false)
	b.eventually("acknowledged", func() bool { return b.peer.Receipt(id, carrier.Delivered) == nil })
	if got := b.receipt(); got.ID != id {
		b.t.Errorf("sink got %+v, want id %s", got, id)
	}
}

func inbound(b *bench) {
	b.accepted(b.message())
	for _, body := range []string{"STOP", "arrêt €", "стоп 😀", ""} {
		if err := b.peer.Inbound("+32470123456", "8080", body); err != nil {
			b.t.Fatalf("inbound %q was not acknowledged: %v", body, err)
		}
		b.inboundIs("+32470123456", "8080", body)
	}
}

func inboundNotStored(b *bench) {
	b.accepted(b.message())
	b.failing.Store(true)
	if b.peer.Inbound("+32470123456", "8080", "STOP") == nil {
		b.t.Error("acknowledged an inbound message that was not stored")
	}
	b.failing.Store(false)
	b.eventually("acknowledged", func() bool { return b.peer.Inbound("+32470123456", "8080", "STOP") == nil })
	b.inboundIs("+32470123456", "8080", "STOP")
}

// inboundIs compares the number's digits, since a carrier passes it on as the other side wrote it.
func (b *bench) inboundIs(from, to, body string) {
	b.t.Helper()
	select {
	case got := <-b.inbounds:
		if got.Carrier != b.peer.Carrier.Name() || digits(got.From) != digits(from) || digits(got.To) != digits(to) || got.Body.Reveal() != body {
			b.t.Errorf("sink got %s → %s %q over %q", got.From, got.To, got.Body.Reveal(), got.Carrier)
		}
	case <-time.After(patience):
		b.t.Fatal("no inbound message reached the sink")
	}
}

func digits(s string) string {
	if len(s) > 0 && s[0] == '+' {
		return s[1:]
	}
	return s
}
