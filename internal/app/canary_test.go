package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/secret"
)

// provider answers every connection in a way that betrays what it was sent, and returns its address.
func provider(t *testing.T, answer func(conn net.Conn, request []byte)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buffer := make([]byte, 16<<10)
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				n, err := conn.Read(buffer)
				if err == nil {
					answer(conn, buffer[:n])
				}
			}()
		}
	}()

	return listener.Addr().String()
}

// quoting is an HTTP answer whose every part repeats the request.
func quoting(status int) func(net.Conn, []byte) {
	return func(conn net.Conn, request []byte) {
		text := strings.NewReplacer("\r", " ", "\n", " ", "\"", " ").Replace(string(request))
		body := fmt.Sprintf(`{"code":%q,"error":%[1]q,"message":%[1]q,"ok":false,"status":%[1]q,"errors":[{"code":%[1]q}],`+
			`"messages":[{"status":%[1]q}],"errorCode":%[1]q}`, text)
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nLocation: http://127.0.0.1:1/%s\r\nContent-Length: %d\r\n\r\n%s", status, text,
			url.PathEscape(text), len(body), body)
	}
}

// betrayed lists the forms of a secret that no text may have: as it is, and as Basic credentials have it.
func betrayed(s string) []string {
	forms := []string{s, url.QueryEscape(s)}
	for _, before := range []string{"", "x", "xx"} { // base64 has three, by what stands before
		text := base64.RawStdEncoding.EncodeToString([]byte(before + s))
		forms = append(forms, text[4:len(text)-2])
	}
	return forms
}

// canary is a log of everything that operators and customers can read.
type canary struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *canary) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *canary) note(format string, values ...any) { _, _ = fmt.Fprintf(c, format+"\n", values...) }

// TestCarriers_Secrets: over every kind, and whatever the provider or a stranger does, no secret of the configuration, no code
// and no text is in a log, a cause, a check or an error.
func TestCarriers_Secrets(t *testing.T) {
	t.Parallel()
	const code, text = "735190", "canary-of-a-text"
	for name, addr := range map[string]string{
		"refused": "127.0.0.1:1", "no DNS": "provider.invalid:5060",
		"401": provider(t, quoting(401)), "400": provider(t, quoting(400)), "302": provider(t, quoting(302)),
		"500": provider(t, quoting(500)), "200": provider(t, quoting(200)),
		"echo":            provider(t, func(conn net.Conn, request []byte) { _, _ = conn.Write(request) }),
		"reset":           provider(t, func(conn net.Conn, _ []byte) { _ = conn.(*net.TCPConn).SetLinger(0) }),
		"bad certificate": carriertest.ListenTLS(t, carriertest.SelfSigned),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kinds := apptest.Kinds(addr, name == "bad certificate")
			conf := apptest.WithKinds(t, kinds)
			for i, c := range conf.Carriers {
				read := &canary{}
				drive(t, read, c, kinds[i].Secrets, code, text)

				got := read.text.String()
				for _, s := range append(kinds[i].Secrets, code, text) {
					for _, form := range betrayed(s) {
						if at := strings.Index(got, form); at >= 0 {
							t.Errorf("%s: %q is in %q", kinds[i].Name, form, got[max(0, at-80):min(len(got), at+80)])
						}
					}
				}
				if !strings.Contains(got, "sent: ") || len(got) < 100 {
					t.Errorf("%s: nothing was read: %q", kinds[i].Name, got)
				}
			}
		})
	}
}

// drive has a carrier fail in all ways, and notes everything that it says.
func drive(t *testing.T, read *canary, c config.Carrier, secrets []string, code, text string) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(read, &slog.HandlerOptions{Level: slog.LevelDebug}))
	made, err := c.Settings.Make(c.Common, log)
	if err != nil {
		t.Fatal(err)
	}
	read.note("settings: %+v %v %#v", c.Settings, c.Settings, c.Common)
	log.Info("settings", "carrier", c.Settings, "common", c.Common)

	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	if r, ok := made.(carrier.Runner); ok {
		sink := carrier.Sink{Unreported: func(context.Context, string, time.Time, int) ([]carrier.Unreported, error) {
			return nil, nil
		}}
		running.Go(func() { read.note("ended: %v", r.Run(ctx, sink)) })
	}
	for _, withCode := range []bool{true, false} {
		m := carrier.Message{
			Ref: "msg_1", Channel: made.Channels()[0], To: "+32470000001", Body: secret.NewString(text + " " + code),
			Locale: "en", Validity: time.Minute,
		}
		if withCode {
			m.Code = secret.NewString(code)
		}
		got := made.Send(ctx, m)
		read.note("sent: %v %v %s %s", got.Outcome, got.Reason, got.Cause, got.CarrierCode)
	}
	if tester, ok := made.(carrier.Tester); !ok {
		t.Errorf("%s is no Tester", made.Name())
	} else {
		read.note("checks: %+v", tester.Test(ctx))
	}
	if b, ok := made.(carrier.Bound); ok {
		_, _, problem := b.Sessions()
		read.note("sessions: %s", problem)
	}
	if r, ok := made.(carrier.Revoker); ok {
		read.note("revoke: %v", r.Revoke(ctx, "1", "ref"))
	}
	if caller, ok := made.(carrier.CallbackHandler); ok {
		callBack(read, caller, c.Common.Name, secrets)
	}
}

// callBack sends callbacks that a stranger makes, who has the secrets but not in their place.
func callBack(read *canary, caller carrier.CallbackHandler, name string, secrets []string) {
	for _, one := range append(secrets, "x") {
		for _, callback := range []string{"receipts", "inbound", "callback", "gather", "other"} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
				for _, kind := range []string{"application/json", "application/x-www-form-urlencoded", "text/" + "plain"} {
					body := `{"id":"` + one + `","status":"` + one + `"}`
					r := httptest.NewRequest(method, "/carriers/"+name+"/"+callback+"?x="+one, strings.NewReader(body))
					r.Header.Set("Content-Type", kind)
					r.Header.Set("X-Twilio-Signature", one)
					r.Header.Set("X-Hub-Signature-256", "sha256="+one)
					r.Header.Set("X-Request-Timestamp", one)
					w := httptest.NewRecorder()
					f := caller.ServeCallback(w, r, callback, carrier.Sink{
						Receipt: func(context.Context, carrier.Receipt) (bool, error) { return false, io.ErrUnexpectedEOF },
						Inbound: func(context.Context, carrier.Inbound) (bool, error) { return false, io.ErrUnexpectedEOF },
					})
					read.note("callback: %v %+v %s", f, w.Header(), w.Body)
				}
			}
		}
	}
}
