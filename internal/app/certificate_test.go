package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
)

// lines is a log that tests wait for.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1000)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.more <- struct{}{} }()
	return l.text.Write(p)
}

// wait returns once a line has the words, n times in all.
func (l *lines) wait(t *testing.T, words string, n int) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		l.mu.Lock()
		text := l.text.String()
		l.mu.Unlock()
		if strings.Count(text, words) >= n {
			return
		}
		select {
		case <-l.more:
		case <-late:
			t.Fatalf("the log never says %q %d times:\n%s", words, n, text)
		}
	}
}

// TestReload_Certificate: a server that is asked to reload shows the new certificate to those who come from then on;
// files that are not good change nothing.
func TestReload_Certificate(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	var first *x509.CertPool
	c.TLS.CertFile, c.TLS.KeyFile, first = apptest.Certificate(t)
	log, reload, started := newLines(), make(chan os.Signal), make(chan *app.App, 1)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, c, app.ServeOptions{
			Log: slog.New(slog.NewTextHandler(log, nil)), Reload: reload, Ready: func(a *app.App) { started <- a },
		})
	}()
	a := <-started

	shows := func(name string, pool *x509.CertPool) {
		t.Helper()
		conn, err := tls.Dial("tcp", a.Addr().String(), &tls.Config{RootCAs: pool})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		_ = conn.Close()
	}
	shows("at first", first)

	replace := func(certFile, keyFile string) {
		t.Helper()
		certPEM, err := os.ReadFile(certFile)
		keyPEM, keyErr := os.ReadFile(keyFile)
		if err := errors.Join(err, keyErr, os.WriteFile(c.TLS.CertFile, certPEM, 0o600), os.WriteFile(c.TLS.KeyFile,
			keyPEM, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	newCert, newKey, second := apptest.Certificate(t)
	replace(newCert, c.TLS.KeyFile) // the old key
	reload <- syscall.SIGHUP
	log.wait(t, "the old certificate stays", 1)
	shows("after files that do not belong together", first)

	if err := os.Remove(c.TLS.KeyFile); err != nil {
		t.Fatal(err)
	}
	reload <- syscall.SIGHUP
	log.wait(t, "the old certificate stays", 2)
	shows("after the key was removed", first)

	for n, when := range []struct{ from, until time.Duration }{{-2 * time.Hour, -time.Hour}, {
		time.Hour,
		2 * time.Hour,
	}} {
		badCert, badKey, _ := apptest.CertificateOf(t, time.Now().Add(when.from), time.Now().Add(when.until))
		replace(badCert, badKey)
		reload <- syscall.SIGHUP
		log.wait(t, "the old certificate stays", 3+n)
		shows(fmt.Sprintf("after a certificate that is valid from %v to %v", when.from, when.until), first)
	}
	log.wait(t, "expired at ", 1)
	log.wait(t, "is not valid before ", 1)

	if err := errors.Join(os.Remove(c.TLS.CertFile), syscall.Mkfifo(c.TLS.CertFile, 0o600)); err != nil {
		t.Fatal(err)
	}
	reload <- syscall.SIGHUP
	log.wait(t, "it is not a regular file", 1)
	shows("after a pipe", first)
	if err := os.Remove(c.TLS.CertFile); err != nil {
		t.Fatal(err)
	}

	replace(newCert, newKey)
	reload <- syscall.SIGHUP
	log.wait(t, "the certificate files were read again", 1)
	shows("after good files", second)

	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

// TestReload_WithoutFiles: there is nothing to reload, and the server keeps running.
func TestReload_WithoutFiles(t *testing.T) {
	t.Parallel()
	log, reload, started := newLines(), make(chan os.Signal), make(chan *app.App, 1)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, apptest.Config(t), app.ServeOptions{
			Log: slog.New(slog.NewTextHandler(log, nil)), Reload: reload, Ready: func(a *app.App) { started <- a },
		})
	}()
	<-started
	reload <- syscall.SIGHUP
	log.wait(t, "no certificate files", 1)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}
