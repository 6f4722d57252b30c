package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/webhook"
)

// listenCmd forwards the sandbox's webhooks to a developer's machine. It polls the API, so the machine needs no public
// address, and the server needs no access to it.
type listenCmd struct {
	Forward string   `required:"" help:"Post events to this URL, such as http://localhost:3000/hook." placeholder:"URL"`
	Events  []string `help:"Forward only these events (default: all)." placeholder:"EVENT"`
	Key     string   `env:"SYSSECURE_API_KEY" help:"A test key with the scope read." placeholder:"KEY"`
	URL     string   `env:"SYSSECURE_BASE_URL" help:"The server (default: the configured one)." placeholder:"URL"`
	Secret  string   `env:"SYSSECURE_WEBHOOK_SECRET" help:"Sign with this (default: a new secret)." placeholder:"WHSEC"`
}

// Help implements kong.HelpProvider.
func (*listenCmd) Help() string {
	return "Events are posted and signed as the server would do it, and this machine needs no public address. Set " +
		"the key in SYSSECURE_API_KEY: other users of the machine can see command-line arguments."
}

// Timings of listen.
const (
	listenEvery = 500 * time.Millisecond
	// listenOverlap is how far before the newest event each poll begins, because an event can appear after a newer one.
	listenOverlap = 10 * time.Second
	listenTimeout = 15 * time.Second
)

func (c *listenCmd) Run(e *env) error {
	if err := c.check(e); err != nil {
		return err
	}
	l := listener{env: e, cmd: c, known: map[string]time.Time{}, client: &http.Client{
		Timeout:       listenTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := l.begin(); err != nil {
		return err
	}

	fmt.Fprintf(e.Out, "Forwarding events of %s to %s, signed with the secret\n  %s\nPress Ctrl-C to stop.\n",
		c.URL, c.Forward, c.Secret)
	tick := time.NewTicker(listenEvery)
	defer tick.Stop()
	for {
		if err := l.poll(); err != nil && e.ctx.Err() == nil {
			fmt.Fprintf(e.Err, "syssecure: %v; retrying\n", err)
		}
		select {
		case <-e.ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (c *listenCmd) check(e *env) error {
	u, err := url.Parse(c.Forward)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("--forward %q must be a URL such as http://localhost:3000/hook", c.Forward)
	}
	if !strings.HasPrefix(c.Key, "sk_test_") {
		return errors.New("listen needs a key that begins with sk_test_ in SYSSECURE_API_KEY: create one with " +
			"syssecure key create --account ID --mode test")
	}

	for _, t := range c.Events {
		if !slices.Contains(webhook.Types, webhook.Type(t)) {
			return fmt.Errorf("--events: %q is not an event; GET /v2/webhooks/event-types lists them", t)
		}
	}

	if c.URL == "" {
		conf, err := e.config()
		if err != nil {
			return err
		}
		scheme := "http://"
		if conf.TLS.Enabled() {
			scheme = "https://"
		}
		c.URL = scheme + conf.Listen
		if host, port, err := net.SplitHostPort(conf.Listen); err == nil && (host == "" || host == "0.0.0.0" ||
			host == "::") {
			c.URL = scheme + net.JoinHostPort("localhost", port)
		}
	}

	// The published base URL ends with the version, but one without it is also accepted.
	c.URL = strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/v2")
	if c.Secret == "" {
		b := make([]byte, 32)
		rand.Read(b)
		c.Secret = webhook.SecretPrefix + base64.StdEncoding.EncodeToString(b)
	}

	return nil
}

// listener is one run of listen.
type listener struct {
	*env
	cmd    *listenCmd
	client *http.Client
	from   time.Time            // of the newest event
	known  map[string]time.Time // recent events, which later polls list again
}

type listedEvent struct {
	ID, Event string
	Payload   json.RawMessage
}

// begin finds the newest event, so that older ones are not forwarded.
func (l *listener) begin() error {
	page, err := l.events("limit=100")
	if err != nil {
		return err
	}

	for _, e := range page {
		l.isNew(e)
	}

	return nil
}

// poll forwards new events.
func (l *listener) poll() error {
	after := "start"
	if !l.from.IsZero() {
		after = id.EventAt(l.from.Add(-listenOverlap), [10]byte{}).String()
	}

	for {
		page, err := l.events("limit=100&after=" + after)
		if err != nil {
			return err
		}

		for _, e := range page {
			if l.isNew(e) && (len(l.cmd.Events) == 0 || slices.Contains(l.cmd.Events, e.Event)) {
				l.forward(e)
			}
		}

		if len(page) < 100 {
			l.forget()
			return nil
		}
		after = page[len(page)-1].ID
	}
}

func (l *listener) isNew(e listedEvent) bool {
	event, err := id.ParseEvent(e.ID)
	if _, known := l.known[e.ID]; known || err != nil {
		return false
	}

	l.known[e.ID] = event.Time()
	if event.Time().After(l.from) {
		l.from = event.Time()
	}

	return true
}

func (l *listener) forget() {
	for event, at := range l.known {
		if at.Before(l.from.Add(-2 * listenOverlap)) {
			delete(l.known, event)
		}
	}
}

func (l *listener) events(query string) ([]listedEvent, error) {
	r, err := http.NewRequestWithContext(l.ctx, http.MethodGet, l.cmd.URL+"/v2/events?"+query, nil)
	if err != nil {
		return nil, err
	}

	r.Header.Set("Authorization", "Bearer "+l.cmd.Key)
	resp, err := l.client.Do(r)
	if err != nil {
		return nil, err
	}

	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}

	var page struct {
		Data    []listedEvent
		Message string
	}
	if err := json.Unmarshal(b, &page); err != nil || resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s %s", l.cmd.URL, resp.Status, page.Message)
	}

	return page.Data, nil
}

// forward posts an event as the server would, and prints a line with the outcome.
func (l *listener) forward(e listedEvent) {
	ctx, cancel := context.WithTimeout(l.ctx, listenTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, l.cmd.Forward, bytes.NewReader(e.Payload))
	if err != nil {
		fmt.Fprintf(l.Err, "syssecure: %v\n", err)
		return
	}

	at := time.Now()
	s := webhook.Sign([]string{l.cmd.Secret}, at.Unix(), e.ID, e.Payload)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "SysSecure-Webhooks/1.0",
		webhook.HeaderEvent: e.Event, webhook.HeaderEventID: e.ID, webhook.HeaderAttempt: "1",
		webhook.HeaderSignature:    s.Ours,
		webhook.HeaderStandardID:   e.ID,
		webhook.HeaderStandardTime: strconv.FormatInt(at.Unix(), 10), webhook.HeaderStandardSignature: s.Standard,
	} {
		r.Header[name] = []string{value}
	}

	outcome := ""
	if resp, err := l.client.Do(r); err != nil {
		outcome = err.Error()
	} else {
		outcome = resp.Status
		_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
		_ = resp.Body.Close()
	}
	fmt.Fprintf(l.Out, "%s  %-20s  %s  %s  %d ms\n",
		at.Format(time.TimeOnly), e.Event, e.ID, outcome, time.Since(at).Milliseconds())
}
