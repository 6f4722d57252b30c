//go:build interop

package interop

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/carriertest/smsc"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// TestKannelProfile sends over a real Kannel with the profile of the kind "http": sendsms by HTTP, receipts and texts from
// phones by its callbacks, and the fake message centre behind it.
func TestKannelProfile(t *testing.T) {
	t.Parallel()
	needTool(t, "bearerbox", "apt-get install kannel")
	needTool(t, "smsbox", "apt-get install kannel")
	if inNamespace(t) {
		playProfile(t)
	}
}

func playProfile(t *testing.T) {
	centre, err := smsc.Start(smsc.Options{
		SystemID: "kannel", Password: "secret", HexIDs: true, HexReceipts: true, Receipts: true, Keep: true,
		React: func(in smsc.Submit) smsc.Reaction {
			switch dest := in.SM.Dest.Addr; {
			case strings.HasSuffix(dest, "02"):
				return smsc.Reaction{Status: pdu.InvalidDestination}
			case strings.HasSuffix(dest, "04"):
				return smsc.Reaction{Receipts: []smsc.Receipt{{Stat: "UNDELIV", Err: "069"}}}
			}
			return smsc.Reaction{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = centre.Close() }()

	receipts, texts := make(chan carrier.Receipt, 100), make(chan carrier.Inbound, 100)
	made, public := profileOfKannel(t, receipts, texts)
	stop := startKannel(t, centre.Addr(), public+"/carriers/kannel/inbound?token=callbacks&from=%p&to=%P&text=%a&charset=%C&id=%I")
	defer stop()
	waitFor(t, "kannel to bind", func() bool { return centre.Bound() == 1 })

	checksOfKannel(t, made, centre)

	long := strings.Repeat("0123456789", 20)
	for ref, text := range map[string]string{"01": "735190 is your code & {more} €", "02": "rejected", "03": long, "04": "Ваш код 735190"} {
		m := carrier.Message{
			Ref: "msg_" + ref + "-A-0", Channel: message.SMS, To: phone.Number("+324701234" + ref), Body: secret.NewString(text),
			Validity: 5 * time.Minute,
		}
		waitFor(t, "sendsms of "+ref, func() bool {
			r := made.Send(t.Context(), m)
			if r.Outcome != carrier.Accepted && r.Outcome != carrier.Retry {
				t.Fatalf("%s: %+v", ref, r)
			}
			return r.Outcome == carrier.Accepted && len(r.IDs) == 0
		})
	}

	wait(t, receipts, map[string]carrier.Status{
		"msg_01-A-0": carrier.Delivered, "msg_02-A-0": carrier.Failed, "msg_03-A-0": carrier.Delivered,
		"msg_04-A-0": carrier.Failed,
	})
	got := map[string]string{}
	for _, s := range centre.Submitted() {
		got[s.SM.Dest.Addr] += s.Text()
		if s.SM.ValidityPeriod == "" {
			t.Errorf("%s has no validity", s.SM.Dest.Addr)
		}
	}
	for to, want := range map[string]string{
		"32470123401": "735190 is your code & {more} €", "32470123403": long, "32470123404": "Ваш код 735190",
	} {
		if got[to] != want {
			t.Errorf("%s: %q, want %q", to, got[to], want)
		}
	}

	for _, text := range []string{"STOP & {go}", "Arrêt"} { // in ASCII and in UCS-2
		if status, err := centre.Inbound(t.Context(), "32470123401", "8080", text); err != nil || status != pdu.OK {
			t.Fatalf("inbound: %v, %v", status, err)
		}
		select {
		case in := <-texts:
			if strings.TrimPrefix(in.From, "+") != "32470123401" || in.To != "8080" || in.Body.Reveal() != text || in.ID == "" {
				t.Errorf("got %+v %q, want %q", in, in.Body.Reveal(), text)
			}
		case <-time.After(patience):
			t.Error("kannel passed on no text")
		}
	}
}

// profileOfKannel makes the carrier, and serves its callbacks below the address that it returns.
func profileOfKannel(
	t *testing.T, receipts chan<- carrier.Receipt, texts chan<- carrier.Inbound,
) (made *httpsms.Carrier, public string) {
	t.Helper()
	sink := carrier.Sink{
		Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) { receipts <- r; return true, nil },
		Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) { texts <- m; return true, nil },
	}
	callbacks := http.NewServeMux()
	callbacks.HandleFunc("/carriers/kannel/{callback}", func(w http.ResponseWriter, r *http.Request) {
		if f := made.ServeCallback(w, r, r.PathValue("callback"), sink); f != nil {
			w.WriteHeader(f.Status)
		}
	})
	web := httptest.NewServer(callbacks)
	t.Cleanup(web.Close)

	made = newProfile(t, "secret", web.URL)

	return made, web.URL
}

func newProfile(t *testing.T, password, public string) *httpsms.Carrier {
	t.Helper()
	made, err := httpsms.New(httpsms.Config{
		Name: "kannel", Channel: message.SMS, Profile: "kannel", Token: secret.NewString(password), From: "Acme",
		CallbackToken: secret.NewString("callbacks"), Values: []string{"username=user"}, Receipts: true, PublicURL: public,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)

	return made
}

// checksOfKannel: Kannel tells a right password from a wrong one without a message.
func checksOfKannel(t *testing.T, right *httpsms.Carrier, centre *smsc.Server) {
	t.Helper()
	var checks []carrier.Check
	waitFor(t, "kannel to accept the password", func() bool {
		checks = right.Test(t.Context())
		return carrier.OK(checks)
	})
	if last := checks[len(checks)-1]; last.Name != carrier.CheckCredentials || !strings.Contains(last.Found, "accepts the token") {
		t.Errorf("the right password: %+v", checks)
	}
	checks = newProfile(t, "wrong", "http://127.0.0.1:1").Test(t.Context())
	if last := checks[len(checks)-1]; !strings.Contains(last.Problem, "rejects the token") {
		t.Errorf("a wrong password: %+v", checks)
	}
	if n := len(centre.Submitted()); n != 0 {
		t.Errorf("the checks sent %d texts", n)
	}
}

// wait reads receipts until the wanted one of each message has come. Kannel reports states on the way as well.
func wait(t *testing.T, receipts <-chan carrier.Receipt, want map[string]carrier.Status) {
	t.Helper()
	late := time.After(patience)
	for len(want) > 0 {
		select {
		case r := <-receipts:
			status, waited := want[r.Ref]
			switch {
			case waited && r.Status == status:
				delete(want, r.Ref)
			case waited && r.Status != carrier.Buffered:
				t.Errorf("receipt %+v, want status %v", r, status)
			}
		case <-late:
			t.Fatalf("kannel did not report %v", want)
		}
	}
}
