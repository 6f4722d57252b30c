package secret

import "log/slog"

const redacted = "[redacted]"

// Text is a string that must not reach a log, an error or a JSON answer: a code, a message body, a carrier's password.
// Every way of printing it says [redacted]; Reveal is the one way out, so that a search for Reveal finds every use.
type Text struct{ s string }

// NewText wraps s.
func NewText(s string) Text { return Text{s} }

// Reveal returns the text itself.
func (t Text) Reveal() string { return t.s }

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.s == "" }

func (t Text) String() string   { return redacted }
func (t Text) GoString() string { return redacted }

// LogValue redacts the text in structured logs.
func (t Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText redacts the text in JSON and TOML.
func (t Text) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text from a configuration file.
func (t *Text) UnmarshalText(b []byte) error { t.s = string(b); return nil }
