// Package secret owns keys, sealing and texts that must not be printed.
//
// It holds no key of its own: a Keyring is made from the operator's master key, which never enters the database. Its one
// hard idea is that a stolen database gives nothing: codes are derived, API keys are kept as keyed MACs, numbers and
// bodies are sealed and bound to their row.
package secret
