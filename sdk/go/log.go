package syssecure

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"
)

// logAttempt writes one line about an attempt. Its path shows the names of the parameters in place of their values.
func (c *core) logAttempt(ctx context.Context, r *request, retry int, a *answer, err error, took time.Duration) {
	if !c.logs(ctx) {
		return
	}

	attrs := []slog.Attr{
		slog.String("method", r.operation.method),
		slog.String("path", c.shownPath(r)),
	}
	if a != nil {
		attrs = append(attrs, slog.Int("status", a.status))
	} else {
		attrs = append(attrs, slog.String("error", errorClass(err)))
	}
	attrs = append(attrs, slog.Int64("ms", took.Milliseconds()), slog.Int("attempt", retry+1))
	if a != nil && a.requestID != "" {
		attrs = append(attrs, slog.String("request_id", a.requestID))
	}
	c.settings.logger.LogAttrs(ctx, slog.LevelDebug, "syssecure: request", attrs...)
}

// logWait writes one line about the wait before a retry.
func (c *core) logWait(ctx context.Context, r *request, err error, wait time.Duration) {
	if !c.logs(ctx) {
		return
	}

	attrs := []slog.Attr{
		slog.String("method", r.operation.method),
		slog.String("path", c.shownPath(r)),
		slog.Int64("wait_ms", wait.Milliseconds()),
	}
	var apiErr *APIError
	if errors.As(err, &apiErr) {
		attrs = append(attrs, slog.Int("status", apiErr.Status))
	} else {
		attrs = append(attrs, slog.String("error", errorClass(err)))
	}
	c.settings.logger.LogAttrs(ctx, slog.LevelDebug, "syssecure: retry", attrs...)
}

func (c *core) logs(ctx context.Context) bool {
	return c.settings.logger != nil && c.settings.logger.Enabled(ctx, slog.LevelDebug)
}

// shownPath is the template of a path. That of Client.Request is the caller's, and may hold numbers.
func (c *core) shownPath(r *request) string {
	path := r.operation.path
	if r.operation.raw {
		if decoded, err := url.PathUnescape(path); err == nil {
			path = decoded
		}
	}

	return c.redact.Text("/v2" + path)
}

// errorClass names the kind of an error without its text.
func errorClass(err error) string {
	var connectionErr *ConnectionError
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, ErrTimeout):
		return "timeout"
	case errors.As(err, &connectionErr):
		return "ConnectionError"
	}

	return "ConfigurationError"
}
