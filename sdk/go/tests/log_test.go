package tests

import (
	"bytes"
	"log/slog"
)

// log keeps what a logger writes.
type log struct {
	text   bytes.Buffer
	logger *slog.Logger
}

func newLog(debug bool) *log {
	l := &log{}
	options := &slog.HandlerOptions{}
	if debug {
		options.Level = slog.LevelDebug
	}
	l.logger = slog.New(slog.NewTextHandler(&l.text, options))

	return l
}
