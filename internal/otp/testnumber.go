package otp

import (
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestNumbers are the codes of the operator's test numbers, by subscriber: numbers that live keys can use, that get no
// messages, and whose OTPs have this code. NewTestNumbers makes it.
type TestNumbers map[phone.Number]secret.String

// NewTestNumbers makes the table from numbers in any form, at most one of each subscriber.
func NewTestNumbers(codes map[phone.Number]secret.String) TestNumbers {
	t := TestNumbers{}
	for n, code := range codes {
		t[phone.Subscriber(n)] = code
	}
	return t
}

// Code returns the code of a number in any of its forms; empty when it is not a test number.
func (t TestNumbers) Code(n phone.Number) secret.String {
	if len(t) == 0 {
		return secret.String{}
	}
	return t[phone.Subscriber(n)]
}

// Has reports whether the number is a test number.
func (t TestNumbers) Has(n phone.Number) bool { return !t.Code(n).Empty() }
