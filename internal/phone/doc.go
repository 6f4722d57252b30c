// Package phone implements phone numbers: E.164 as their only spelling, and what the world's numbering plans say about
// them. To which numbers messages may be sent is decided by the caller.
//
// The plans of google/libphonenumber, which are regular expressions, are compiled into one automaton for each region,
// so that a lookup costs less than a cache of lookups would.
package phone
