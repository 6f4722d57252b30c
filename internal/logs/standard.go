package logs

import (
	"log" //nolint:depguard // what libraries write to is taken here
	"log/slog"
	"strings"
)

// maxText is how much of a library's line is kept, in bytes.
const maxText = 200

// TakeStandard has the lines of the standard logger, which libraries write to, go to a log until done is called. They can
// quote what a peer sent, so each is cut, and all count as one line that repeats.
func TakeStandard(to *slog.Logger) (done func()) {
	before, flags := log.Writer(), log.Flags()
	log.SetFlags(0)
	log.SetOutput(writer{to})

	return func() {
		log.SetOutput(before)
		log.SetFlags(flags)
	}
}

type writer struct{ to *slog.Logger }

// Write takes one line.
func (w writer) Write(line []byte) (int, error) {
	text := strings.ToValidUTF8(string(line[:min(len(line), maxText)]), "")
	w.to.Info("a library wrote a line", "text", strings.TrimSpace(text))

	return len(line), nil
}
