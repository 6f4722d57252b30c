package syssecure

import (
	"log/slog"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
)

const (
	defaultTimeout        = 30 * time.Second
	defaultConnectTimeout = 5 * time.Second
	defaultMaxRetries     = 2
	defaultMaxRetryAfter  = 10 * time.Second

	longestIdempotencyKey = 255
)

// A ClientOption configures a client. It is given to [NewClient].
type ClientOption interface {
	applyToClient(*settings)
}

// A RequestOption configures one call. It is given as the last arguments of the call.
type RequestOption interface {
	applyToCall(*callSettings)
}

// An Option is both: given to [NewClient] it applies to each call, and given to a call it takes the place of the
// client's.
type Option interface {
	ClientOption
	RequestOption
}

// settings are what the options of a client set. Fields that are nil were not given.
type settings struct {
	callSettings

	apiKey         *string
	baseURL        *string
	connectTimeout time.Duration
	maxRetryAfter  time.Duration
	userAgent      string
	logger         *slog.Logger
	proxy          *string
	caFile         *string
	insecure       bool
	httpClient     *http.Client
	knobs          knobs.Knobs
}

// callSettings are what the options of a call set, on top of those of its client.
type callSettings struct {
	timeout        time.Duration
	maxRetries     int
	headers        http.Header
	idempotencyKey *string
	params         map[string]any
	err            *ConfigurationError
}

// fail keeps the first fault that an option has.
func (s *callSettings) fail(format string, args ...any) {
	if s.err == nil {
		s.err = configurationError(format, args...)
	}
}

type clientOption func(*settings)

func (o clientOption) applyToClient(s *settings) { o(s) }

type requestOption func(*callSettings)

func (o requestOption) applyToCall(s *callSettings) { o(s) }

type option func(*callSettings)

func (o option) applyToClient(s *settings)   { o(&s.callSettings) }
func (o option) applyToCall(s *callSettings) { o(s) }

// WithAPIKey gives the API key. It takes the place of the first argument of [NewClient], and differs from it in one
// thing: an empty key is an error, and never read from SYSSECURE_API_KEY instead.
func WithAPIKey(key string) ClientOption {
	return clientOption(func(s *settings) { s.apiKey = &key })
}

// WithBaseURL gives the address of the server, such as https://otp.example.com. The path /v2 is added unless it ends
// with it. Without this option the address is in SYSSECURE_BASE_URL, or else https://api.syssecure.me.
func WithBaseURL(address string) ClientOption {
	return clientOption(func(s *settings) { s.baseURL = &address })
}

// WithAllowInsecureHTTP allows plain HTTP to hosts other than this machine. Anyone in between can then read the key.
func WithAllowInsecureHTTP() ClientOption {
	return clientOption(func(s *settings) { s.insecure = true })
}

// WithTimeout sets how long one attempt may take, from connecting to the last byte of the answer. It is 30 seconds by
// default. Each retry has the whole time again; the context of a call limits all its attempts together.
func WithTimeout(d time.Duration) Option {
	return option(func(s *callSettings) {
		if d <= 0 {
			s.fail("the timeout must be above 0, but is %v", d)
		}
		s.timeout = d
	})
}

// WithConnectTimeout sets how long connecting may take. It is 5 seconds by default.
func WithConnectTimeout(d time.Duration) ClientOption {
	return clientOption(func(s *settings) {
		if d <= 0 {
			s.fail("the connect timeout must be above 0, but is %v", d)
		}
		s.connectTimeout = d
	})
}

// WithMaxRetries sets how many more attempts follow when a request fails in a way that may pass. It is 2 by default.
func WithMaxRetries(n int) Option {
	return option(func(s *callSettings) {
		if n < 0 {
			s.fail("the number of retries must be 0 or more, but is %d", n)
		}
		s.maxRetries = n
	})
}

// WithMaxRetryAfter sets the longest Retry-After that is waited for. It is 10 seconds by default. When the server asks
// for a longer wait, the call returns its error at once, with RetryAfter.
func WithMaxRetryAfter(d time.Duration) ClientOption {
	return clientOption(func(s *settings) {
		if d < 0 {
			s.fail("the longest Retry-After must be 0 or more, but is %v", d)
		}
		s.maxRetryAfter = d
	})
}

