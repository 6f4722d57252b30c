package logs

import (
	"log" //nolint:depguard // the logger of libraries is redirected here
	"log/slog"
	"strings"
)

// maxText is how many bytes of a library's line are kept.
const maxText = 200

// RedirectStandard writes the lines of the standard logger, which libraries use, to a log until restore is called. The
// lines can quote what a peer sent, so each is shortened, and all count as one repeated line.
func RedirectStandard(to *slog.Logger) (restore func()) {
	output, flags := log.Writer(), log.Flags()
	log.SetFlags(0)
	log.SetOutput(writer{to})

	return func() {
		log.SetOutput(output)
		log.SetFlags(flags)
	}
}

type writer struct{ to *slog.Logger }

// Write logs one line.
func (w writer) Write(line []byte) (int, error) {
	text := strings.ToValidUTF8(string(line[:min(len(line), maxText)]), "")
	w.to.Info("a library wrote a line", "text", strings.TrimSpace(text))

	return len(line), nil
}
