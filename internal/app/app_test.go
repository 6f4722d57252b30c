package app_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"testing"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestServe_TLSFromFiles(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	var pool *x509.CertPool
	c.TLS.CertFile, c.TLS.KeyFile, pool = apptest.Certificate(t)
	ctx, stop := context.WithCancel(t.Context())
	a, err := app.New(ctx, c, testworld.Discard)
	if err != nil {
		t.Fatal(err)
	}

	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool},
		ForceAttemptHTTP2: true,
	}}
	resp, err := client.Get("https://" + a.Addr().String() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}

	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.TLS.Version < tls.VersionTLS12 || resp.ProtoMajor != 2 {
		t.Errorf("status %d, TLS %x, %s", resp.StatusCode, resp.TLS.Version, resp.Proto)
	}

	client.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}
