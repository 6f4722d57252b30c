package carriertest

import (
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
)

// receiptsAnyOrder reports the second message first, then repeats it, and fails what was delivered. A carrier passes on
// everything, since only the state machine may decide what is late.
func receiptsAnyOrder(h *harness) {
	first, second := h.reported(), h.reported()
	for _, c := range []struct {
		id     string
		status carrier.Status
	}{
		{second, carrier.Delivered}, {first, carrier.Delivered}, {second, carrier.Delivered}, {second, carrier.Failed},
	} {
		if err := h.peer.Receipt(c.id, c.status); err != nil {
			h.t.Fatalf("receipt was not acknowledged: %v", err)
		}
		got := h.receipt()
		if got.ID != c.id || got.Status != c.status {
			h.t.Errorf("sink got %+v, want id %s, status %d", got, c.id, c.status)
		}
		if (got.Reason != "") != (c.status == carrier.Failed) {
			h.t.Errorf("status %d has reason %q", c.status, got.Reason)
		}
	}
}

func receiptBeforeAnswer(h *harness) {
	if !canReceipt(h.peer) {
		h.t.Skip("this carrier has no receipts")
	}
	h.peer.Script(ReceiptFirst)
	m := h.message()
	result := h.accepted(m)
	h.sameIDs(result, h.only(m))
	if got, id := h.receipt(), h.idIn(m, result); got.ID != id || got.Status != carrier.Delivered {
		h.t.Errorf("sink got %+v, want id %s, delivered", got, id)
	}
}

func receiptNotStored(h *harness) {
	id := h.reported()
	h.failing.Store(true)
	if h.peer.Receipt(id, carrier.Delivered) == nil {
		h.t.Error("acknowledged a receipt that was not stored")
	}

	h.failing.Store(false)
	h.eventually("acknowledged", func() bool { return h.peer.Receipt(id, carrier.Delivered) == nil })
	if got := h.receipt(); got.ID != id {
		h.t.Errorf("sink got %+v, want id %s", got, id)
	}
}

func inbound(h *harness) {
	h.accepted(h.message())
	for _, body := range []string{"STOP", "arrêt €", "стоп 😀", ""} {
		if err := h.peer.Inbound("+32470123456", "8080", body); err != nil {
			h.t.Fatalf("inbound %q was not acknowledged: %v", body, err)
		}
		h.inboundIs("+32470123456", "8080", body)
	}
}

func inboundNotStored(h *harness) {
	h.accepted(h.message())
	h.failing.Store(true)
	if h.peer.Inbound("+32470123456", "8080", "STOP") == nil {
		h.t.Error("acknowledged an inbound message that was not stored")
	}
	h.failing.Store(false)
	h.eventually("acknowledged", func() bool { return h.peer.Inbound("+32470123456", "8080", "STOP") == nil })
	h.inboundIs("+32470123456", "8080", "STOP")
}

// inboundIs compares the digits of numbers, since a carrier passes them on as the other side wrote them.
func (h *harness) inboundIs(from, to, body string) {
	h.t.Helper()
	select {
	case got := <-h.inbounds:
		if got.Carrier != h.peer.Carrier.Name() || digits(got.From) != digits(from) || digits(got.To) != digits(to) ||
			got.Body.Reveal() != body {
			h.t.Errorf("sink got %s → %s %q over %q", got.From, got.To, got.Body.Reveal(), got.Carrier)
		}
	case <-time.After(caseTimeout):
		h.t.Fatal("no inbound message reached the sink")
	}
}

func digits(s string) string {
	if len(s) > 0 && s[0] == '+' {
		return s[1:]
	}
	return s
}
