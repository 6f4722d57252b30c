package httpapi_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/httpapi"
	"github.com/syssecure/syssecure/internal/listener"
	"github.com/syssecure/syssecure/internal/testworld"
)

// wire is a server behind a socket.
type wire struct {
	*api
	address string
	dial    func() (net.Conn, error)
}

// newWire serves the API on a socket, as a program does; with TLS when a configuration is given.
func newWire(t *testing.T, config *tls.Config) wire {
	t.Helper()
	a := newAPI(t, testworld.Options{})
	c := a.server.Config
	c.PublicURL = "https://otp.example.com"
	server := httpapi.New(c)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	address := l.Addr().String()
	if config == nil {
		l = listener.Plain(l, server.Unhandled)
	} else {
		l = listener.TLS(l, config, server.Unhandled, c.Log)
	}

	h := server.HTTPServer()
	h.TLSConfig = config
	done := make(chan error, 1)
	go func() { done <- h.Serve(l) }()
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})

	return wire{a, address, func() (net.Conn, error) { return net.Dial("tcp", address) }}
}

// speak sends bytes and returns the answers until the connection closes; closed reports whether the server closed it.
func (w wire) speak(t *testing.T, sent string) (answers []answer, closed bool) {
	t.Helper()
	c, err := w.dial()
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, sent); err != nil {
		t.Fatal(err)
	}

	r := bufio.NewReader(c)
	for {
		// Whether it is closed is seen by asking for one byte more, as long as the server would need to answer.
		if len(answers) > 0 && !answers[len(answers)-1].closes() {
			return answers, false
		}
		if _, err := r.Peek(1); err != nil {
			return answers, true
		}

		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%q is answered by no HTTP: %v", sent, err)
		}

		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}

		a := answer{ResponseRecorder: httptest.NewRecorder(), t: t, text: string(body)}
		a.Code, a.HeaderMap = resp.StatusCode, resp.Header
		if resp.Close {
			a.HeaderMap.Set("Connection", "close")
		}
		if err := json.Unmarshal(body, &a.json); err != nil {
			t.Errorf("%q is answered %d %v by no JSON: %q", sent, resp.StatusCode, resp.Header, body)
		}
		answers = append(answers, a)
	}
}

func (w answer) closes() bool { return w.Header().Get("Connection") == "close" }

// refusals are requests that net/http refuses by itself, and similar ones.
func (w wire) refusals() map[string]struct {
	sent   string
	status int
} {
	key := "Authorization: Bearer " + w.test + "\r\n"
	return map[string]struct {
		sent   string
		status int
	}{
		"a malformed line": {sent: "GARBAGE\r\n\r\n", status: 400},
		"no version":       {sent: "GET /v2/balance\r\n\r\n", status: 400},
		"a bad method":     {sent: "GE T /v2/balance HTTP/1.1\r\nHost: a\r\n\r\n", status: 400},
		"no host":          {sent: "GET /v2/balance HTTP/1.1\r\n" + key + "\r\n", status: 400},
		"two hosts": {
			sent:   "GET /v2/balance HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + key + "\r\n",
			status: 400,
		},
		"a bad host":               {sent: "GET /v2/balance HTTP/1.1\r\nHost: a b\r\n" + key + "\r\n", status: 400},
		"a bad header":             {sent: "GET /v2/balance HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", status: 400},
		"a header without a colon": {sent: "GET /v2/balance HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", status: 400},
		"a control character":      {sent: "GET /v2/balance HTTP/1.1\r\nHost: a\r\nX-A: a\x01b\r\n\r\n", status: 400},
		"a bad length": {
			sent:   "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
			status: 400,
		},
		"two lengths": {
			sent:   "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
			status: 400,
		},
		"a bad escape":       {sent: "GET /v2/%zz HTTP/1.1\r\nHost: a\r\n\r\n", status: 400},
		"an unknown version": {sent: "GET /v2/balance HTTP/3.7\r\nHost: a\r\n\r\n", status: 505},
		"HTTP/2 by guess":    {sent: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 505},
		"an unknown coding": {
			sent: "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", status: 501,
		},
		"two codings": {
			sent:   "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
			status: 501,
		},
		"a large head": {sent: "GET /v2/balance HTTP/1.1\r\nHost: a\r\nX-A: " + strings.Repeat("a",
			40<<10) + "\r\n\r\n", status: 431},
		"a long path": {sent: "GET /" + strings.Repeat("a", 100<<10) + " HTTP/1.1\r\nHost: a\r\n\r\n", status: 431},
		"an expectation": {
			sent: "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", status: 417,
		},
		"an expectation of 1.0": {
			sent: "POST /v2/otp/send HTTP/1.0\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", status: 417,
		},
		"both framings": {sent: "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\n" + key +
			"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 400},
		"both, the other way": {sent: "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\n" + key +
			"transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n", status: 400},
	}
}

func TestWire_RefusalsOfNetHTTP(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]*tls.Config{"plain": nil, "tls": selfSigned(t)} {
		w := newWire(t, config)
		if config != nil {
			dial := w.dial
			w.dial = func() (net.Conn, error) {
				c, err := dial()
				if err != nil {
					return nil, err
				}
				return tls.Client(c, &tls.Config{InsecureSkipVerify: true}), nil
			}
		}

		for what, c := range w.refusals() {
			t.Run(name+"/"+what, func(t *testing.T) {
				answers, closed := w.speak(t, c.sent)
				if len(answers) != 1 || !closed {
					t.Fatalf("%d answers, closed: %v", len(answers), closed)
				}

				got := answers[0].refusal(c.status, "invalid_params")
				if got.detail("doc_url") != "https://otp.example.com/docs/errors#invalid_params" ||
					got.Header().Get("Date") == "" {
					t.Errorf("answered %v %s", got.Header(), got.text)
				}
			})
		}
	}
}

