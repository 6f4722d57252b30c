package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
)

// gateway is a gateway and the carrier that sends to it.
func gateway(t *testing.T, name string) (*carriertest.Gateway, config.Carrier) {
	t.Helper()
	g, err := carriertest.StartGateway(carriertest.GatewayOptions{Token: "token"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)

	return g, config.Carrier{
		Kind: "http", Common: carrier.Common{Name: name, From: "Acme"},
		Settings: &httpsms.Config{Channel: message.SMS, URL: g.URL(), Token: secret.NewString("token")},
	}
}

// A carrier that is paused on one node is paused on all, also on one that starts later; and so it is resumed.
func TestNodes_Pause(t *testing.T) {
	t.Parallel()
	c := apptest.OnPostgres(t, pgtest.URL(t))
	first, one := gateway(t, "first")
	second, two := gateway(t, "second")
	c.Carriers = []config.Carrier{one, two}
	c.Limits.RequestsPerKey = guard.Rate{} // the test sends until it sees a change
	nodes := []*app.App{run(t, c), run(t, another(t, c))}
	admin := nodes[0].Base.Admin
	a, err := admin.CreateAccount(t.Context(), "Acme", 100_000)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := admin.CreateKey(t.Context(), a.ID, id.Live, nil)
	if err != nil {
		t.Fatal(err)
	}

	sent := 0
	over := func(node *app.App) string {
		t.Helper()
		sent++
		before := first.Count()
		body := fmt.Sprintf(`{"to":"+3247000%04d","channels":["sms"]}`, sent)
		if status, answer := ask(t, node, key.Reveal(), "POST", "/v2/otp/send", body); status != 200 {
			t.Fatalf("%d %v", status, answer)
		}
		if first.Count() > before {
			return "first"
		}
		return "second"
	}
	pause := func(node *app.App, paused bool) {
		t.Helper()
		changed, err := carrierwatch.SetPaused(t.Context(), node.Base.Store, "first", paused, time.Now())
		if err != nil || !changed {
			t.Fatalf("changed %v, %v", changed, err)
		}
	}
	for i, node := range nodes {
		if got := over(node); got != "first" {
			t.Errorf("before the pause, node %d sends over %s", i, got)
		}
	}

	pause(nodes[0], true)
	for _, node := range nodes {
		waitFor(t, func() bool { return over(node) == "second" })
	}
	late := run(t, another(t, c))
	if got := over(late); got != "second" {
		t.Errorf("a node that starts during the pause sends over %s", got)
	}

	pause(late, false) // by another node than the one that paused it
	for _, node := range append(nodes, late) {
		waitFor(t, func() bool { return over(node) == "first" })
	}
	if total := first.Count() + second.Count(); total != int64(sent) {
		t.Errorf("%d codes were sent in %d requests", total, sent)
	}
}
