package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/backoff"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
)

// command is one line of the suite.
type command struct {
	ID      json.Number    `json:"id"`
	Cmd     string         `json:"cmd"`
	Op      string         `json:"op"`
	Args    map[string]any `json:"args"`
	Options callOptions    `json:"options"`
	Steps   []struct {
		Op      string         `json:"op"`
		Args    map[string]any `json:"args"`
		Options callOptions    `json:"options"`
	} `json:"steps"`

	Client *clientOptions    `json:"client"`
	Env    map[string]string `json:"env"`
	Now    *float64          `json:"now"`
	Random *float64          `json:"random"`
	Cancel string            `json:"cancel"`
	Log    bool              `json:"log"`

	Max    int            `json:"max"`
	N      int            `json:"n"`
	Rounds int            `json:"rounds"`
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Body   any            `json:"body"`
	Query  map[string]any `json:"query"`

	PayloadB64      string   `json:"payload_b64"`
	Header          *string  `json:"header"`
	Secrets         []string `json:"secrets"`
	Secret          string   `json:"secret"`
	Tolerance       *float64 `json:"tolerance"`
	Timestamp       int64    `json:"timestamp"`
	Retry           int      `json:"retry"`
	Status          int      `json:"status"`
	RetryAfter      *string  `json:"retry_after"`
	MaxRetryAfterMS *float64 `json:"max_retry_after_ms"`

	mutex     sync.Mutex
	sleeps    []int64
	logs      bytes.Buffer
	requestID string
	cancel    context.CancelFunc
}

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
	options := []syssecure.ClientOption{knobs.Option(c.knobs()).(syssecure.ClientOption)}
	given(&options, o.APIKey, syssecure.WithAPIKey)
	given(&options, o.BaseURL, syssecure.WithBaseURL)
	given(&options, o.TimeoutMS, func(ms float64) syssecure.ClientOption { return syssecure.WithTimeout(milliseconds(ms)) })
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
		options = append(options, syssecure.WithLogger(slog.New(slog.NewTextHandler(&c.logs,
			&slog.HandlerOptions{Level: slog.LevelDebug}))))
	}

	return syssecure.NewClient("", options...)
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
	if m := mutants[*fault]; m.transport != nil {
		k.Transport = m.transport
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

// run carries out a command.
func (c *command) run() (any, error) {
	c.sleeps = []int64{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.cancel = cancel
	switch c.Cancel {
	case "before":
		cancel()
	case "response":
		defer time.AfterFunc(200*time.Millisecond, cancel).Stop()
	}

	switch c.Cmd {
	case "hello":
		return hello(), nil
	case "describe":
		return describe(), nil
	case "verify_webhook", "construct_event":
		return c.webhook()
	case "sign_webhook":
		payload, err := base64.StdEncoding.DecodeString(c.PayloadB64)
		if err != nil {
			return nil, err
		}
		return syssecure.SignWebhook(payload, c.Secret, time.Unix(c.Timestamp, 0))
	case "retry_delay":
		return c.retryDelay(), nil
	}

	client := c.newClient()
	defer client.Close()

	return c.runWith(ctx, client)
}

// runWith carries out a command that calls the server.
func (c *command) runWith(ctx context.Context, client *syssecure.Client) (any, error) {
	switch c.Cmd {
	case "call":
		result, raw, err := c.call(ctx, client, c.Op, c.Args, c.Options)
		if err != nil {
			return nil, err
		}
		return canonical(reflect.ValueOf(result), raw), nil
	case "iterate":
		return c.iterate(ctx, client)
	case "parallel":
		return c.parallel(ctx, client)
	case "request":
		params := syssecure.RequestParams{Body: c.Body, Query: c.Query}
		return client.Request(ctx, c.Method, c.Path, params, c.Options.list()...)
	case "sequence":
		results := []any{}
		for _, s := range c.Steps {
			result, raw, err := c.call(ctx, client, s.Op, s.Args, s.Options)
			if err != nil {
				return nil, err
			}
			results = append(results, canonical(reflect.ValueOf(result), raw))
		}
		return results, nil
	case "closed":
		if err := errors.Join(client.Close(), client.Close()); err != nil {
			return nil, err
		}
		_, err := client.Balance.Get(ctx)
		return nil, err
	case "inspect":
		if err := client.Err(); err != nil || c.Op == "" {
			return map[string]any{"texts": texts(client)}, err
		}
		result, _, err := c.call(ctx, client, c.Op, c.Args, c.Options)
		return map[string]any{"texts": texts(client, result)}, err
	}

	return nil, fmt.Errorf("unknown command %q", c.Cmd)
}

// call calls one operation, and returns its result and the JSON from which it was made.
func (c *command) call(
	ctx context.Context, client *syssecure.Client, op string, args map[string]any, options callOptions,
) (any, any, error) {
	m, ok := methods[op]
	if !ok {
		return nil, nil, fmt.Errorf("unknown operation %q", op)
	}
	out, err := m.invoke(ctx, m.find(client, m.name), args, options.list())
	if err != nil {
		return nil, nil, err
	}
	if err, _ := out[1].Interface().(error); err != nil {
		return nil, nil, err
	}

	meta := out[0].Elem().FieldByName("Meta").Interface().(syssecure.Meta)
	c.requestID = meta.RequestID

	return out[0].Interface(), meta.Raw, nil
}

// iterate collects the rows of a list.
func (c *command) iterate(ctx context.Context, client *syssecure.Client) (any, error) {
	m := methods[c.Op]
	var rows reflect.Value
	if m.all != "" {
		out, err := m.invoke(ctx, m.find(client, m.all), c.Args, c.Options.list())
		if err != nil {
			return nil, err
		}
		rows = out[0]
	} else {
		page, _, err := c.call(ctx, client, c.Op, c.Args, c.Options)
		if err != nil {
			return nil, err
		}
		rows = reflect.ValueOf(page).MethodByName("All").Call([]reflect.Value{reflect.ValueOf(ctx)})[0]
	}

	list := []any{}
	for row, rowErr := range rows.Seq2() {
		if err, _ := rowErr.Interface().(error); err != nil {
			return nil, err
		}
		list = append(list, canonical(row, row.Elem().FieldByName("Raw").Interface()))
		if len(list) == c.Max {
			break
		}
	}

	return list, nil
}

// parallel makes calls at once, round after round.
func (c *command) parallel(ctx context.Context, client *syssecure.Client) (any, error) {
	var succeeded atomic.Int64
	for range max(c.Rounds, 1) {
		var wait sync.WaitGroup
		for range c.N {
			wait.Add(1)
			go func() {
				defer wait.Done()
				m := methods[c.Op]
				out, err := m.invoke(ctx, m.find(client, m.name), c.Args, c.Options.list())
				if err == nil && out[1].IsNil() {
					succeeded.Add(1)
				}
			}()
		}
		wait.Wait()
	}

	return map[string]any{"ok": succeeded.Load()}, nil
}

// webhook verifies a webhook.
func (c *command) webhook() (any, error) {
	payload, err := base64.StdEncoding.DecodeString(c.PayloadB64)
	if err != nil {
		return nil, err
	}
	header, secret := "", ""
	if c.Header != nil {
		header = *c.Header
	}
	options := []syssecure.WebhookOption{syssecure.WithTime(mutants[*fault].webhookTime(c.now(), header))}
	if c.Tolerance != nil {
		options = append(options, syssecure.WithTolerance(time.Duration(*c.Tolerance*float64(time.Second))))
	}
	if len(c.Secrets) > 0 {
		secret = c.Secrets[0]
		options = append(options, syssecure.WithSecrets(c.Secrets[1:]...))
	}

	if c.Cmd == "verify_webhook" {
		return true, syssecure.VerifyWebhook(payload, header, secret, options...)
	}
	event, err := syssecure.ConstructEvent(payload, header, secret, options...)
	if err != nil {
		return nil, err
	}

	return canonicalEvent(event), nil
}

// retryDelay says how long the SDK waits before a retry.
func (c *command) retryDelay() any {
	longest := 10 * time.Second
	if c.MaxRetryAfterMS != nil {
		longest = milliseconds(*c.MaxRetryAfterMS)
	}
	if c.RetryAfter != nil {
		if d, ok := backoff.RetryAfter(*c.RetryAfter, c.now()); ok && d > longest {
			return map[string]any{"raise": "RateLimitError", "retry_after_s": int64(d.Seconds())}
		} else if ok {
			return map[string]any{"sleep_ms": d.Milliseconds()}
		}
	}

	return map[string]any{"sleep_ms": backoff.Delay(c.Retry, *c.Random).Milliseconds()}
}
