package syssecure

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/go/v2/internal/knobs"
)

const (
	defaultBaseURL = "https://api.syssecure.me"
	envAPIKey      = "SYSSECURE_API_KEY"
	envBaseURL     = "SYSSECURE_BASE_URL"

	idleConnections = 256
)

func resolveKey(given *string) (string, *ConfigurationError) {
	key := os.Getenv(envAPIKey)
	if given != nil {
		key = *given
	}

	switch {
	case key == "" && given != nil:
		return "", configurationError("the API key is empty: give NewClient the key that starts with sk_")
	case key == "":
		return "", configurationError("there is no API key: give it to NewClient, or set %s", envAPIKey)
	case strings.ContainsFunc(key, func(r rune) bool { return r == ' ' || notPrintable(r) }):
		return "", configurationError("the API key contains a space, a line break or another character that no key has")
	}

	return key, nil
}

// resolveBaseURL returns the address with /v2, and whether it is the default one.
func resolveBaseURL(given *string, insecure bool) (address string, isDefault bool, err *ConfigurationError) {
	source := "the base URL"
	switch {
	case given != nil:
		address = *given
	case os.Getenv(envBaseURL) != "":
		address, source = os.Getenv(envBaseURL), envBaseURL
	default:
		address, isDefault = defaultBaseURL, true
	}

	u, parseErr := url.Parse(address)
	switch {
	case parseErr != nil || u.Hostname() == "" || !isPort(u.Port()) || u.Scheme != "https" && u.Scheme != "http":
		return "", false, configurationError("%s must be an address such as https://otp.example.com", source)
	case u.User != nil:
		return "", false, configurationError("%s must not hold a user or a password", source)
	case strings.ContainsAny(address, "?#"):
		return "", false, configurationError("%s must not hold a query or a fragment", source)
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return "", false, configurationError("%s is plain HTTP, which shows the key to anyone in between: "+
			"use https, or allow it with WithAllowInsecureHTTP", source)
	}

	address = strings.TrimRight(address, "/")
	if !strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v2") {
		address += "/v2"
	}

	return address, isDefault, nil
}

// isPort reports whether a text is the port of an address, or empty for that of its scheme.
func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)

	return text == "" || err == nil && n > 0
}

// environmentProxy is the proxy of the environment, but none for this machine: it would see the key, which plain HTTP
// carries.
func environmentProxy(r *http.Request) (*url.URL, error) {
	if isLoopback(r.URL.Hostname()) {
		return nil, nil //nolint:nilnil // net/http's way to say: no proxy
	}
	return http.ProxyFromEnvironment(r)
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)

	return err == nil && ip.IsLoopback()
}

// newHTTPClient returns the client that sends the requests, and what Close calls.
func newHTTPClient(s *settings) (*http.Client, func(), *ConfigurationError) {
	if s.httpClient != nil {
		if s.proxy != nil || s.caFile != nil || s.connectTimeout != 0 {
			return nil, nil, configurationError("WithHTTPClient cannot be combined with WithProxy, WithCAFile and " +
				"WithConnectTimeout: set these in the HTTP client")
		}
		client := *s.httpClient
		client.CheckRedirect = noRedirects

		return &client, func() {}, nil
	}

	t, err := newTransport(s)
	if err != nil {
		return nil, nil, err
	}

	return &http.Client{Transport: once{t}, CheckRedirect: noRedirects}, t.CloseIdleConnections, nil
}

func noRedirects(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func newTransport(s *settings) (*http.Transport, *ConfigurationError) {
	connect := s.connectTimeout
	if connect == 0 {
		connect = defaultConnectTimeout
	}
	t := &http.Transport{
		Proxy:               environmentProxy,
		DialContext:         (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: connect,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     90 * time.Second,
	}

	if s.proxy != nil {
		u, err := url.Parse(*s.proxy)
		if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
			return nil, configurationError("the proxy must be an address such as http://proxy.example.com:3128")
		}
		t.Proxy = http.ProxyURL(u)
	}

	if s.caFile != nil {
		pool, err := readAuthorities(*s.caFile)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}

	return t, nil
}

func readAuthorities(path string) (*x509.CertPool, *ConfigurationError) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, configurationError("the file of certificate authorities cannot be read: %v", err)
	}

	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(text) {
		return nil, configurationError("the file of certificate authorities holds no certificate in PEM format")
	}

	return pool, nil
}

// once keeps net/http from sending a request a second time by itself, which it does with idempotent requests when the
// server closes a connection that was used before. The number of attempts is the caller's to choose. Net/http takes a
// POST for idempotent by the spelling of one header name, and a GET unless it may have a body.
type once struct{ *http.Transport }

func (o once) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.WithContext(req.Context())
	if req.Method == http.MethodGet {
		req.Body = noBody{}
	}
	if key, ok := req.Header[headerIdempotencyKey]; ok {
		req.Header = req.Header.Clone()
		delete(req.Header, headerIdempotencyKey)
		req.Header["idempotency-key"] = key
	}

	return o.Transport.RoundTrip(req)
}

// noBody is an empty body that net/http does not know.
type noBody struct{}

func (noBody) Read([]byte) (int, error) { return 0, io.EOF }
func (noBody) Close() error             { return nil }

// userAgent describes this package and where it runs.
func userAgent(addition string) string {
	version := strings.ReplaceAll(strings.TrimPrefix(runtime.Version(), "go"), " ", "_")
	agent := "syssecure-go/" + Version + " (go/" + version + "; " + runtime.GOOS + " " + runtime.GOARCH + ")"
	if addition != "" {
		agent += " " + addition
	}

	return agent
}

// withDefaults sets the knobs that nobody turned.
func withDefaults(k knobs.Knobs) knobs.Knobs {
	if k.Now == nil {
		k.Now = time.Now
	}
	if k.Sleep == nil {
		k.Sleep = sleep
	}
	if k.Random == nil {
		k.Random = rand.Float64
	}

	return k
}
