package app_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// TestWebhooks_OwnSocket: a callback URL never leads to the API itself, though its range is allowed.
func TestWebhooks_OwnSocket(t *testing.T) {
	t.Parallel()
	c := apptest.Config(t)
	c.Webhooks.AllowCIDRs = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	a := run(t, c)
	made, err := a.Base.Admin.CreateAccount(t.Context(), "Acme", 0)
	if err != nil {
		t.Fatal(err)
	}

	caller := testworld.CallerOf(made.Account, id.Test)
	for _, one := range []struct {
		name, address string
		refused       bool
	}{
		{name: "its own", address: a.Addr().String(), refused: true},
		{name: "another port", address: "127.0.0.1:1"},
	} {
		t.Run(one.name, func(t *testing.T) {
			r := engine.SMSRequest{To: testworld.PhoneA, Body: "x", CallbackURL: "https://" + one.address + "/"}
			_, _, err := a.Engine().SendSMS(t.Context(), caller, r, nil)
			var f *fault.Fault
			if refused := errors.As(err, &f); refused != one.refused || err != nil && !refused {
				t.Errorf("sending with a callback to %s: %v", one.address, err)
			}
		})
	}
}
