package smpp

import (
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
)

// Values of message_state (clause 5.2.28; scheduled and skipped are of SMPP 5.0).
const (
	stateScheduled = iota
	stateEnroute
	stateDelivered
	stateExpired
	stateDeleted
	stateUndeliverable
	stateAccepted
	stateUnknown
	stateRejected
	stateSkipped
	stateMissing = 0xFF
)

// states reads the stat field by its first five letters, since centres write DELIVRD and DELIVERED.
var states = map[string]uint8{
	"sched": stateScheduled, "enrou": stateEnroute, "deliv": stateDelivered, "expir": stateExpired,
	"delet": stateDeleted, "undel": stateUndeliverable, "accep": stateAccepted, "unkno": stateUnknown,
	"rejec": stateRejected, "skipp": stateSkipped,
}

// receipt is what a delivery receipt says, whichever way it says it.
type receipt struct {
	id    string // as written in the text, or in the TLV when the text has none
	tlvID string
	state uint8
	code  string
}

// parseReceipt reads a receipt from its text (Appendix B) and its TLVs. Where both speak, the TLV wins. Nothing is
// required: what is missing stays empty.
func parseReceipt(text string, tlvs []pdu.TLV) receipt {
	fields := receiptFields(text)
	r := receipt{id: fields["id"], state: stateMissing, code: fields["err"]}
	if r.code = r.code[:min(len(r.code), maxID)]; !printable(r.code) {
		r.code = ""
	}
	if stat := strings.ToLower(fields["stat"]); len(stat) >= 5 {
		if s, ok := states[stat[:5]]; ok {
			r.state = s
		}
	}
	if v, ok := pdu.Find(tlvs, pdu.TagReceiptedMessageID); ok {
		r.tlvID, _, _ = strings.Cut(string(v), "\x00")
	}
	if v, ok := pdu.Find(tlvs, pdu.TagMessageState); ok && len(v) == 1 {
		r.state = v[0]
	}
	if v, ok := pdu.Find(tlvs, pdu.TagNetworkErrorCode); ok && len(v) == 3 {
		r.code = fmt.Sprintf("%d:%d", v[0], uint(v[1])<<8|uint(v[2]))
	}
	return r
}

// messageID is the id in the form in which answers are remembered. The TLV repeats the answer's own form, so only the
// text is converted; a centre that puts the same word in both has converted both.
func (r receipt) messageID(form idForm) string {
	if r.tlvID == "" || r.tlvID == r.id {
		return form.inReceipt(r.id)
	}
	return form.inAnswer(r.tlvID)
}

// report turns the state into what the engine knows. A state that is not final, or not known, is Buffered: calling it
// failed would send a second message.
func (r receipt) report() (carrier.Status, message.Reason) {
	switch r.state {
	case stateDelivered:
		return carrier.Delivered, ""
	case stateExpired:
		return carrier.Failed, message.ExpiredInTransit
	case stateUndeliverable:
		return carrier.Failed, message.Unreachable
	case stateDeleted, stateRejected, stateSkipped:
		return carrier.Failed, message.CarrierRejected
	case stateUnknown:
		return carrier.Failed, message.UnknownReason
	}
	return carrier.Buffered, ""
}

// textLength is how much of the message Appendix B lets a receipt repeat.
const textLength = 20

// receiptFields finds "key:value" pairs in any order, case and spacing. Of a repeated key the first counts. What
// follows "text:" is a piece of the message, which could look like fields, and is passed over.
func receiptFields(text string) map[string]string {
	fields := make(map[string]string, 6)
	for text != "" {
		before, after, found := strings.Cut(text, ":")
		if !found {
			break
		}
		key := strings.ToLower(before[strings.LastIndexFunc(before, isSpace)+1:])
		if key == "text" {
			text = after[min(textLength, len(after)):]
			continue
		}
		after = strings.TrimLeftFunc(after, isSpace)
		end := strings.IndexFunc(after, isSpace)
		if end < 0 {
			end = len(after)
		}
		value := after[:end]
		// An empty value reads as the next key: "err: text:…".
		if next := strings.IndexByte(value, ':'); next >= 0 && isKey(value[:next]) {
			text = after
			continue
		}
		if _, seen := fields[key]; !seen && isKey(key) {
			fields[key] = clip(value)
		}
		text = after[end:]
	}
	return fields
}

func isKey(s string) bool {
	switch strings.ToLower(s) {
	case "id", "sub", "dlvrd", "date", "stat", "err", "text":
		return true
	}
	return false
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == 0 }

// clip keeps an id one octet longer than the longest, so that one too long is still seen to be.
func clip(s string) string { return s[:min(len(s), maxID+1)] }
