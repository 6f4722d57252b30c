package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// another is the configuration of another node of the same installation.
func another(t *testing.T, c *config.Config) *config.Config {
	t.Helper()
	other := *c
	other.Data = t.TempDir()
	return &other
}

// run serves until the test ends.
func run(t *testing.T, c *config.Config) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), c, testworld.Discard)
	if err != nil {
		t.Fatal(err)
	}

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})

	return a
}

// ask makes a request of a node and gives status and body.
func ask(t *testing.T, a *app.App, key, method, path, body string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.Addr().String()+path,
		strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}

	req.Header.Set("Authorization", "Bearer "+key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}

	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(text, &out) // some answers have no body

	return resp.StatusCode, out
}

// pair is two nodes of one installation with a key of each mode.
func pair(t *testing.T) (nodes [2]*app.App, live, test string, keyID string) {
	t.Helper()
	c := apptest.OnPostgres(t, pgtest.URL(t))
	nodes = [2]*app.App{run(t, c), nil}
	nodes[1] = run(t, another(t, c))
	a, err := nodes[0].Base.Admin.CreateAccount(t.Context(), "Acme", 100)
	if err != nil {
		t.Fatal(err)
	}

	made := func(mode id.Mode) (account.Key, string) {
		k, text, err := nodes[0].Base.Admin.CreateKey(t.Context(), a.ID, mode, nil)
		if err != nil {
			t.Fatal(err)
		}
		return k, text.Reveal()
	}
	k, live := made(id.Live)
	_, test = made(id.Test)

	return nodes, live, test, k.ID
}

// Keys, endpoints, opt-outs and codes are the same on every node.
func TestNodes_Agree(t *testing.T) {
	t.Parallel()
	nodes, live, test, keyID := pair(t)
	if status, _ := ask(t, nodes[1], live, "GET", "/v2/balance", ""); status != 200 {
		t.Fatalf("the key of one node is %d on the other", status)
	}

	status, made := ask(t, nodes[0], test, "POST", "/v2/webhooks", `{"url":"https://example.com/hook"}`)
	if status != 201 && status != 200 {
		t.Fatalf("%d %v", status, made)
	}
	if _, list := ask(t, nodes[1], test, "GET", "/v2/webhooks", ""); len(list["data"].([]any)) != 1 {
		t.Errorf("an endpoint made on one node is not on the other: %v", list)
	}

	// Sent on one node, verified on both, and valid once.
	_, sent := ask(t, nodes[0], test, "POST", "/v2/otp/send", `{"to":"+15005550006","channels":["sms"]}`)
	verify := fmt.Sprintf(`{"otp_id":%q,"code":"000000"}`, sent["otp_id"])
	var mu sync.Mutex
	var wg sync.WaitGroup
	valid := 0
	for n := range 20 {
		wg.Go(func() {
			status, out := ask(t, nodes[n%2], test, "POST", "/v2/otp/verify", verify)
			mu.Lock()
			defer mu.Unlock()
			if status != 200 {
				t.Errorf("verify: %d %v", status, out)
			}
			if out["valid"] == true {
				valid++
			}
		})
	}

	wg.Wait()
	if valid != 1 {
		t.Errorf("a code was valid %d times", valid)
	}
	if status, _ := ask(t, nodes[0], test, "PUT", "/v2/opt-outs/+32470123456", ""); status != 200 && status != 201 &&
		status != 204 {
		t.Fatalf("opt out: %d", status)
	}
	if status, out := ask(t, nodes[1], test, "POST", "/v2/sms/send", `{"to":"+32470123456","body":"Hello"}`); status != 422 {
		t.Errorf("a text to a number that opted out on the other node: %d %v", status, out)
	}
	if _, err := nodes[0].Base.Admin.RevokeKey(t.Context(), keyID); err != nil {
		t.Fatal(err)
	}

	waitFor(t, func() bool { // a second at most: see the gate's own test
		status, _ := ask(t, nodes[1], live, "GET", "/v2/balance", "")
		return status == 401
	})
}

// readyNow is no error when a connection breaks: the server that it was of has just ended.
func readyNow(t *testing.T, a *app.App) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.Addr().String()+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}

	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()

	return resp.StatusCode == 200
}

// A fenced node rejoins in the same process and on the same socket.
func TestNodes_FencedRejoins(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	c := apptest.OnPostgres(t, url)
	var log apptest.Log
	a, done, stop := serving(t, c, &log)
	waitFor(t, func() bool { return get(t, a, "/readyz").StatusCode == 200 })
	if _, err := pgtest.Ask(url, "UPDATE node SET ended_at = now(); DELETE FROM mark; SELECT ''"); err != nil {
		t.Fatal(err)
	}

	waitFor(t, func() bool {
		n, err := pgtest.Ask(url, "SELECT count(*) FROM node WHERE ended_at IS NULL")
		return err == nil && n == "1" && strings.Contains(log.String(), "is rejoining")
	})

	waitFor(t, func() bool { return readyNow(t, a) })
	stop()
	if err := <-done; err != nil {
		t.Errorf("serve: %v", err)
	}
	if n, err := pgtest.Ask(url, "SELECT count(*) FROM node WHERE ended_at IS NULL"); err != nil || n != "0" {
		t.Errorf("%s nodes after the end, %v", n, err)
	}
}

