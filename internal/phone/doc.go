// Package phone owns phone numbers: their one spelling, E.164, and what the world's numbering plans say about them. It
// must not decide who may be written to where; that is the caller's policy.
//
// Its one hard idea is that the plans of google/libphonenumber, which are regular expressions, are compiled into one
// automaton for each region, so that a look-up costs less than a cache of look-ups would.
package phone
