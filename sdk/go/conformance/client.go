package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
)

type clientOptions struct {
	APIKey            *string           `json:"api_key"`
	BaseURL           *string           `json:"base_url"`
	TimeoutMS         *float64          `json:"timeout_ms"`
	ConnectTimeoutMS  *float64          `json:"connect_timeout_ms"`
	MaxRetries        *int              `json:"max_retries"`
	MaxRetryAfterMS   *float64          `json:"max_retry_after_ms"`
	Headers           map[string]string `json:"headers"`
	UserAgent         *string           `json:"user_agent"`
	Proxy             *string           `json:"proxy"`
	CAFile            *string           `json:"ca_file"`
	AllowInsecureHTTP bool              `json:"allow_insecure_http"`
}

type callOptions struct {
	IdempotencyKey *string           `json:"idempotency_key"`
	TimeoutMS      *float64          `json:"timeout_ms"`
	MaxRetries     *int              `json:"max_retries"`
	Headers        map[string]string `json:"headers"`
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func (o callOptions) list() (options []syssecure.RequestOption) {
	if o.IdempotencyKey != nil {
		options = append(options, syssecure.WithIdempotencyKey(*o.IdempotencyKey))
	}
	if o.TimeoutMS != nil {
		options = append(options, syssecure.WithTimeout(milliseconds(*o.TimeoutMS)))
	}
	if o.MaxRetries != nil {
		options = append(options, syssecure.WithMaxRetries(*o.MaxRetries))
	}
	for name, value := range o.Headers {
		options = append(options, syssecure.WithHeader(name, value))
	}

	return options
}

// given calls an option's function when the case gives a value.
func given[T any](options *[]syssecure.ClientOption, value *T, option func(T) syssecure.ClientOption) {
	if value != nil {
		*options = append(*options, option(*value))
	}
}

// newClient makes the client of a command.
func (c *command) newClient() *syssecure.Client {
	o := c.Client
	if o == nil {
		o = &clientOptions{}
	}
	options := []syssecure.ClientOption{syssecure.WithKnobs(c.knobs())}
	given(&options, o.APIKey, syssecure.WithAPIKey)
	given(&options, o.BaseURL, syssecure.WithBaseURL)
	given(&options, o.TimeoutMS, func(ms float64) syssecure.ClientOption {
		return syssecure.WithTimeout(milliseconds(ms))
	})
	given(&options, o.ConnectTimeoutMS, func(ms float64) syssecure.ClientOption {
		return syssecure.WithConnectTimeout(milliseconds(ms))
	})
	given(&options, o.MaxRetries, func(n int) syssecure.ClientOption { return syssecure.WithMaxRetries(n) })
	given(&options, o.MaxRetryAfterMS, func(ms float64) syssecure.ClientOption {
		return syssecure.WithMaxRetryAfter(milliseconds(ms))
	})
	given(&options, o.UserAgent, syssecure.WithUserAgent)
	given(&options, o.Proxy, syssecure.WithProxy)
	given(&options, o.CAFile, syssecure.WithCAFile)
	for name, value := range o.Headers {
		options = append(options, syssecure.WithHeader(name, value))
	}
	if o.AllowInsecureHTTP {
		options = append(options, syssecure.WithAllowInsecureHTTP())
	}
	if c.Log {
		options = append(options, syssecure.WithLogger(slog.New(slog.NewTextHandler(logWriter{c},
			&slog.HandlerOptions{Level: slog.LevelDebug}))))
	}

	return syssecure.NewClient("", options...)
}

// logWriter collects the lines of a command.
type logWriter struct{ command *command }

func (w logWriter) Write(line []byte) (int, error) {
	n, err := w.command.logs.Write(line)
	if w.command.LogFails {
		err = errors.New("the disk is full")
	}

	return n, err
}

// knobs records waits in place of sleeping, and shows the case's clock and random number.
func (c *command) knobs() knobs.Knobs {
	k := knobs.Knobs{Sleep: func(ctx context.Context, d time.Duration) error {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		c.sleeps = append(c.sleeps, d.Milliseconds())
		if c.Cancel == "sleep" {
			c.cancel()
		}

		return ctx.Err()
	}}
	if c.Now != nil {
		k.Now = c.now
	}
	if c.Random != nil {
		k.Random = func() float64 { return *c.Random }
	}
	if change := mutants[*fault].transport; change != nil {
		k.Transport = func(next http.RoundTripper) http.RoundTripper { return mutant{c, next, change} }
	}

	return k
}

func (c *command) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	whole, part := math.Modf(*c.Now)

	return time.Unix(int64(whole), int64(part*1e9))
}
