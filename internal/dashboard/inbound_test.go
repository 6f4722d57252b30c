package dashboard_test

import (
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestInbound shows what phones wrote, as text, with masked numbers.
func TestInbound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, billing := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Billing)
	path := w.at(id.Live, "/inbound")
	owner.get(t, path).shows(t, 200, "No text from a phone yet")
	billing.get(t, path).shows(t, 403)

	const number = "+32470987654"
	w.sendCode(t, id.Live, number) // an account gets texts of phones that it has sent to
	w.Settle()
	for _, text := range nasty {
		in := carrier.Inbound{Carrier: "smsc", From: number, To: "Acme", Body: secret.NewString(text)}
		if _, err := w.Inbound(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	list := owner.get(t, path).shows(t, 200, ">Acme<", "smsc").lacks(t, number, "No text from a phone yet")
	for _, text := range nasty {
		list.escaped(t, text)
	}
	owner.get(t, path+"?number=%2B32470987654").shows(t, 200, "alert(1)")
	owner.get(t, path+"?to=Nobody").shows(t, 200, "Nothing matches")
	owner.get(t, path+"?number=abc").shows(t, 422)
	owner.get(t, path+"?before=x").shows(t, 400)
	owner.get(t, w.at(id.Test, "/inbound")).shows(t, 200, "No text from a phone yet")

	support := w.user(t, w.Account, signin.Support) // what a phone wrote may be a code, or have a number in it
	for _, b := range []*browser{owner, support} {
		for _, list := range []string{path, path + ".csv"} {
			p := b.get(t, list).shows(t, 200, "Acme", "smsc").lacks(t, number)
			sees, hidden := strings.Contains(p.text, "alert(1)"), strings.Contains(p.text, "(hidden)")
			if sees != (b == owner) || sees == hidden {
				t.Errorf("%s: for the owner %v, the texts are seen %v", list, b == owner, sees)
			}
		}
	}
	support.reads(t, path+"/live", "(hidden)", "alert(1)")
}
