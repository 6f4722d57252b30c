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

func TestText_NeverPrints(t *testing.T) {
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
		if strings.Contains(s, canary) {
			t.Errorf("%s prints the secret: %s", name, s)
		}
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

func TestSeal_OpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	k := ring(t)
	sealed := k.Seal([]byte("+32470123456"), secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")})
	if got, err := k.Open(sealed, secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")}); err != nil || string(got) != "+32470123456" {
		t.Fatalf("Open = %q, %v", got, err)
	}

	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another row": func() ([]byte, error) {
			return k.Open(sealed, secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row2")})
		},
		"another account": func() ([]byte, error) {
			return k.Open(sealed, secret.Location{Table: "otp", Column: "number", Account: [16]byte{2}, Row: []byte("row1")})
		},
		"another column": func() ([]byte, error) {
			return k.Open(sealed, secret.Location{Table: "otp", Column: "body", Account: [16]byte{1}, Row: []byte("row1")})
		},
		"another table": func() ([]byte, error) {
			return k.Open(sealed, secret.Location{Table: "message", Column: "number", Account: [16]byte{1}, Row: []byte("row1")})
		},
		"another key": func() ([]byte, error) {
			return ring(t).Open(sealed, secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")})
		},
		"a changed bit": func() ([]byte, error) {
			return k.Open(changed, secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")})
		},
		"cut off": func() ([]byte, error) {
			return k.Open(sealed[:10], secret.Location{Table: "otp", Column: "number", Account: [16]byte{1}, Row: []byte("row1")})
		},
	} {
		if _, err := open(); !errors.Is(err, secret.ErrWrongKey) {
			t.Errorf("%s: error %v, want ErrWrongKey", name, err)
		}
	}
}

func TestMAC_KeepsPartsApart(t *testing.T) {
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
		t.Error("a short master key was taken")
	}
}
