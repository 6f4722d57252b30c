package smsc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"

	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
)

// ErrNotBound means that no client is bound, or that its link was lost before it answered.
var ErrNotBound = errors.New("no client is bound to the message centre")

// Deliver sends a deliver_sm to the client that bound last and returns the status of its answer.
func (s *Server) Deliver(ctx context.Context, sm *pdu.SM) (pdu.Status, error) {
	return s.Request(ctx, pdu.PDU{Command: pdu.DeliverSM, Body: sm})
}

// Request sends any request to the client that bound last and returns the status of its answer.
func (s *Server) Request(ctx context.Context, p pdu.PDU) (pdu.Status, error) {
	l := s.lastBound()
	if l == nil {
		return 0, ErrNotBound
	}

	c := make(chan pdu.Status, 1)
	l.request(p, c)
	l.flush()
	select {
	case status := <-c:
		return status, nil
	case <-s.done:
		return 0, ErrNotBound
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// Raw writes octets to the client that bound last.
func (s *Server) Raw(b []byte) error {
	l := s.lastBound()
	if l == nil {
		return ErrNotBound
	}

	l.raw(b)
	l.flush()
	return nil
}

// Inbound sends a message from a phone, in ASCII (data_coding 1) where possible, else in UTF-16.
func (s *Server) Inbound(ctx context.Context, from, to, text string) (pdu.Status, error) {
	sm := &pdu.SM{
		Source: pdu.Address{TON: 1, NPI: 1, Addr: from}, Dest: pdu.Address{Addr: to},
		DataCoding: 1, ShortMessage: []byte(text),
	}
	for _, r := range text {
		if r > 0x7E {
			sm.DataCoding, sm.ShortMessage = 8, nil
			for _, unit := range utf16.Encode([]rune(text)) {
				sm.ShortMessage = binary.BigEndian.AppendUint16(sm.ShortMessage, unit)
			}
			break
		}
	}

	return s.Deliver(ctx, sm)
}

// SendReceipt sends a receipt for an id, in exactly this form.
func (s *Server) SendReceipt(ctx context.Context, id string, r Receipt) (pdu.Status, error) {
	return s.Deliver(ctx,
		receiptSM(pdu.Address{TON: 1, NPI: 1, Addr: "32470123456"}, pdu.Address{TON: 5, Addr: "Acme"}, id, r))
}

func (s *Server) lastBound() *link {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.links) - 1; i >= 0; i-- {
		if s.links[i].bound {
			return s.links[i]
		}
	}

	return nil
}

var states = map[string]uint8{
	"ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "ACCEPTD": 6, "UNKNOWN": 7, "REJECTD": 8,
}

// receiptSM writes a receipt in the form of Appendix B, with the same content in TLVs.
func receiptSM(from, to pdu.Address, id string, r Receipt) *pdu.SM {
	failure, delivered := r.Err, 0
	if failure == "" {
		failure = "000"
	}
	if r.Stat == "DELIVRD" {
		delivered = 1
	}

	sm := &pdu.SM{
		Source: from, Dest: to, ESMClass: pdu.ESMClassReceipt,
		ShortMessage: fmt.Appendf(nil,
			"id:%s sub:001 dlvrd:%03d submit date:2611222100 done date:2611222101 stat:%s err:%s text:",
			id, delivered, r.Stat, failure),
	}
	if state, ok := states[r.Stat]; ok && !r.NoTLV {
		sm.TLVs = []pdu.TLV{pdu.CString(pdu.TagReceiptedMessageID, id), pdu.Octet(pdu.TagMessageState, state)}
	}

	return sm
}