// TestWire_AfterGoodRequest: the second request of a connection is refused in the same shape, sent together with the
// first or after its answer.
func TestWire_AfterGoodRequest(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	for what, c := range w.refusals() {
		for first, sent := range map[string]string{
			"a GET": "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
			"a POST": "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nTransfer-Encoding: " +
				"chunked\r\n\r\n",
			"of chunks": "POST /v2/otp/send HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + w.test +
				"\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		} {
			t.Run(what+"/"+first, func(t *testing.T) {
				conn, err := w.dial()
				if err != nil {
					t.Fatal(err)
				}

				defer func() { _ = conn.Close() }()
				if _, err := io.WriteString(conn, sent+c.sent); err != nil {
					t.Fatal(err)
				}
				if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
					t.Fatal(err)
				}

				r := bufio.NewReader(conn)
				var last string
				var status int
				for {
					resp, err := http.ReadResponse(r, nil)
					if err != nil {
						break
					}

					body, err := io.ReadAll(resp.Body)
					if err != nil {
						t.Fatal(err)
					}
					status, last = resp.StatusCode, string(body)
				}
				if status != c.status || !strings.Contains(last, `"code":"invalid_params"`) || !strings.Contains(last,
					`"request_id":"req_`) {
					t.Errorf("the last answer is %d %s, want %d", status, last, c.status)
				}
			})
		}
	}
}

func TestWire_OptionsAsterisk(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	for sent, status := range map[string]int{
		"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n": 405, "GET * HTTP/1.1\r\nHost: a\r\n\r\n": 404,
		"OPTIONS /v2/otp/send HTTP/1.1\r\nHost: a\r\n\r\n":                  405,
		"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n":                               404,
		"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n": 404,
	} {
		answers, _ := w.speak(t, sent)
		if len(answers) != 1 {
			t.Fatalf("%q: %d answers", sent, len(answers))
		}

		answers[0].refusal(status, map[int]string{405: "invalid_params", 404: "not_found"}[status])
		if status == 405 && answers[0].Header().Get("Allow") == "" {
			t.Errorf("%q: no Allow", sent)
		}
	}
}

// TestWire_Accepted: connections are reused, chunked bodies are read, 100-continue works.
func TestWire_Accepted(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	key := "Host: a\r\nAuthorization: Bearer " + w.test + "\r\n"
	body := `{"to":"+32470123456","channels":["sms"]}`
	chunks := "14\r\n" + body[:20] + "\r\n14\r\n" + body[20:] + "\r\n0\r\n\r\n"
	for name, sent := range map[string]string{
		"chunks": "POST /v2/otp/send HTTP/1.1\r\n" + key + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
		"100-continue": "POST /v2/otp/send HTTP/1.1\r\n" + key + "Expect: 100-continue\r\nContent-Length: 40\r\n\r\n" +
			body,
		"head": "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, err := w.dial()
			if err != nil {
				t.Fatal(err)
			}

			r := bufio.NewReader(c)
			for i := range 3 {
				if _, err := io.WriteString(c, sent); err != nil {
					t.Fatal(err)
				}
				method, _, _ := strings.Cut(sent, " ")
				request, err := http.NewRequestWithContext(t.Context(), method, "http://a/", nil)
				if err != nil {
					t.Fatal(err)
				}

				resp, err := http.ReadResponse(r, request)
				if err == nil && resp.StatusCode == http.StatusContinue {
					resp, err = http.ReadResponse(r, request)
				}
				if err != nil {
					t.Fatalf("%s, round %d: %v", name, i, err)
				}

				text, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != http.StatusOK || resp.Close {
					t.Fatalf("%s, round %d: %d %s, %v", name, i, resp.StatusCode, text, err)
				}
			}
			_ = c.Close()
		})
	}
}

// overTLS is a client of a server with a self-signed certificate, over HTTP/2 or HTTP/1.
func overTLS(t *testing.T, h2 bool) *http.Client {
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: h2, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// balance is a request for it over TLS.
func (w wire) balance(t *testing.T) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+w.address+"/v2/balance", nil)
	if err != nil {
		t.Fatal(err)
	}

	request.Header.Set("Authorization", "Bearer "+w.test)

	return request
}

func TestWire_TLS(t *testing.T) {
	t.Parallel()
	w := newWire(t, selfSigned(t))

	// Clients can use HTTP/2.
	for _, h2 := range []bool{true, false} {
		client := overTLS(t, h2)
		resp, err := client.Do(w.balance(t))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.Body.Close() != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || (resp.ProtoMajor == 2) != h2 || resp.TLS == nil {
			t.Errorf("HTTP/2 wanted: %v; %s %d", h2, resp.Proto, resp.StatusCode)
		}
	}

	// Plain HTTP gets an answer that says so, also while another connection is silent.
	silent, err := w.dial()
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = silent.Close() }()
	answers, closed := w.speak(t, "GET /v2/balance HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n")
	if len(answers) != 1 || !closed {
		t.Fatalf("%d answers, closed: %v", len(answers), closed)
	}
	if got := answers[0].refusal(400, "invalid_params"); !strings.Contains(got.str("message"), "https://") {
		t.Errorf("answered %s", got.text)
	}
}

// selfSigned is a configuration with the certificate that httptest has.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return &tls.Config{
		Certificates: s.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12,
	}
}
