//go:build interop

package interop

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

// centres starts message centres of other authors; arg is "decimal" or "hex", for the ids in receipts.
var centres = map[string]func(t *testing.T, arg string) *peer{
	"Cloudhopper": startCloudhopper,
	"node-smpp": func(t *testing.T, arg string) *peer {
		needTool(t, "node", "apt-get install nodejs npm")
		_, err := os.Stat("node/node_modules/smpp")
		need(t, "node-smpp", "npm ci --ignore-scripts --prefix test/interop/node", err == nil)
		return startPeer(t, "node", "node/smsc.js", arg)
	},
	"Net::SMPP": func(t *testing.T, arg string) *peer {
		needTool(t, "perl", "apt-get install perl")
		need(t, "Net::SMPP", "apt-get install libnet-smpp-perl",
			exec.Command("perl", "-MNet::SMPP", "-e", "1").Run() == nil)
		return startPeer(t, "perl", "perl/smsc.pl", arg)
	},
}

// client is our carrier with what it received.
type client struct {
	*smpp.Carrier
	receipts chan carrier.Receipt
	inbounds chan carrier.Inbound
	log      *syncBuffer
	stop     func()
}

type syncBuffer struct {
	mu sync.Mutex
	strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.Write(p)
}

func (b *syncBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

func startClient(t *testing.T, c smpp.Config) *client {
	t.Helper()
	c.Name, c.SystemID, c.From, c.Receipts = "smsc-1", "user", "Acme", true
	if c.Password.Empty() {
		c.Password = secret.NewString("secret")
	}

	out := &client{
		receipts: make(chan carrier.Receipt, 100), inbounds: make(chan carrier.Inbound, 100),
		log: &syncBuffer{},
	}
	var err error
	if out.Carrier, err = smpp.New(c, slog.New(slog.NewTextHandler(out.log, nil))); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = out.Run(ctx, carrier.Sink{
			Receipt: func(_ context.Context, r carrier.Receipt) (bool, error) { out.receipts <- r; return true, nil },
			Inbound: func(_ context.Context, m carrier.Inbound) (bool, error) { out.inbounds <- m; return true, nil },
		})
	}()
	out.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(out.stop)

	return out
}

// send retries while there is no link, as the dispatcher does.
func (c *client) send(t *testing.T, to, text string) carrier.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		r := c.Send(ctx, carrier.Message{
			Ref: "r-" + to, Channel: message.SMS, To: phone.Number(to),
			Body: secret.NewString(text), Validity: 10 * time.Minute,
		})
		if r.Outcome != carrier.Retry || ctx.Err() != nil {
			return r
		}
	}
}

func (c *client) accepted(t *testing.T, to, text string) []string {
	t.Helper()
	r := c.send(t, to, text)
	if r.Outcome != carrier.Accepted || len(r.IDs) == 0 {
		t.Fatalf("%s: %+v", to, r)
	}
	return r.IDs
}

func (c *client) receipt(t *testing.T, want carrier.Receipt) {
	t.Helper()
	select {
	case got := <-c.receipts:
		// These centres write the letters of an id in another case than in the answer, which the dispatcher ignores.
		if got.Carrier != "smsc-1" || !strings.EqualFold(got.ID, want.ID) || got.Status != want.Status ||
			got.Reason != want.Reason ||
			got.CarrierCode != want.CarrierCode || got.Unsure {
			t.Errorf("receipt %+v, want %+v", got, want)
		}
	case <-time.After(patience):
		t.Fatalf("no receipt; want %+v", want)
	}
}

func submitTo(to string) func(event) bool {
	return func(e event) bool { return e.Event == "submit" && "+"+e.To == to }
}

func named(name string) func(event) bool { return func(e event) bool { return e.Event == name } }

func TestMessageCentres(t *testing.T) {
	t.Parallel()
	for name, start := range centres {
		for _, ids := range []string{"hex", "decimal"} {
			t.Run(name+"/"+ids, func(t *testing.T) {
				t.Parallel()
				playAll(t, start(t, ids), ids)
			})
		}

		t.Run(name+"/wrong password", func(t *testing.T) {
			t.Parallel()
			wrongPassword(t, start(t, "hex"))
		})
	}
}

// TestMessageCentres_Pair: a centre with a transmitter and a receiver sends receipts to the receiver.
func TestMessageCentres_Pair(t *testing.T) {
	t.Parallel()
	centre := centres["node-smpp"](t, "hex")
	check := capture(t, centre.addr)
	c := startClient(t, smpp.Config{Addr: centre.addr, Window: 5, Bind: smpp.BindPair})
	c.accepted(t, "+32470123409", "both links are bound")
	centre.wait(t, 2, "binds", named("bind"))
	receipts(t, c)
	c.stop()
	centre.wait(t, 2, "unbinds", named("unbind"))
	check("0x00000001", "0x80000001", "0x00000002", "0x80000002", "0x00000004", "0x80000004", "0x00000005",
		"0x80000005", "0x00000006", "0x80000006")
}