func TestNodes_WrongMasterKey(t *testing.T) {
	t.Parallel()
	c := apptest.OnPostgres(t, pgtest.URL(t))
	run(t, c)
	other := apptest.OnPostgres(t, c.Database.Reveal()) // with another data folder and key
	if _, err := app.New(t.Context(), other, testworld.Discard); err == nil || !strings.Contains(err.Error(),
		"master key") {
		t.Errorf("a node without the installation's key: %v", err)
	}

	stranger := apptest.OnPostgres(t, pgtest.URL(t))
	if err := apptest.Open(t, stranger).Close(); err != nil {
		t.Fatal(err)
	}

	other.MasterKeyFile = stranger.MasterKeyFile
	if _, err := app.New(t.Context(), other, testworld.Discard); !errors.Is(err, install.ErrWrongMasterKey) {
		t.Errorf("a node with another key: %v", err)
	}
}

// A newer version's migration adds; the old program still works, on connections that it has and on new ones, and
// only cannot be started again.
func TestNodes_NewerSchema(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	c := apptest.OnPostgres(t, url)
	a := run(t, c)
	made, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 100)
	if err != nil {
		t.Fatal(err)
	}

	_, key, err := a.Base.Admin.CreateKey(t.Context(), made.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	send := func() {
		t.Helper()
		status, sent := ask(t, a, key.Reveal(), "POST", "/v2/otp/send", `{"to":"+15005550006","channels":["sms"],"force_new":true}`)
		verify := fmt.Sprintf(`{"otp_id":%q,"code":"000000"}`, sent["otp_id"])
		if _, out := ask(t, a, key.Reveal(), "POST", "/v2/otp/verify", verify); status != 200 || out["valid"] != true {
			t.Errorf("send %d %v, verify %v", status, sent, out)
		}
	}

	send()
	for _, table := range []string{
		"account", "contact", "otp", "message", "event", "delivery", "meta", "node",
		"mark",
	} {
		ask := "ALTER TABLE " + table + " ADD COLUMN of_the_future BIGINT NOT NULL DEFAULT 7; SELECT ''"
		if _, err := pgtest.Ask(url, ask); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pgtest.Ask(url, "CREATE TABLE of_the_future (id BIGINT); UPDATE schema_version SET version = "+
		"version + 1; SELECT ''"); err != nil {
		t.Fatal(err)
	}

	send()
	if _, err := app.New(t.Context(), another(t, c), testworld.Discard); !errors.Is(err, postgres.ErrNewer) {
		t.Errorf("a new start of the old program: %v", err)
	}
}

// serving runs Serve until the test ends; its end comes out of done.
func serving(t *testing.T, c *config.Config, log io.Writer) (a *app.App, done <-chan error, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	started, ended := make(chan *app.App, 1), make(chan error, 1)
	go func() {
		ended <- app.Serve(ctx, c, app.ServeOptions{
			Log: slog.New(slog.NewTextHandler(log, nil)), Version: "test", Ready: func(a *app.App) { started <- a },
		})
	}()

	t.Cleanup(cancel)
	select {
	case a = <-started:
	case err := <-ended:
		t.Fatal(err)
	}

	return a, ended, cancel
}

// A node that was fenced while its database is away is alive, and answers requests with 503.
func TestNodes_FencedAnswers(t *testing.T) {
	t.Parallel()
	database := pgtest.Start(t)
	var log apptest.Log
	a, done, stop := serving(t, apptest.OnPostgres(t, database.URL()), &log)
	database.Exec(t, "UPDATE node SET ended_at = now(); DELETE FROM mark; SELECT ''")
	waitFor(t, func() bool { return strings.Contains(log.String(), "is rejoining") })
	if err := database.Kill(); err != nil {
		t.Fatal(err)
	}

	waitFor(t, func() bool {
		return strings.Contains(log.String(), "cannot be opened") || strings.Contains(log.String(),
			"could not be renewed")
	})

	resp := get(t, a, "/v2/balance")
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" || resp.Header.Get("X-Request-Id") == "" {
		t.Errorf("meanwhile: %s %v", resp.Status, resp.Header)
	}
	if got := get(t, a, "/healthz").StatusCode; got != 200 {
		t.Errorf("alive meanwhile: %d", got)
	}
	if err := database.Up(); err != nil {
		t.Fatal(err)
	}

	waitFor(t, func() bool { return readyNow(t, a) })
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Two servers with the same data folder do not fence each other for ever: the one that was replaced ends, and says why.
func TestNodes_DuplicateEnds(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	var log apptest.Log
	_, done, _ := serving(t, apptest.OnPostgres(t, url), &log)
	duplicate := `UPDATE node SET ended_at = now(); DELETE FROM mark; INSERT INTO node (epoch, home, name, version, slot, joined_at, heartbeat_at)
		SELECT epoch + 1, home, name, version, slot, now(), now() FROM node; SELECT ''`
	if _, err := pgtest.Ask(url, duplicate); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, app.ErrDuplicateNode) {
		t.Errorf("it ended with %v", err)
	}
}
