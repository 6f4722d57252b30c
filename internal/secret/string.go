package secret

import "log/slog"

const redacted = "[redacted]"

// String is a string that must not reach a log, an error or a JSON answer: a code, a message body, a carrier's password.
// Every way of printing it says [redacted]; Reveal is the one way out, so that a search for Reveal finds every use.
type String struct{ s string }

// NewString wraps s.
func NewString(s string) String { return String{s} }

// Reveal returns the text itself.
func (t String) Reveal() string { return t.s }

// Empty reports whether there is no text.
func (t String) Empty() bool { return t.s == "" }

func (t String) String() string   { return redacted }
func (t String) GoString() string { return redacted }

// LogValue redacts the text in structured logs.
func (t String) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts the text in JSON and TOML.
func (t String) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text from a configuration file.
func (t *String) UnmarshalText(b []byte) error { t.s = string(b); return nil }
