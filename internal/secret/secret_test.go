package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/secret"
)

func TestString_NeverPrints(t *testing.T) {
	t.Parallel()
	const canary = "847291"
	text := secret.NewString(canary)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("send", "code", text)
	asJSON, err := json.Marshal(map[string]any{"code": text})
	if err != nil {
		t.Fatal(err)
	}

	for name, s := range map[string]string{
		"%v": fmt.Sprintf("%v", text), "%+v": fmt.Sprintf("%+v", text), "%#v": fmt.Sprintf("%#v", text),
		"%s": fmt.Sprintf("%s", text), "in a struct": fmt.Sprintf("%+v", struct{ T secret.String }{text}),
		"slog": log.String(), "json": string(asJSON),
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(s, canary) {
				t.Errorf("the secret is printed: %s", s)
			}
		})
	}
	if text.Reveal() != canary {
		t.Error("Reveal lost the text")
	}
}

func ring(t *testing.T) *secret.Keyring {
	t.Helper()
	k, err := secret.NewKeyring(secret.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyring_SealIsBoundToLocation(t *testing.T) {
	t.Parallel()
	k := ring(t)
	here := secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")}
	sealed := k.Seal([]byte("+32470123456"), here)
	if got, err := k.Open(sealed, here); err != nil || string(got) != "+32470123456" {
		t.Fatalf("Open = %q, %v", got, err)
	}

	at := func(change func(*secret.Location)) secret.Location {
		l := here
		change(&l)
		return l
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, c := range map[string]struct {
		ring   *secret.Keyring
		sealed []byte
		at     secret.Location
	}{
		"another row":     {ring: k, sealed: sealed, at: at(func(l *secret.Location) { l.Row = []byte("row2") })},
		"another account": {ring: k, sealed: sealed, at: at(func(l *secret.Location) { l.Account[0] = 2 })},
		"another column":  {ring: k, sealed: sealed, at: at(func(l *secret.Location) { l.Column = "body" })},
		"another table":   {ring: k, sealed: sealed, at: at(func(l *secret.Location) { l.Table = "message" })},
		"another key":     {ring: ring(t), sealed: sealed, at: here},
		"a changed bit":   {ring: k, sealed: changed, at: here},
		"cut off":         {ring: k, sealed: sealed[:10], at: here},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := c.ring.Open(c.sealed, c.at); !errors.Is(err, secret.ErrWrongKey) {
				t.Errorf("error %v, want ErrWrongKey", err)
			}
		})
	}
}

func TestKeyring_RequestMACAndIndexKey(t *testing.T) {
	t.Parallel()
	k := ring(t)
	if secret.Equal(k.RequestMAC([]byte("ab"), []byte("c")), k.RequestMAC([]byte("a"), []byte("bc"))) {
		t.Error("two lists of parts have one MAC")
	}

	index := secret.NewIndexKey()
	again, err := k.Unwrap(k.Wrap(index))
	if err != nil || again.MAC([]byte("x")) != index.MAC([]byte("x")) {
		t.Errorf("the index key changed while wrapped: %v", err)
	}
	if _, err := ring(t).Unwrap(k.Wrap(index)); !errors.Is(err, secret.ErrWrongKey) {
		t.Errorf("another master key unwrapped the index key: %v", err)
	}
	if _, err := secret.NewKeyring([]byte("short")); err == nil {
		t.Error("a short master key was accepted")
	}
}
