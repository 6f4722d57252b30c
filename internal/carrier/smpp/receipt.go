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

// states are the words of the stat field, in capitals and without what is no letter: those of Appendix B, how centres spell
// them, and final words of their own. A word that begins with one of them counts as it, the longest first; so DELIVERYFAILED
// is not DELIVERED.
var states = map[string]uint8{
	"SCHED": stateScheduled, "ENROU": stateEnroute, "ACCEP": stateAccepted, "UNKNO": stateUnknown,
	"DELIVRD": stateDelivered, "DELIVERD": stateDelivered, "DLVRD": stateDelivered,
	"DELIVERE": stateDelivered, //nolint:misspell // "DELIVERED", cut to eight letters
	"EXPIR":    stateExpired, "UNDEL": stateUndeliverable, "DELET": stateDeleted, "REJEC": stateRejected, "SKIPP": stateSkipped,
	"FAIL": stateUndeliverable, "DELIVERYFAIL": stateUndeliverable, "NOTDELIV": stateUndeliverable,
	"NONDELIV": stateUndeliverable, "CANCEL": stateDeleted, "BLOCKED": stateRejected, "BARRED": stateRejected,
	"BLACKLIST": stateRejected, "DENIED": stateRejected, "FILTERED": stateRejected, "INVALID": stateRejected,
	"ABORTED": stateUndeliverable, "ABSENT": stateUndeliverable, "DISCARD": stateUndeliverable, "DROPPED": stateUndeliverable,
	"ERROR": stateUndeliverable, "UNREACH": stateUndeliverable,
}

// longestWord is the length of the longest of them.
const longestWord = len("DELIVERYFAIL")

// stateOf reads a word of the stat field.
func stateOf(word string) uint8 {
	letters := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, word)

	for n := min(len(letters), longestWord); n > 0; n-- {
		if s, ok := states[letters[:n]]; ok {
			return s
		}
	}

	return stateMissing
}

// final reports whether nothing follows on a state.
func final(state uint8) bool {
	switch state {
	case stateScheduled, stateEnroute, stateAccepted, stateMissing:
		return false
	}
	return true
}

// receipt is what a delivery receipt says, whichever way it says it.
type receipt struct {
	textID, tlvID string
	state         uint8
	word          string // of the stat field
	code          string
	fields        int // of Appendix B that its text has
}

// parseReceipt reads a receipt from its text (Appendix B) and its TLVs. Where both speak the TLV wins, unless only the text
// is final. Nothing is required: what is missing stays empty.
func parseReceipt(text string, tlvs []pdu.TLV) receipt {
	fields := receiptFields(text)
	r := receipt{textID: fields["id"], code: fields["err"], word: fields["stat"], fields: len(fields)}
	if r.code = r.code[:min(len(r.code), maxCode)]; strings.ContainsFunc(r.code, unprintable) {
		r.code = ""
	}

	r.state = stateOf(r.word)
	if v, ok := pdu.Find(tlvs, pdu.TagReceiptedMessageID); ok {
		r.tlvID, _, _ = strings.Cut(string(v), "\x00")
	}
	if v, ok := pdu.Find(tlvs, pdu.TagMessageState); ok && len(v) > 0 && v[0] <= stateSkipped && (final(v[0]) || !final(r.state)) {
		r.state = v[0]
	}
	if v, ok := pdu.Find(tlvs, pdu.TagNetworkErrorCode); ok && len(v) == 3 {
		r.code = fmt.Sprintf("%d:%d", v[0], uint(v[1])<<8|uint(v[2]))
	}

	return r
}

// inForm reports whether the text has what every receipt has.
func (r receipt) inForm() bool {
	return r.textID != "" && r.word != "" && (r.state != stateMissing || r.fields >= wholeReceipt)
}

// wholeReceipt is how many of the fields of Appendix B no phone's message has.
const wholeReceipt = 4

// complete reports whether the text has most of what Appendix B asks for.
func (r receipt) complete() bool { return r.inForm() && r.fields >= wholeReceipt }

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

// clip keeps a value one octet longer than the longest id, so that one too long is still seen to be.
func clip(s string) string { return s[:min(len(s), maxID+1)] }
