// Package signin implements the rules by which people sign in: passwords, second factors, sessions, how often may be
// guessed, and what each role may do.
//
// The caller passes the time and all randomness. What is slow on purpose, the hash of a password, is here, too, but how
// many of them run at once is for the caller to decide.
package signin
