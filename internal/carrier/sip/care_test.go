package sip

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/secret"
)

// startPeer answers what comes to a UDP socket besides calls.
func startPeer(t *testing.T, answer func(r *sip.Request) *sip.Response) (addr string) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		parser := sip.NewParser()
		for buffer := make([]byte, 4096); ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			message, err := parser.ParseSIP(append([]byte(nil), buffer[:n]...))
			r, ok := message.(*sip.Request)
			if err != nil || !ok {
				continue
			}
			if response := answer(r); response != nil {
				_, _ = conn.WriteTo([]byte(response.String()), from)
			}
		}
	}()

	return conn.LocalAddr().String()
}

// guarded answers with a status once the password is right, and asks for it before, by asks; 0 = it does not ask.
func guarded(asks, status int) func(r *sip.Request) *sip.Response {
	return func(r *sip.Request) *sip.Response {
		fields := challenges[asks]
		h := r.GetHeader(fields[1])
		if asks != 0 && h == nil {
			response := sip.NewResponseFromRequest(r, asks, "Who are you", nil)
			response.AppendHeader(sip.NewHeader(fields[0], `Digest realm="trunk", nonce="n", algorithm=MD5, qop="auth"`))
			return response
		}
		if h != nil {
			got, err := digest.ParseCredentials(h.Value())
			if err != nil {
				return sip.NewResponseFromRequest(r, 400, "Bad", nil)
			}
			want, err := digest.Digest(&digest.Challenge{
				Realm: "trunk", Nonce: "n", Algorithm: "MD5", QOP: []string{"auth"},
			}, digest.Options{
				Method: string(r.Method), URI: got.URI, Count: got.Nc, Cnonce: got.Cnonce, Username: "user", Password: "right",
			})
			if err != nil || want.Response != got.Response {
				return sip.NewResponseFromRequest(r, 403, "Forbidden", nil)
			}
		}
		return sip.NewResponseFromRequest(r, status, "Reason", nil)
	}
}

// byMethod answers OPTIONS one way and REGISTER another.
func byMethod(options, register func(*sip.Request) *sip.Response) func(*sip.Request) *sip.Response {
	return func(r *sip.Request) *sip.Response {
		if r.Method == sip.REGISTER {
			return register(r)
		}
		return options(r)
	}
}

// madeForTest is a carrier that nobody runs.
func madeForTest(t *testing.T, c Config) *Carrier {
	t.Helper()
	defaults := Factory.NewSettings().(*Config)
	if c.Transport == "" {
		c.Transport = UDP
	}
	c.LocalAddr, c.RTPPorts, c.MaxCalls, c.RingTimeout = "127.0.0.1:5099", defaults.RTPPorts, 1, defaults.RingTimeout
	made, err := c.Make(carrier.Common{Name: "trunk", From: "+3221234567", AnswerTimeout: 2 * time.Second}, nil)
	if err != nil {
		t.Fatal(err)
	}

	return made.(*Carrier)
}

func TestCarrier_Test(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer         func(*sip.Request) *sip.Response
		password       string
		name           string
		found, problem string
	}{
		"known by its address":  {guarded(0, 200), "", carrier.CheckCredentials, "answers this server", ""},
		"not known":             {guarded(0, 403), "", carrier.CheckCredentials, "", "have it know this server's address"},
		"a password is missing": {guarded(401, 200), "", carrier.CheckCredentials, "", "set username and password"},
		"right password":        {guarded(401, 200), "right", carrier.CheckCredentials, "accepts username and password", ""},
		"a proxy asks":          {guarded(407, 200), "right", carrier.CheckCredentials, "accepts username and password", ""},
		"no such method":        {guarded(407, 405), "right", carrier.CheckCredentials, "accepts username and password", ""},
		"wrong password":        {guarded(401, 200), "wrong", carrier.CheckCredentials, "", "rejects username and password"},
		"only REGISTER asks": {
			byMethod(guarded(0, 200), guarded(401, 200)), "right", carrier.CheckCredentials, "accepts username and password", "",
		},
		"REGISTER refuses": {
			byMethod(guarded(0, 200), guarded(401, 200)), "wrong", carrier.CheckCredentials, "", "rejects username and password",
		},
		"nobody asks": {
			byMethod(guarded(0, 200), guarded(0, 405)), "right", carrier.CheckCredentials, "did not ask for the password", "",
		},
		"no answer": {
			func(*sip.Request) *sip.Response { return nil }, "", carrier.CheckConnection, "", "does not answer; check server",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := Config{Server: startPeer(t, func(r *sip.Request) *sip.Response {
				if r.Method != sip.OPTIONS && r.Method != sip.REGISTER || r.Contact() != nil && r.Method == sip.REGISTER {
					t.Errorf("got %s", r)
				}
				return c.answer(r)
			})}
			if c.password != "" {
				config.Username, config.Password = "user", secret.NewString(c.password)
			}
			checks := madeForTest(t, config).Test(t.Context())
			last := checks[len(checks)-1]
			if last.Name != c.name || !strings.Contains(last.Found, c.found) || !strings.Contains(last.Problem, c.problem) ||
				(last.Problem == "") != (c.problem == "") {
				t.Errorf("%+v", checks)
			}
		})
	}
}

// TestCarrier_TestConnection: a connection that is not made is explained, and so is a wrong certificate.
func TestCarrier_TestConnection(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name, c := range map[string]struct {
		config        Config
		name, problem string
	}{
		"refused":     {Config{Server: "127.0.0.1:1", Transport: TCP}, carrier.CheckConnection, "refuses the connection"},
		"TLS refused": {Config{Server: "127.0.0.1:1", Transport: TLS}, carrier.CheckConnection, "refuses the connection"},
		"not in DNS":  {Config{Server: "trunk.invalid:5060", Transport: TCP}, carrier.CheckConnection, "DNS"},
		"UDP and DNS": {Config{Server: "trunk.invalid:5060"}, carrier.CheckConnection, "check server"},
		"silent":      {Config{Server: silent.Addr().String(), Transport: TCP}, carrier.CheckConnection, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks := madeForTest(t, c.config).Test(t.Context())
			last := checks[len(checks)-1]
			if last.Name != c.name || !strings.Contains(last.Problem, c.problem) {
				t.Errorf("%+v", checks)
			}
		})
	}
	for _, bad := range []carriertest.Certificate{carriertest.SelfSigned, carriertest.Expired, carriertest.OtherHost} {
		t.Run(string(bad), func(t *testing.T) {
			t.Parallel()
			checks := madeForTest(t, Config{Server: carriertest.ListenTLS(t, bad), Transport: TLS}).Test(t.Context())
			if len(checks) != 1 || checks[0].Name != carrier.CheckCertificate ||
				!strings.Contains(checks[0].Problem, bad.Named()) {
				t.Errorf("%+v", checks)
			}
		})
	}
}

// TestDial_Certificate: a call over TLS that is not made because of the certificate says so, and no second call
// follows.
func TestDial_Certificate(t *testing.T) {
	t.Parallel()
	for _, bad := range []carriertest.Certificate{carriertest.SelfSigned, carriertest.Expired, carriertest.OtherHost} {
		t.Run(string(bad), func(t *testing.T) {
			t.Parallel()
			c := newTest(t, Config{Server: carriertest.ListenTLS(t, bad), Transport: TLS}, carrier.Sink{}, 5*time.Second)
			got := c.Send(t.Context(), message1("40", "en"))
			if got.Outcome != carrier.Retry || !strings.Contains(got.Cause, bad.Named()) || len(got.Cause) > 256 {
				t.Errorf("%+v", got)
			}
		})
	}
}
