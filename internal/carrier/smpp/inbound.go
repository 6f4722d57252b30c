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

// deliver takes a deliver_sm or data_sm to the sink and says what to answer.
func (c *Carrier) deliver(ctx context.Context, sink carrier.Sink, p pdu.PDU) pdu.Status {
	sm, ok := p.Body.(*pdu.SM)
	if d, isData := p.Body.(*pdu.DataMessage); isData {
		sm, ok = &pdu.SM{Source: d.Source, Dest: d.Dest, ESMClass: d.ESMClass, DataCoding: d.DataCoding, TLVs: d.TLVs}, true
	}
	if !ok {
		return pdu.InvalidCommandLength
	}

	if err := c.take(ctx, sink, sm); err != nil {
		c.log.Warn("what came in could not be stored; the message centre is asked to repeat it", "error", err)
		return pdu.TemporaryReceiverError
	}

	return pdu.OK
}

// take tells receipts from messages. Most centres mark a receipt in esm_class; some leave that 0 and only add TLVs, which
// no phone can; and some leave a text alone.
func (c *Carrier) take(ctx context.Context, sink carrier.Sink, sm *pdu.SM) error {
	kind := sm.ESMClass & pdu.ESMClassType
	_, named := pdu.Find(sm.TLVs, pdu.TagReceiptedMessageID)
	if kind&(pdu.ESMClassReceipt|pdu.ESMClassIntermediate) != 0 || kind == 0 && named {
		return c.deliverReceipt(ctx, sink, c.readReceipt(sm))
	}
	if kind == 0 && sm.ESMClass&pdu.ESMClassUDHI == 0 {
		if r := c.readReceipt(sm); r.inForm() {
			if done, err := c.deliverUnsure(ctx, sink, r); done || err != nil {
				return err
			}
		}
	}

	whole, complete := c.inbox.add(sm)
	switch {
	case whole.repeat != nil:
		return c.inbox.await(ctx, whole)
	case !complete:
		return nil
	}
	err := c.deliverText(ctx, sink, whole)
	c.inbox.finish(whole, err)

	return err
}

// readReceipt reads a receipt by its data_coding, or, when that gives no receipt, in the octets as they are and in UCS-2: its
// form is beyond doubt, while centres label it with what the message had.
func (c *Carrier) readReceipt(sm *pdu.SM) receipt {
	text, _, _, _ := part(sm)
	labelled := parseReceipt(decodeText(text, sm.DataCoding, c.cfg.Charset), sm.TLVs)
	if labelled.inForm() {
		return labelled
	}

	for _, other := range []string{strings.ToValidUTF8(string(text), "\uFFFD"), message.DecodeUCS2(text)} {
		if r := parseReceipt(other, sm.TLVs); r.inForm() {
			return r
		}
	}

	return labelled
}

func (c *Carrier) deliverReceipt(ctx context.Context, sink carrier.Sink, r receipt) error {
	out, ok := c.toReport(r)
	if !ok || sink.Receipt == nil {
		return nil
	}
	_, err := sink.Receipt(ctx, out) // one that matches nothing is kept, and whoever keeps it says so
	return err
}

// lookAgain are the waits between looks for the message of a text that reads like a receipt: its answer may still be on its
// way into the database.
var lookAgain = []time.Duration{0, time.Second, 4 * time.Second}

// deliverUnsure handles a text that reads like a receipt and is not marked as one. done is false when it is a phone's
// message after all.
func (c *Carrier) deliverUnsure(ctx context.Context, sink carrier.Sink, r receipt) (done bool, err error) {
	out, ok := c.toReport(r)
	if !ok || sink.Receipt == nil {
		return false, nil
	}

	out.Unsure = true
	for _, wait := range lookAgain {
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

	// No phone writes a whole receipt, and its text may be a piece of somebody's message.
	return r.complete(), nil
}

// toReport is a receipt in the dispatcher's words. ok is false when it says nothing.
func (c *Carrier) toReport(r receipt) (out carrier.Receipt, ok bool) {
	c.receiptIDs.learn(r.textID)
	toHex, toDecimal := wanted(c.answerIDs.is(), c.receiptIDs.is())
	ids, converted := c.ids.ids(r.tlvID, r.textID, toHex, toDecimal)
	if len(ids) == 0 {
		c.log.Warn("a receipt names no message")
		return out, false
	}

	status, reason := r.report()
	if r.state == stateMissing {
		c.log.Warn("a receipt has no state that is known; it changes nothing", "id", ids[0],
			"stat", r.word[:min(len(r.word), longestWord)])
	}

	return carrier.Receipt{
		Carrier: c.cfg.Name, ID: ids[0], OtherIDs: ids[1:], Converted: converted, Status: status, Reason: reason, CarrierCode: r.code,
	}, true
}

func (c *Carrier) deliverText(ctx context.Context, sink carrier.Sink, m inboundText) error {
	if sink.Inbound == nil {
		return nil
	}
	_, err := sink.Inbound(ctx, carrier.Inbound{
		Carrier: c.cfg.Name, From: written(m.from), National: m.from.TON == tonNational, To: written(m.to), Country: c.cfg.Country,
		Body: secret.NewString(m.decode(c.cfg.Charset)),
	})

	return err
}

// tonNational is the type of number of a national number (SMPP 3.4 §5.2.5).
const tonNational = 2

// written is an address as its type of number says it: an international number has its "+".
func written(a pdu.Address) string {
	if a.TON == 1 && a.Addr != "" && !strings.HasPrefix(a.Addr, "+") && !strings.HasPrefix(a.Addr, "00") {
		return "+" + a.Addr
	}
	return a.Addr
}