func playAll(t *testing.T, centre *peer, ids string) {
	form := smpp.IDAsIs
	if ids == "decimal" {
		form = smpp.IDDecToHex
	}

	check := capture(t, centre.addr)
	c := startClient(t, smpp.Config{Addr: centre.addr, Window: 5, ReceiptID: form, ResponseTimeout: 5 * time.Second})
	submits(t, centre, c)
	receipts(t, c)
	linkLoss(t, centre, c)
	c.stop()
	centre.find(t, "unbind", named("unbind"))
	check("0x00000009", "0x80000009", "0x00000004", "0x80000004", "0x00000005", "0x80000005", "0x80000015",
		"0x00000006", "0x80000006")
}

// submits checks that each side understands the other.
func submits(t *testing.T, centre *peer, c *client) {
	texts := map[string]string{"+32470123410": "@£$¥ 735190 {[~]} €", "+32470123411": "Ваш код 735190 😀"}
	septets := map[string]string{"+32470123410": "\x00\x01\x02\x03 735190 \x1b(\x1b<\x1b=\x1b>\x1b) \x1be"}
	c.accepted(t, "+32470123410", texts["+32470123410"])
	c.accepted(t, "+32470123411", texts["+32470123411"])
	if e := centre.find(t, "bind", named("bind")); e.System != "user" || e.Version != 0x34 {
		t.Errorf("bound as %+v", e)
	}
	if e := centre.find(t, "answer to enquire_link", named("enquire_link")); e.Status != 0 {
		t.Errorf("enquire_link was answered with %#x", e.Status)
	}

	for to, text := range texts {
		e := centre.find(t, "submit", submitTo(to))
		// Net::SMPP shows the septets, node-smpp the characters.
		if e.From != "Acme" || e.Text != text && e.Text != septets[to] {
			t.Errorf("read %+v, want %q from Acme", e, text)
		}
		// One shows the field, the other the seconds that it means.
		if v := e.Validity; v != "000000001000000R" && v != "600" && v != "599" {
			t.Errorf("validity %s, want ten minutes", v)
		}
	}
	if got := c.send(t, "+32470123402", "x"); got.Outcome != carrier.Rejected ||
		got.Reason != message.InvalidDestination || got.CarrierCode != "0x0000000b" {
		t.Errorf("a rejected number: %+v", got)
	}

	c.accepted(t, "+32470123403", "throttled twice")
	centre.wait(t, 3, "submits of the throttled message", submitTo("+32470123403"))
	if got := c.accepted(t, "+32470123412", strings.Repeat("0123456789", 20)); len(got) != 2 {
		t.Errorf("200 characters have ids %q, want 2", got)
	}

	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { c.send(t, "+324701235"+string(rune('0'+i/10))+"0", "many") })
	}
	all.Wait()
	centre.wait(t, 50, "parallel submits", func(e event) bool { return e.Text == "many" })
}

func receipts(t *testing.T, c *client) {
	id := c.accepted(t, "+32470123401", "x")[0]
	c.receipt(t, carrier.Receipt{ID: id, Status: carrier.Delivered, CarrierCode: "3:0"})
	id = c.accepted(t, "+32470123404", "a receipt before the answer")[0]
	c.receipt(t, carrier.Receipt{ID: id, Status: carrier.Delivered, CarrierCode: "3:0"})
	id = c.accepted(t, "+32470123407", "x")[0]
	c.receipt(t, carrier.Receipt{ID: id, Status: carrier.Failed, Reason: message.Unreachable, CarrierCode: "3:69"})
	c.accepted(t, "+32470123408", "answers STOP")
	select {
	case m := <-c.inbounds:
		if m.From != "+32470123408" || m.To != "8080" || m.Body.Reveal() != "STOP" {
			t.Errorf("%q from %s to %s", m.Body.Reveal(), m.From, m.To)
		}
	case <-time.After(patience):
		t.Fatal("no inbound message")
	}
}

// linkLoss fills the window with submits that are not answered, after which the other side closes the link.
func linkLoss(t *testing.T, centre *peer, c *client) {
	results := make(chan carrier.Result, 5)
	for range 5 {
		go func() { results <- c.send(t, "+32470123405", "lost") }()
	}

	for range 5 {
		if r := <-results; r.Outcome != carrier.Unknown {
			t.Errorf("in flight when the link was lost: %+v, want unknown", r)
		}
	}

	c.accepted(t, "+32470123409", "after the loss")
	centre.wait(t, 1, "submits after the loss", submitTo("+32470123409"))
	if n := centre.count(submitTo("+32470123405")); n != 5 {
		t.Errorf("%d submits for 5 messages", n)
	}

	for _, e := range []string{"receipt", "inbound"} {
		if n := centre.count(func(x event) bool { return x.Event == e && x.Status != 0 }); n != 0 {
			t.Errorf("%d of kind %s were not acknowledged", n, e)
		}
	}
}

func wrongPassword(t *testing.T, centre *peer) {
	c := startClient(t, smpp.Config{Addr: centre.addr, Password: secret.NewString("wrong")})
	deadline := time.Now().Add(patience)
	for !strings.Contains(c.log.text(), "check system_id and password") {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		if r := c.Send(ctx, carrier.Message{
			To:   "+32470123409",
			Body: secret.NewString("x"),
		}); r.Outcome != carrier.Retry {
			t.Fatalf("%+v", r)
		}

		cancel()
		if time.Now().After(deadline) {
			t.Fatalf("the log does not say what to check:\n%s", c.log.text())
		}
	}
	if !strings.Contains(c.log.text(), "0x0000000e") {
		t.Errorf("logged\n%s", c.log.text())
	}
}
