package smpp

import (
	"context"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// deliver passes a deliver_sm or data_sm to the sink and returns the status to answer.
func (c *Carrier) deliver(ctx context.Context, sink carrier.Sink, p pdu.PDU) pdu.Status {
	sm, ok := p.Body.(*pdu.SM)
	if d, isData := p.Body.(*pdu.DataMessage); isData {
		sm, ok = &pdu.SM{Source: d.Source, Dest: d.Dest, ESMClass: d.ESMClass, DataCoding: d.DataCoding, TLVs: d.TLVs},
			true
	}
	if !ok {
		return pdu.InvalidCommandLength
	}

	if err := c.store(ctx, sink, sm); err != nil {
		c.log.Warn("an inbound message or receipt could not be stored; the message centre is asked to repeat it",
			"error", err)
		return pdu.TemporaryReceiverError
	}

	return pdu.OK
}

// store distinguishes receipts from messages. Most centres mark a receipt in esm_class; some leave that 0 and only add
// TLVs, which phones cannot do; and some send nothing but the text.
func (c *Carrier) store(ctx context.Context, sink carrier.Sink, sm *pdu.SM) error {
	kind := sm.ESMClass & pdu.ESMClassType
	_, named := pdu.Find(sm.TLVs, pdu.TagReceiptedMessageID)
	if kind&(pdu.ESMClassReceipt|pdu.ESMClassIntermediate) != 0 || kind == 0 && named {
		return c.deliverReceipt(ctx, sink, c.readReceipt(sm))
	}
	if kind == 0 && sm.ESMClass&pdu.ESMClassUDHI == 0 {
		if r := c.readReceipt(sm); r.wellFormed() {
			if done, err := c.deliverUnmarked(ctx, sink, r); done || err != nil {
				return err
			}
		}
	}

	text, complete := c.inbox.add(sm)
	switch {
	case text.repeat != nil:
		return c.inbox.await(ctx, text)
	case !complete:
		return nil
	}

	err := c.deliverText(ctx, sink, text)
	c.inbox.finish(text, err)

	return err
}

// readReceipt reads a receipt by its data_coding or, when that gives none, as UTF-8 and as UCS-2: some centres give a
// receipt the data_coding of the message, and the form of a receipt is unmistakable.
func (c *Carrier) readReceipt(sm *pdu.SM) receipt {
	text, _, _, _ := splitPart(sm)
	labelled := parseReceipt(decodeText(text, sm.DataCoding, c.cfg.Charset), sm.TLVs)
	if labelled.wellFormed() {
		return labelled
	}

	for _, other := range []string{strings.ToValidUTF8(string(text), "\uFFFD"), message.DecodeUCS2(text)} {
		if r := parseReceipt(other, sm.TLVs); r.wellFormed() {
			return r
		}
	}

	return labelled
}

func (c *Carrier) deliverReceipt(ctx context.Context, sink carrier.Sink, r receipt) error {
	out, ok := c.toReceipt(r)
	if !ok || sink.Receipt == nil {
		return nil
	}
	_, err := sink.Receipt(ctx, out) // the sink keeps and logs one that matches nothing
	return err
}

// receiptWaits are the waits before each search for the message of a text that reads like a receipt: the message's
// answer may not be in the database yet.
var receiptWaits = []time.Duration{0, time.Second, 4 * time.Second}

// deliverUnmarked handles a text that reads like a receipt and is not marked as one. done is false when it is a message
// from a phone.
func (c *Carrier) deliverUnmarked(ctx context.Context, sink carrier.Sink, r receipt) (done bool, err error) {
	out, ok := c.toReceipt(r)
	if !ok || sink.Receipt == nil {
		return false, nil
	}

	out.Unsure = true
	for _, wait := range receiptWaits {
		if !sleep(ctx, wait) {
			return true, ctx.Err()
		}
		if matched, err := sink.Receipt(ctx, out); matched || err != nil {
			return true, err
		}
	}
	if r.complete() {
		c.log.Warn("a receipt matches no message", "id", out.ID)
	}

	// Phones do not send complete receipts, and the text of one may be a piece of another person's message.
	return r.complete(), nil
}

// toReceipt converts a receipt for the sink. ok is false when it has no id.
func (c *Carrier) toReceipt(r receipt) (out carrier.Receipt, ok bool) {
	c.receiptIDs.learn(r.textID)
	toHex, toDecimal := conversions(c.answerIDs.current(), c.receiptIDs.current())
	ids, converted := c.ids.ids(r.tlvID, r.textID, toHex, toDecimal)
	if len(ids) == 0 {
		c.log.Warn("a receipt has no message id and is ignored")
		return out, false
	}

	status, reason := r.status()
	if r.state == stateMissing {
		c.log.Warn("a receipt has an unknown state and changes nothing", "id", ids[0],
			"stat", r.word[:min(len(r.word), longestWord)])
	}

	return carrier.Receipt{
		Carrier: c.cfg.Name, ID: ids[0], OtherIDs: ids[1:], Converted: converted,
		Status: status, Reason: reason, CarrierCode: r.code,
	}, true
}

func (c *Carrier) deliverText(ctx context.Context, sink carrier.Sink, m inboundText) error {
	if sink.Inbound == nil {
		return nil
	}
	_, err := sink.Inbound(ctx, carrier.Inbound{
		Carrier: c.cfg.Name, Country: c.cfg.Country,
		From: formatAddress(m.from), National: m.from.TON == tonNational, To: formatAddress(m.to),
		Body: secret.NewString(m.decode(c.cfg.Charset)),
	})

	return err
}

// tonNational is the type of number of a national number (SMPP 3.4 §5.2.5).
const tonNational = 2

// formatAddress writes an international number with a "+", and other addresses as they came.
func formatAddress(a pdu.Address) string {
	if a.TON == 1 && a.Addr != "" && !strings.HasPrefix(a.Addr, "+") && !strings.HasPrefix(a.Addr, "00") {
		return "+" + a.Addr
	}
	return a.Addr
}
