package smpp

import (
	"context"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// deliver takes a deliver_sm or data_sm to the sink and says what to answer.
func (c *Carrier) deliver(ctx context.Context, sink carrier.Sink, p pdu.PDU) pdu.Status {
	sm, ok := p.Body.(*pdu.SM)
	if d, isData := p.Body.(*pdu.DataMessage); isData {
		sm, ok = &pdu.SM{Source: d.Source, Dest: d.Dest, ESMClass: d.ESMClass, DataCoding: d.DataCoding, TLVs: d.TLVs}, true
	}
	if !ok {
		return pdu.InvalidCommandLength
	}
	var err error
	if isReceipt(sm) {
		err = c.deliverReceipt(ctx, sink, sm)
	} else if whole, complete := c.inbox.add(sm); complete {
		if err = c.deliverText(ctx, sink, whole); err == nil {
			c.inbox.forget(whole)
		}
	}
	if err != nil {
		c.log.Warn("what came in could not be stored; the message centre is asked to repeat it", "error", err)
		return pdu.TemporaryReceiverError
	}
	return pdu.OK
}

// isReceipt goes by esm_class; some centres leave it 0 and only add the TLVs.
func isReceipt(sm *pdu.SM) bool {
	switch sm.ESMClass & pdu.ESMClassType {
	case pdu.ESMClassReceipt, pdu.ESMClassIntermediate:
		return true
	case 0:
		_, id := pdu.Find(sm.TLVs, pdu.TagReceiptedMessageID)
		_, state := pdu.Find(sm.TLVs, pdu.TagMessageState)
		return id && state
	}
	return false
}

func (c *Carrier) deliverReceipt(ctx context.Context, sink carrier.Sink, sm *pdu.SM) error {
	r := parseReceipt(string(sm.Text()), sm.TLVs)
	id := r.messageID(c.ids)
	if id == "" {
		c.log.Warn("a receipt names no message")
		return nil
	}
	status, reason := r.report()
	if r.state == stateMissing {
		c.log.Warn("a receipt has no state that SMPP knows", "id", id)
	}
	if sink.Receipt == nil {
		return nil
	}
	_, err := sink.Receipt(ctx, carrier.Receipt{
		Carrier: c.cfg.Name, ID: id, Ref: c.late.ref(id), Status: status, Reason: reason, Code: r.code,
	})
	return err
}

func (c *Carrier) deliverText(ctx context.Context, sink carrier.Sink, m inboundText) error {
	if sink.Inbound == nil {
		return nil
	}
	_, err := sink.Inbound(ctx, carrier.Inbound{
		Carrier: c.cfg.Name, From: written(m.from), National: m.from.TON == tonNational, To: written(m.to),
		Body: secret.NewText(decodeText(m.text, m.coding)),
	})
	return err
}

// tonNational is the type of number of a national number (SMPP 3.4 §5.2.5).
const tonNational = 2

// written is an address as its type of number says it: an international number has its "+".
func written(a pdu.Address) string {
	if a.TON == 1 && a.Addr != "" && !strings.HasPrefix(a.Addr, "+") {
		return "+" + a.Addr
	}
	return a.Addr
}

// decodeText reads a text by its data_coding (clause 5.2.19): the default alphabet, ASCII, Latin-1, UCS-2, and the
// message classes of 3GPP TS 23.038 clause 4.
func decodeText(text []byte, coding uint8) string {
	switch {
	case coding == codingDefault, coding&0xF4 == 0xF0, coding&0xEC == 0x00 && coding&0x10 != 0:
		return message.DecodeGSM7(text)
	case coding == codingUCS2, coding&0xEC == 0x08 && coding&0x10 != 0:
		return message.DecodeUCS2(text)
	}
	// ASCII is a part of Latin-1, and so every other coding at least keeps its octets.
	runes := make([]rune, len(text))
	for i, b := range text {
		runes[i] = rune(b)
	}
	return string(runes)
}