// WithHeader sends a header. The name and the value must not contain line breaks, and the headers that carry the key,
// the idempotency key and the length cannot be set.
func WithHeader(name, value string) Option {
	return option(func(s *callSettings) {
		name := textproto.CanonicalMIMEHeaderKey(name)
		switch name {
		case "Authorization":
			s.fail("the header Authorization cannot be set: give the key to NewClient")
		case "Idempotency-Key":
			s.fail("the header Idempotency-Key cannot be set: use WithIdempotencyKey")
		case "Host", "Content-Length", "Transfer-Encoding":
			s.fail("the header %s cannot be set", name)
		}

		if !isToken(name) {
			s.fail("a header's name may contain only letters, digits and hyphens")
		}
		if !isHeaderValue(value) {
			s.fail("the value of the header %q contains a line break or another control character", name)
		}
		s.headers.Set(name, value)
	})
}

// WithUserAgent adds text to the end of the User-Agent header, such as the name and version of your program.
func WithUserAgent(text string) ClientOption {
	return clientOption(func(s *settings) {
		if !isHeaderValue(text) {
			s.fail("the addition to the User-Agent contains a line break or another control character")
		}
		s.userAgent = text
	})
}

// WithLogger logs each attempt and each wait at level debug. No log line has a key, code, number or text of a message.
func WithLogger(logger *slog.Logger) ClientOption {
	return clientOption(func(s *settings) { s.logger = logger })
}

// WithProxy sends all requests through the proxy at this address (http, https or socks5). Without this option,
// HTTP_PROXY, HTTPS_PROXY and NO_PROXY apply.
func WithProxy(address string) ClientOption {
	return clientOption(func(s *settings) { s.proxy = &address })
}

// WithCAFile trusts the certificate authorities in a PEM file as well as those of the system.
func WithCAFile(path string) ClientOption {
	return clientOption(func(s *settings) { s.caFile = &path })
}

// WithHTTPClient sends requests with an HTTP client of yours, as for a transport that traces. Its redirect policy is
// not used, because redirects are never followed. Close leaves its connections open.
func WithHTTPClient(client *http.Client) ClientOption {
	return clientOption(func(s *settings) {
		if client == nil {
			s.fail("the HTTP client is nil: leave WithHTTPClient out to use the default one")
		}
		s.httpClient = client
	})
}

// WithIdempotencyKey sets the idempotency key of a call: 1 to 255 printable ASCII characters. The server carries out a
// request once for each key. Every POST has one; this option makes it yours, so that it outlives your process.
func WithIdempotencyKey(key string) RequestOption {
	return requestOption(func(s *callSettings) {
		if key == "" || len(key) > longestIdempotencyKey || strings.ContainsFunc(key, notPrintable) {
			s.fail("an idempotency key has 1 to %d printable ASCII characters", longestIdempotencyKey)
		}
		s.idempotencyKey = &key
	})
}

// WithParam sends a parameter under its name in the API, in place of the field that the params have for it. It is for
// what the fields cannot say: a zero value, which is left out otherwise, a time that you have as text, and a parameter
// that a newer server has.
func WithParam(name string, value any) RequestOption {
	return requestOption(func(s *callSettings) {
		if s.params == nil {
			s.params = map[string]any{}
		}
		s.params[name] = value
	})
}

// Ptr returns a pointer to a value, for the optional fields of which zero means something.
func Ptr[T any](value T) *T { return &value }

// WithKnobs is for the tests of this module, which alone can make its argument.
func WithKnobs(k knobs.Knobs) ClientOption {
	return clientOption(func(s *settings) { s.knobs = k })
}

// isToken reports whether a text may be the name of a header.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return notPrintable(r) || strings.ContainsRune(` "(),/:;<=>?@[\]{}`, r)
	})
}

// isHeaderValue reports whether a text may be the value of a header.
func isHeaderValue(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// notPrintable reports whether a character is not printable ASCII.
func notPrintable(r rune) bool { return r < ' ' || r > '~' }
