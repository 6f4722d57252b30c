package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/id"
)

// TestServe_DrainRejectsNewConnections: while a request is under way, a server that ends refuses new connections, and
// answers the request.
func TestServe_DrainRejectsNewConnections(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ready, ended := make(chan *app.App, 1), make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, apptest.Config(t), app.ServeOptions{
			Log: slog.New(slog.DiscardHandler), Ready: func(a *app.App) { ready <- a },
		})
	}()

	var a *app.App
	select {
	case a = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}

	underWay := begun(t, a)
	addr := a.Addr()
	stop()

	refused := false
	for until := time.Now().Add(time.Minute); !refused && time.Now().Before(until); {
		c, err := net.DialTimeout("tcp", addr.String(), time.Second)
		if refused = errors.Is(err, syscall.ECONNREFUSED); err == nil {
			_ = c.Close()
		}
	}
	if !refused {
		t.Error("a server that ends still accepts connections")
	}

	fmt.Fprint(underWay, "{}")
	answer, err := io.ReadAll(underWay)
	if err != nil || len(answer) == 0 {
		t.Errorf("the request under way got %q, %v", answer, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// begun is a connection with a request that the server has begun to read the body of.
func begun(t *testing.T, a *app.App) net.Conn {
	t.Helper()
	made, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, key, err := a.Base.Admin.CreateKey(t.Context(), made.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	c, err := net.Dial("tcp", a.Addr().String())
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = c.Close() })
	fmt.Fprintf(c, "POST /v2/otp/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: "+
		"application/json\r\n"+
		"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n", key.Reveal())
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("the server says %q, %v", line, err)
	}

	return c
}
