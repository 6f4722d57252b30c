package preflight_test

import (
	"encoding/pem"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/preflight"
)

// TestWarnings_Certificate checks the warnings of a certificate that clients reject, and of a key that all users can
// read.
func TestWarnings_Certificate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, one := range map[string]struct {
		from, until time.Duration
		mode        os.FileMode
		want        []string
	}{
		"good":           {from: -time.Hour, until: time.Hour, mode: 0o640},
		"expired":        {from: -2 * time.Hour, until: -time.Hour, mode: 0o600, want: []string{"expired at"}},
		"not yet valid":  {from: time.Hour, until: 2 * time.Hour, mode: 0o600, want: []string{"is not valid before"}},
		"a readable key": {from: -time.Hour, until: time.Hour, mode: 0o644, want: []string{"mode 0644"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := apptest.Config(t)
			c.TLS.CertFile, c.TLS.KeyFile, _ = apptest.CertificateOf(t, now.Add(one.from), now.Add(one.until))
			if err := os.Chmod(c.TLS.KeyFile, one.mode); err != nil {
				t.Fatal(err)
			}

			got := preflight.Warnings(c, now)
			if len(got) != len(one.want) {
				t.Fatalf("warnings %v, want %q", got, one.want)
			}
			for i, want := range one.want {
				if !strings.Contains(got[i].String(), want) {
					t.Errorf("warning %q, want %q", got[i], want)
				}
			}
		})
	}
}

// TestCheck_EncryptedKey checks the message about a key that needs a passphrase.
func TestCheck_EncryptedKey(t *testing.T) {
	t.Parallel()
	for name, block := range map[string]*pem.Block{
		"PKCS 8": {Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")},
		"older": {
			Type: "RSA PRIVATE KEY", Bytes: []byte("x"),
			Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := apptest.Config(t)
			c.TLS.CertFile, c.TLS.KeyFile, _ = apptest.Certificate(t)
			if err := os.WriteFile(c.TLS.KeyFile, pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := preflight.Check(c); err == nil || !strings.Contains(err.Error(),
				"is encrypted with a passphrase") {
				t.Errorf("Check = %v", err)
			}
		})
	}
}
