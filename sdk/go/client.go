package syssecure

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
	"github.com/syssecure/syssecure/sdk/go/v2/internal/shown"
)

// Client calls the API of one server with one key. It is safe for concurrent use, and keeps its connections open
// between calls, so a program needs one for each key.
type Client struct {
	// OTP sends and verifies codes.
	OTP *OTPService
	// SMS sends texts.
	SMS *SMSService
	// Messages finds and cancels messages.
	Messages *MessagesService
	// Inbound lists what phones wrote.
	Inbound *InboundService
	// Templates manages the texts of codes.
	Templates *TemplatesService
	// WebhookEndpoints manages the addresses to which events are posted.
	WebhookEndpoints *WebhookEndpointsService
	// Events lists what happened.
	Events *EventsService
	// OptOuts manages the numbers that want no messages.
	OptOuts *OptOutsService
	// Balance shows the credits.
	Balance *BalanceService
	// Usage reports messages and their credits.
	Usage *UsageService
	// Analytics reports how many codes were verified.
	Analytics *AnalyticsService
	// Keys manages API keys.
	Keys *KeysService
	// Requests shows the requests to the API.
	Requests *RequestsService
	// Audit shows who changed what.
	Audit *AuditService
	// Carriers shows what the carriers of the server do, for keys with the scope operator.
	Carriers *CarriersService
	// Routes explains how messages are routed, for keys with the scope operator.
	Routes *RoutesService
	// Instance shows the installation of the server, for keys with the scope operator.
	Instance *InstanceService
	// Accounts manages the accounts of the server, for keys with the scope operator.
	Accounts *AccountsService
	// Account shows and changes the settings of the account.
	Account *AccountService
	// Sandbox reads messages to test numbers, and moves the clock of test mode.
	Sandbox *SandboxService

	core *core
}

// NewClient returns a client for a key. An empty key stands for the environment variable SYSSECURE_API_KEY.
//
// When the key, an option or the environment is wrong, each call returns a [*ConfigurationError], and so does
// [Client.Err], for programs that want to stop when they start.
func NewClient(key string, options ...ClientOption) *Client {
	s := &settings{maxRetryAfter: defaultMaxRetryAfter}
	s.timeout, s.maxRetries, s.headers = defaultTimeout, defaultMaxRetries, http.Header{}
	if key != "" {
		s.apiKey = &key
	}
	for _, o := range options {
		o.applyToClient(s)
	}
	c := newCore(s)

	return &Client{
		OTP:              &OTPService{c},
		SMS:              &SMSService{c},
		Messages:         &MessagesService{c},
		Inbound:          &InboundService{c},
		Templates:        &TemplatesService{c},
		WebhookEndpoints: &WebhookEndpointsService{c},
		Events:           &EventsService{c},
		OptOuts:          &OptOutsService{c},
		Balance:          &BalanceService{c},
		Usage:            &UsageService{c},
		Analytics:        &AnalyticsService{c},
		Keys:             &KeysService{c},
		Requests:         &RequestsService{c},
		Audit:            &AuditService{c},
		Carriers:         &CarriersService{c},
		Routes:           &RoutesService{c},
		Instance:         &InstanceService{c},
		Accounts:         &AccountsService{c},
		Account:          &AccountService{c},
		Sandbox:          &SandboxService{c},
		core:             c,
	}
}

// Err returns what is wrong with the key, the options or the environment, as a [*ConfigurationError], and nil when the
// client can be used.
func (c *Client) Err() error {
	if c.core.err == nil {
		return nil
	}

	return c.core.err
}

// Close closes the connections that are not in use. Calls after it return a [*ConfigurationError]. It may be called
// twice.
func (c *Client) Close() {
	if !c.core.closed.Swap(true) && c.core.release != nil {
		c.core.release()
	}
}

// Format writes the client with the beginning of its key, for every verb.
func (c *Client) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "syssecure.Client{%s, key %s}", c.core.baseURL, shown.Key(c.core.redact.Secret()))
}

// LogValue returns the same text as Format.
func (c *Client) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// RequestParams are the parameters of [Client.Request].
type RequestParams struct {
	// Body is sent as JSON. Without it there is no body.
	Body any `log:"-"`
	// Query holds the query. Lists are joined by commas, and the entries of a map become name[key]=value.
	Query map[string]any `log:"-"`
}

// Request calls what this version of the package does not know yet, with the same key, retries and errors as every
// other call, and returns the decoded JSON. Numbers in it are of type json.Number. The path begins with a slash and is
// relative to /v2.
func (c *Client) Request(
	ctx context.Context, method, path string, params RequestParams, options ...RequestOption,
) (map[string]any, error) {
	if err := c.Err(); err != nil {
		return nil, err
	}
	path, err := rawPath(path)
	if err != nil {
		return nil, err
	}

	op := operation{method: method, path: path, raw: true, query: params.Query, body: params.Body}
	a, doErr := c.core.do(ctx, op, options)
	if doErr != nil {
		return nil, doErr
	}

	return c.core.object(a)
}

// core is what all services of a client share. It never changes, except that it is closed.
type core struct {
	err     *ConfigurationError
	baseURL string
	client  *http.Client
	release func()
	closed  atomic.Bool

	settings  *settings
	userAgent string
	redact    shown.Redactor
	hint      string
	knobs     knobs.Knobs
}

func newCore(s *settings) *core {
	c := &core{settings: s, knobs: withDefaults(s.knobs), userAgent: userAgent(s.userAgent)}
	if c.err = s.err; c.err != nil {
		return c
	}
	key, err := resolveKey(s.apiKey)
	if c.err = err; err != nil {
		return c
	}
	c.redact = shown.NewRedactor(key)

	var isDefault bool
	if c.baseURL, isDefault, c.err = resolveBaseURL(s.baseURL, s.insecure); c.err != nil {
		return c
	}
	if isDefault {
		c.hint = selfHostedHint
	}
	if c.client, c.release, c.err = newHTTPClient(s); c.err != nil {
		return c
	}
	if wrap := c.knobs.Transport; wrap != nil {
		c.client.Transport = wrap(c.client.Transport)
	}

	return c
}
