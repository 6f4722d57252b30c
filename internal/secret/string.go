package secret

import "log/slog"

const redacted = "[redacted]"

// String is a string that must not get into a log, an error or a JSON answer: a code, a message body, a carrier's
// password. It always prints as [redacted]; only Reveal returns the string, so a search for Reveal finds every use.
type String struct{ s string }

// NewString wraps s.
func NewString(s string) String { return String{s} }

// Reveal returns the string.
func (t String) Reveal() string { return t.s }

// Empty reports whether the string is empty.
func (t String) Empty() bool { return t.s == "" }

func (t String) String() string   { return redacted }
func (t String) GoString() string { return redacted }

// LogValue redacts the string in structured logs.
func (t String) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts the string in JSON and TOML.
func (t String) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText reads the string from a configuration file.
func (t *String) UnmarshalText(b []byte) error { t.s = string(b); return nil }
