// Package message owns what happens to one message between the request and the phone: its channels, its plan of steps,
// the delivery state machine, and how a text becomes SMS segments.
//
// It is pure: no clock, no I/O, no goroutine. Its one hard idea is that every event — a carrier's answer, a receipt, a
// timer, a cancellation — enters through Apply, which may be called with events late, twice and in any order and never
// moves a message backwards.
package message
