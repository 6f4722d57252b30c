package httpsms

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

// fields are those of a callback's object. What is wrong with them is collected: a refusal tells all of it. Fields that we do
// not know are let be.
type fields struct {
	all    map[string]json.RawMessage
	faults []fault.FieldError
}

// readFields reads a callback's object. Gateways that pass on the octets of a text may write Latin-1 where JSON has UTF-8: read so,
// a word such as ARRÊT keeps its letters.
func readFields(data []byte) (*fields, *fault.Fault) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		var b bytes.Buffer
		for _, octet := range data {
			b.WriteRune(rune(octet))
		}
		data = b.Bytes()
	}

	f := &fields{}
	if json.Unmarshal(data, &f.all) != nil || f.all == nil {
		return nil, fault.New(fault.InvalidParams, `the body must be one JSON object, such as {"from": "+32470123456", "to": "8080", "body": "STOP"}`)
	}

	return f, nil
}

// get finds a field, by its name in any case if none is written exactly so. null is no value.
func (f *fields) get(name string) (json.RawMessage, bool) {
	raw, ok := f.all[name]
	for other, value := range f.all {
		if !ok && strings.EqualFold(other, name) {
			raw, ok = value, true
		}
	}
	return raw, ok && string(raw) != "null"
}

func (f *fields) wrong(name, text string) {
	f.faults = append(f.faults, fault.FieldError{Field: name, Message: name + " " + text})
}

// text reads a string.
func (f *fields) text(name, example string, required bool) (s string) {
	raw, ok := f.get(name)
	switch {
	case !ok && required:
		f.wrong(name, "is missing; write "+example)
	case ok && json.Unmarshal(raw, &s) != nil:
		f.wrong(name, "must be a string, such as "+example)
	}

	return s
}

// word reads a string, or a number as it is written, of at most maxID octets.
func (f *fields) word(name, example string, required, empty bool) string {
	raw, ok := f.get(name)
	if !ok {
		if required {
			f.wrong(name, "is missing; write "+example)
		}
		return ""
	}

	var w word
	isWord := raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
	switch {
	case !isWord || w.UnmarshalJSON(raw) != nil:
		f.wrong(name, "must be a string, such as "+example)
	case w == "" && !empty:
		f.wrong(name, "is empty; write "+example)
	case len(w) > maxID:
		f.wrong(name, "is longer than "+strconv.Itoa(maxID)+" bytes")
	}

	return string(w)
}

// refusal is about the first field that is wrong, and lists them all.
func (f *fields) refusal() *fault.Fault {
	if len(f.faults) == 0 {
		return nil
	}
	out := fault.Invalid(f.faults[0].Field, "%s", f.faults[0].Message)
	out.Details.Errors = f.faults
	return out
}

var statuses = map[string]carrier.Status{"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed}

// parseReceipt reads a receipt. Its id may be the gateway's or ours, so it is given as both.
func parseReceipt(data []byte) (carrier.Receipt, *fault.Fault) {
	f, bad := readFields(data)
	if bad != nil {
		return carrier.Receipt{}, bad
	}

	id := f.word("id", `"id": "the id that you answered, or ours"`, true, false)
	said := f.text("status", `"status": "delivered"`, true)
	reason := f.text("reason", `"reason": "unreachable"`, false)
	status, known := statuses[said]
	if len(f.faults) == 0 && !known {
		f.wrong("status", "must be delivered, failed or read")
	}
	if bad := f.refusal(); bad != nil {
		return carrier.Receipt{}, bad
	}

	receipt := carrier.Receipt{ID: id, Ref: id, Status: status}
	if raw, ok := f.get("code"); ok {
		var code word
		if code.UnmarshalJSON(raw) == nil {
			receipt.CarrierCode = cleanCode(string(code))
		}
	}
	if status == carrier.Failed {
		receipt.Reason = message.ParseReason(reason)
	}

	return receipt, nil
}

// parseInbound reads a message from a phone. An id that the gateway gives it may be anything, and is no reason to refuse it.
func parseInbound(data []byte) (carrier.Inbound, *fault.Fault) {
	f, bad := readFields(data)
	if bad != nil {
		return carrier.Inbound{}, bad
	}

	in := carrier.Inbound{
		From: f.word("from", `"from": "+32470123456"`, true, false),
		To:   f.word("to", `"to": "8080"`, true, true),
		Body: secret.NewString(f.text("body", `"body": "STOP"`, true)),
	}
	if bad := f.refusal(); bad != nil {
		return carrier.Inbound{}, bad
	}

	if raw, ok := f.get("id"); ok {
		var id word
		if id.UnmarshalJSON(raw) == nil && len(id) <= maxID {
			in.ID = string(id)
		}
	}

	return in, nil
}
