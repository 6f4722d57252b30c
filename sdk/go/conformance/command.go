package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2"
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

	Client   *clientOptions    `json:"client"`
	Env      map[string]string `json:"env"`
	Now      *float64          `json:"now"`
	Random   *float64          `json:"random"`
	Cancel   string            `json:"cancel"`
	Log      bool              `json:"log"`
	LogFails bool              `json:"log_fails"`

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
	deadline  time.Time // of the first attempt, for a mutant
}

// run carries out a command.
func (c *command) run() (any, error) {
	c.sleeps = []int64{}
	if err := c.setEnvironment(); err != nil {
		return nil, err
	}
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
		client.Close()
		client.Close()
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
	if f := m.iterator(client); f.IsValid() {
		out, err := m.invoke(ctx, f, c.Args, c.Options.list())
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
