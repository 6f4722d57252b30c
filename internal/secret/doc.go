// Package secret implements keys, sealing and texts that must not be printed.
//
// A Keyring is made from the operator's master key, which is never in the database. So a stolen database reveals no
// secret: codes are derived, API keys are kept as keyed MACs, numbers and bodies are sealed and bound to their row.
package secret
