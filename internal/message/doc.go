// Package message implements what happens to one message between the request and the phone: its channels, its plan of
// steps, the delivery state machine, and how a text becomes SMS segments.
//
// It is pure: no clock, no I/O, no goroutine. Every input — a carrier's answer, a receipt, a timer, a cancellation —
// goes through Apply, which accepts inputs late, twice and in any order, and never moves a message backwards.
package message
