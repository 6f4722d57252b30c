package otp

import (
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestNumbers are the codes of the operator's test numbers, by subscriber: numbers of live keys that get no messages,
// and whose OTPs take this code. NewTestNumbers makes it.
type TestNumbers map[phone.Number]secret.String

// NewTestNumbers makes the table of numbers in any form. No two may be of one subscriber.
func NewTestNumbers(codes map[phone.Number]secret.String) TestNumbers {
	t := TestNumbers{}
	for n, code := range codes {
		t[phone.Subscriber(n)] = code
	}
	return t
}

// Code gives the code of a number in any of its forms; it is empty for one that is no test number.
func (t TestNumbers) Code(n phone.Number) secret.String {
	if len(t) == 0 {
		return secret.String{}
	}
	return t[phone.Subscriber(n)]
}

// Has reports whether it is a test number.
func (t TestNumbers) Has(n phone.Number) bool { return !t.Code(n).Empty() }
