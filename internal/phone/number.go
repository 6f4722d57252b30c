package phone

import "log/slog"

// Number is a phone number in E.164 form with its "+", as Parse returns it. It prints masked, so that it does not get
// into a log by accident; E164 returns the whole number.
type Number string

// E164 returns the whole number, for carriers and answers.
func (n Number) E164() string { return string(n) }

// String returns the masked number, e.g. "+3247•••••56".
func (n Number) String() string { return n.Masked() }

// LogValue masks the number in structured logs.
func (n Number) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// Masked keeps the first five and the last two characters.
func (n Number) Masked() string {
	s := string(n)
	if len(s) <= 7 {
		return "•••"
	}
	return s[:5] + "•••••" + s[len(s)-2:]
}
