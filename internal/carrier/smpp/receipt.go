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

// states are the words of the stat field, in capital letters: those of Appendix B, other spellings of them, and final
// words that only some centres use. A word counts as the longest of these that it begins with, so DELIVERYFAILED is not
// DELIVERED.
var states = map[string]uint8{
	"SCHED": stateScheduled, "ENROU": stateEnroute, "ACCEP": stateAccepted, "UNKNO": stateUnknown,
	"DELIVRD": stateDelivered, "DELIVERD": stateDelivered, "DLVRD": stateDelivered,
	"DELIVERE": stateDelivered, //nolint:misspell // "DELIVERED", cut to eight letters
	"EXPIR":    stateExpired, "UNDEL": stateUndeliverable, "DELET": stateDeleted, "REJEC": stateRejected,
	"SKIPP": stateSkipped,
	"FAIL":  stateUndeliverable, "DELIVERYFAIL": stateUndeliverable, "NOTDELIV": stateUndeliverable,
	"NONDELIV": stateUndeliverable, "CANCEL": stateDeleted, "BLOCKED": stateRejected, "BARRED": stateRejected,
	"BLACKLIST": stateRejected, "DENIED": stateRejected, "FILTERED": stateRejected, "INVALID": stateRejected,
	"ABORTED": stateUndeliverable, "ABSENT": stateUndeliverable, "DISCARD": stateUndeliverable,
	"DROPPED": stateUndeliverable,
	"ERROR":   stateUndeliverable, "UNREACH": stateUndeliverable,
}

// longestWord is the length of the longest one.
const longestWord = len("DELIVERYFAIL")

// stateOf reads a word of the stat field. It skips what is not a letter.
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

// final reports whether no other state can follow.
func final(state uint8) bool {
	switch state {
	case stateScheduled, stateEnroute, stateAccepted, stateMissing:
		return false
	}
	return true
}

// receipt is the content of a delivery receipt, from its text and its TLVs.
type receipt struct {
	textID, tlvID string
	state         uint8
	word          string // of the stat field
	code          string
	fields        int // how many fields of Appendix B its text has
}

// parseReceipt reads a receipt from its text (Appendix B) and its TLVs. Where they differ the TLV counts, unless only
// the text is final. Nothing is required: what is missing stays empty.
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
	if v, ok := pdu.Find(tlvs, pdu.TagMessageState); ok && len(v) > 0 && v[0] <= stateSkipped &&
		(final(v[0]) || !final(r.state)) {
		r.state = v[0]
	}
	if v, ok := pdu.Find(tlvs, pdu.TagNetworkErrorCode); ok && len(v) == 3 {
		r.code = fmt.Sprintf("%d:%d", v[0], uint(v[1])<<8|uint(v[2]))
	}

	return r
}

// wellFormed reports whether the text has the fields that every receipt has.
func (r receipt) wellFormed() bool {
	return r.textID != "" && r.word != "" && (r.state != stateMissing || r.fields >= completeFields)
}

// completeFields is a number of fields of Appendix B that no phone's message has.
const completeFields = 4

// complete reports whether the text has most fields of Appendix B.
func (r receipt) complete() bool { return r.wellFormed() && r.fields >= completeFields }

// status turns the state into a status and a reason. A state that is not final, or not known, is Buffered: a failure
// would send a second message.
func (r receipt) status() (carrier.Status, message.Reason) {
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

// textLength is how many octets of the message a receipt may repeat (Appendix B).
const textLength = 20

// receiptFields finds "key:value" pairs in any order, case and spacing. The first of repeated keys counts. What follows
// "text:" is a piece of the message, which could look like fields, so it is skipped.
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

// clip cuts a value to one octet more than an id may have, so that cleanID still finds it too long.
func clip(s string) string { return s[:min(len(s), maxID+1)] }
