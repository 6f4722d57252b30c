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

// fields are the fields of a callback's JSON object. Their errors are collected, so that one answer lists them all.
// Unknown fields are ignored.
type fields struct {
	all    map[string]json.RawMessage
	errors []fault.FieldError
}

// readFields reads a callback's object. Gateways that copy the octets of a text may write Latin-1 where JSON has UTF-8;
// read as Latin-1, a keyword such as ARRÊT keeps its letters.
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
		return nil, fault.New(fault.InvalidParams,
			`the body must be one JSON object, such as {"from": "+32470123456", "to": "8080", "body": "STOP"}`)
	}

	return f, nil
}

// get finds a field by its exact name or, without one, by its name in any case. null counts as missing.
func (f *fields) get(name string) (json.RawMessage, bool) {
	raw, ok := f.all[name]
	for other, value := range f.all {
		if !ok && strings.EqualFold(other, name) {
			raw, ok = value, true
		}
	}
	return raw, ok && string(raw) != "null"
}

func (f *fields) addError(name, text string) {
	f.errors = append(f.errors, fault.FieldError{Field: name, Message: name + " " + text})
}

// text reads a string.
func (f *fields) text(name, example string, required bool) (s string) {
	raw, ok := f.get(name)
	switch {
	case !ok && required:
		f.addError(name, "is missing; write "+example)
	case ok && json.Unmarshal(raw, &s) != nil:
		f.addError(name, "must be a string, such as "+example)
	}

	return s
}

// scalar reads a string, or a number as it is written, of at most carrier.MaxID octets.
func (f *fields) scalar(name, example string, required, mayBeEmpty bool) string {
	raw, ok := f.get(name)
	if !ok {
		if required {
			f.addError(name, "is missing; write "+example)
		}
		return ""
	}

	var s carrier.Scalar
	isScalar := raw[0] == '"' || raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'
	switch {
	case !isScalar || s.UnmarshalJSON(raw) != nil:
		f.addError(name, "must be a string, such as "+example)
	case s == "" && !mayBeEmpty:
		f.addError(name, "is empty; write "+example)
	case len(s) > carrier.MaxID:
		f.addError(name, "is longer than "+strconv.Itoa(carrier.MaxID)+" bytes")
	}

	return string(s)
}

// fault names the first invalid field, and lists all of them; nil when there is none.
func (f *fields) fault() *fault.Fault {
	if len(f.errors) == 0 {
		return nil
	}

	out := fault.Invalid(f.errors[0].Field, "%s", f.errors[0].Message)
	out.Details.Errors = f.errors
	return out
}

var statuses = map[string]carrier.Status{"delivered": carrier.Delivered, "read": carrier.Read, "failed": carrier.Failed}

// parseReceipt reads a receipt. Its id may be the gateway's or ours, so it fills both ID and Ref.
func parseReceipt(data []byte) (carrier.Receipt, *fault.Fault) {
	f, bad := readFields(data)
	if bad != nil {
		return carrier.Receipt{}, bad
	}

	id := f.scalar("id", `"id": "the id that you answered, or ours"`, true, false)
	said := f.text("status", `"status": "delivered"`, true)
	reason := f.text("reason", `"reason": "unreachable"`, false)
	status, known := statuses[said]
	if len(f.errors) == 0 && !known {
		f.addError("status", "must be delivered, failed or read")
	}
	if bad := f.fault(); bad != nil {
		return carrier.Receipt{}, bad
	}

	receipt := carrier.Receipt{ID: id, Ref: id, Status: status}
	if raw, ok := f.get("code"); ok {
		var code carrier.Scalar
		if code.UnmarshalJSON(raw) == nil {
			receipt.CarrierCode = carrier.CleanCode(string(code))
		}
	}
	if status == carrier.Failed {
		receipt.Reason = message.ParseReason(reason)
	}

	return receipt, nil
}

// parseInbound reads a message from a phone. An invalid id is ignored.
func parseInbound(data []byte) (carrier.Inbound, *fault.Fault) {
	f, bad := readFields(data)
	if bad != nil {
		return carrier.Inbound{}, bad
	}

	in := carrier.Inbound{
		From: f.scalar("from", `"from": "+32470123456"`, true, false),
		To:   f.scalar("to", `"to": "8080"`, true, true),
		Body: secret.NewString(f.text("body", `"body": "STOP"`, true)),
	}
	if bad := f.fault(); bad != nil {
		return carrier.Inbound{}, bad
	}

	if raw, ok := f.get("id"); ok {
		var id carrier.Scalar
		if id.UnmarshalJSON(raw) == nil && len(id) <= carrier.MaxID {
			in.ID = string(id)
		}
	}

	return in, nil
}
