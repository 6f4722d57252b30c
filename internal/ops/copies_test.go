package ops_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/app/apptest"
	"github.com/syssecure/syssecure/internal/carrier/carriertest"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ops"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/restore"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres/pgtest"
	"github.com/syssecure/syssecure/internal/testworld"
)

// site has a carrier and a customer's server that listen on ports, and makes installations that use them.
type site struct {
	t       *testing.T
	gateway *carriertest.Gateway
	// busy makes the carrier throttle every message with "later" in it.
	busy atomic.Bool
	// posts counts connections to the customer's server, which rejects all of them.
	posts    atomic.Int64
	callback string
	log      apptest.Log
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t}
	var err error
	s.gateway, err = carriertest.StartGateway(carriertest.GatewayOptions{Choose: func(m carriertest.Submit) carriertest.Behaviour {
		if s.busy.Load() && strings.Contains(m.Body, "later") {
			return carriertest.Throttle
		}
		return carriertest.Accept
	}})
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(s.gateway.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.posts.Add(1)
			_ = c.Close()
		}
	}()
	s.callback = "https://" + l.Addr().String() + "/callback"

	return s
}

// config is the configuration of a new installation with a kind of database, and with another one's key if that is
// given.
func (s *site) config(kind, key string) *config.Config {
	s.t.Helper()
	folder := s.t.TempDir()
	text := fmt.Sprintf("listen = \"127.0.0.1:0\"\ndata = %q\n", filepath.Join(folder, "data"))
	if kind == "postgres" {
		text += fmt.Sprintf("database = %q\n", pgtest.URL(s.t))
	}
	if key != "" {
		text += fmt.Sprintf("master_key_file = %q\n", key)
	}

	text += fmt.Sprintf("[limits]\nsends_per_number = []\nsend_gaps = []\n[webhooks]\nallow_cidrs = "+
		"[\"127.0.0.0/8\"]\n"+
		"[[carrier]]\nname = \"sim\"\nkind = \"http\"\nchannel = \"sms\"\nurl = %q\ntoken = "+
		"\"t\"\n[[price]]\nchannel = \"sms\"\ncredits = 1\n", s.gateway.URL())
	file := filepath.Join(folder, "syssecure.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}

	c, err := app.LoadConfig(file, nil)
	if err != nil {
		s.t.Fatal(err)
	}

	return c
}

// start serves until stop is called.
func (s *site) start(c *config.Config) (a *app.App, stop func()) {
	s.t.Helper()
	a, err := app.New(s.t.Context(), c, slog.New(slog.NewTextHandler(&s.log, nil)))
	if err != nil {
		s.t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()

	return a, func() {
		s.t.Helper()
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
	}
}

func (s *site) caller(a *app.App) account.Caller {
	s.t.Helper()
	made, err := a.Base.Admin.CreateAccount(s.t.Context(), "Acme", 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return testworld.CallerOf(made.Account, id.Live)
}

// code sends a code and reads it from the phone.
func (s *site) code(a *app.App, c account.Caller, n int) (id.OTP, string) {
	s.t.Helper()
	sent, _, err := a.Engine().SendOTP(s.t.Context(), c, testworld.To(testworld.Number(n)), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return sent.OTP.ID, s.phone(testworld.Number(n))
}

// phone finds the code in the last text to a number.
func (s *site) phone(to string) string {
	s.t.Helper()
	code := ""
	for _, m := range s.gateway.Submitted() {
		if m.To == to {
			code = strings.FieldsFunc(m.Body, func(r rune) bool { return r < '0' || r > '9' })[0]
		}
	}

	return code
}

func (s *site) text(a *app.App, c account.Caller, r engine.SMSRequest) id.Message {
	s.t.Helper()
	m, _, err := a.Engine().SendSMS(s.t.Context(), c, r, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

func (s *site) verify(a *app.App, c account.Caller, o id.OTP, code string) otp.Result {
	s.t.Helper()
	v, _, err := a.Engine().VerifyOTP(s.t.Context(), c, o, secret.NewString(code), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Result
}

// accepted counts how often the carrier accepted each message.
func (s *site) accepted() map[string]int {
	out := map[string]int{}
	for _, m := range s.gateway.Submitted() {
		if m.ID != "" {
			out[m.Body]++
		}
	}
	return out
}

func (s *site) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			s.t.Fatalf("waited too long until %s\n%s", what, s.log.String())
		}
	}
}

// proof waits until a message and an event that become due later are processed, so that the server must have gone
// through everything that was due before.
func (s *site) proof(a *app.App, c account.Caller, name string) {
	s.t.Helper()
	posts := s.posts.Load()
	s.text(a, c, engine.SMSRequest{
		To: testworld.Number(99), Body: name,
		ScheduledAt: a.Base.Now().Add(300 * time.Millisecond), CallbackURL: s.callback,
	})
	s.until(name+" was sent", func() bool { return s.accepted()[name] == 1 })
	s.until(name+" was delivered", func() bool { return s.posts.Load() > posts })
	s.posts.Store(posts)
}

// A backup of a busy installation is restored on each database: no old code is valid, and nothing is sent or delivered
// again until the operator releases it; then each message is sent once.
func TestRestore_RevivesNothing(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"sqlite", "postgres"} {
		for _, to := range []string{"sqlite", "postgres"} {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				revivesNothing(t, from, to)
			})
		}
	}
}

// texts is how many throttled messages of each kind a picture has.
const texts = 3

// picture is a backup of an installation in the middle of its work, with what it has.
type picture struct {
	conf   *config.Config
	file   string
	caller account.Caller
	codes  []id.OTP // the first was verified
	digits []string
	sent   map[string]int // texts that wait in the backup, and were sent once since
	hour   id.Message     // a text that is due in an hour
}

func (s *site) picture(kind string) picture {
	t := s.t
	t.Helper()
	p := picture{conf: s.config(kind, ""), sent: map[string]int{}}
	a, stop := s.start(p.conf)
	defer stop()
	c := s.caller(a)
	p.caller = c
	for n := range 3 {
		o, code := s.code(a, c, n)
		p.codes, p.digits = append(p.codes, o), append(p.digits, code)
	}
	if r := s.verify(a, c, p.codes[0], p.digits[0]); r != otp.Valid {
		t.Fatalf("a fresh code: %q", r)
	}

	s.text(a, c, engine.SMSRequest{To: testworld.Number(30), Body: "delivered", CallbackURL: s.callback})
	s.until("the callback failed once", func() bool { return s.posts.Load() > 0 })
	s.busy.Store(true) // a carrier that throttles gets few submits, so this comes last
	for n := range texts {
		later, soon := fmt.Sprintf("later %d", n), fmt.Sprintf("scheduled %d, and put off till later", n)
		s.text(a, c, engine.SMSRequest{To: testworld.Number(10 + n), Body: later})
		s.text(a, c, engine.SMSRequest{
			To: testworld.Number(20 + n), Body: soon,
			ScheduledAt: a.Base.Now().Add(200 * time.Millisecond),
		})
		p.sent[later], p.sent[soon] = 1, 1
	}

	p.hour = s.text(a, c, engine.SMSRequest{
		To: testworld.Number(31), Body: "in an hour",
		ScheduledAt: a.Base.Now().Add(time.Hour),
	})
	p.file = filepath.Join(t.TempDir(), "backup.db")
	if err := ops.Backup(t.Context(), a.Base, p.file, nil); err != nil {
		t.Fatal(err)
	}

	s.busy.Store(false)
	s.until("the old server has sent everything", func() bool { return containsAll(s.accepted(), p.sent) })
	if r := s.verify(a, c, p.codes[1], p.digits[1]); r != otp.Valid {
		t.Fatalf("a code on the old server: %q", r)
	}

	return p
}

func revivesNothing(t *testing.T, from, to string) {
	s := newSite(t)
	p := s.picture(from)
	c, conf := p.caller, s.config(to, p.conf.MasterKeyFile)
	done, err := ops.Restore{Config: conf, File: p.file}.Run(t.Context())
	if err != nil || done.Codes != 2 || done.Messages != 2*texts+1 || done.Deliveries != 1 || done.Kept != "" {
		t.Fatalf("%+v, %v", done, err)
	}

	posts := s.posts.Load()
	a, stop := s.start(conf)
	if !strings.Contains(s.log.String(), "7 messages and 1 webhook delivery are parked") {
		t.Errorf("serve does not log what is parked: %s", s.log.String())
	}

	s.proof(a, c, "proof one")
	s.checkSent(p.sent, 1)
	if more := s.posts.Load() - posts; more != 0 {
		t.Errorf("%d posts that the operator did not release", more)
	}

	for n, o := range p.codes {
		if r := s.verify(a, c, o, p.digits[n]); r != otp.HasExpired && (n > 0 || r != otp.AlreadyVerified) {
			t.Errorf("code %d: %q", n, r)
		}
	}

	s.release(a, p)
	stop()
	posts = s.posts.Load()
	a, stop = s.start(conf)
	s.until("the released event was delivered", func() bool { return s.posts.Load() > posts })
	balanced(t, a.Base.Store)
	stop()
	b := apptest.Open(t, conf)
	defer b.Close()
	for _, check := range ops.CheckOpen(t.Context(), b) {
		if strings.Contains(check.Name, "ledger") && check.Problem != "" || strings.Contains(check.Name, "restore") &&
			check.Problem != "" {
			t.Errorf("%s: %s", check.Name, check.Problem)
		}
	}
}

// release releases what is parked while the server runs.
func (s *site) release(a *app.App, p picture) {
	t := s.t
	t.Helper()
	if n, err := ops.ResolveParked(t.Context(), a.Base, restore.Resolution{Send: true, Messages: true}, nil); err != nil ||
		n.Messages != 2*texts+1 {
		t.Errorf("%+v, %v", n, err)
	}

	twice := map[string]int{}
	for body := range p.sent {
		twice[body] = 2
	}

	s.until("all released messages were sent", func() bool { return containsAll(s.accepted(), twice) })
	s.proof(a, p.caller, "proof two")
	s.checkSent(p.sent, 2)
	if _, _, err := a.Engine().CancelMessage(t.Context(), p.caller, p.hour, nil); err != nil ||
		s.accepted()["in an hour"] != 0 {
		t.Errorf("a text that was released before its time: %v, sent %d times", err, s.accepted()["in an hour"])
	}
	if n, err := ops.ResolveParked(t.Context(), a.Base, restore.Resolution{Send: true, Deliveries: true}, nil); err != nil ||
		n.Deliveries != 1 {
		t.Errorf("%+v, %v", n, err)
	}
}

func containsAll(got, want map[string]int) bool {
	for body, n := range want {
		if got[body] < n {
			return false
		}
	}
	return true
}

func (s *site) checkSent(texts map[string]int, times int) {
	s.t.Helper()
	got := s.accepted()
	for body := range texts {
		if got[body] != times {
			s.t.Errorf("%q was sent %d times, want %d", body, got[body], times)
		}
	}
}

// balanced checks that every account's entries add up to its balance.
func balanced(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.View(t.Context(), func(v store.Reader) error {
		accounts, err := v.Accounts(id.Account{}, 100)
		for _, a := range accounts {
			sum, entries, err := v.LedgerSum(a.ID)
			if err != nil || sum != a.Balance || entries != a.Entries {
				t.Errorf("balance %+v after %d entries, which add up to %+v in %d, %v", a.Balance, a.Entries, sum,
					entries, err)
			}
		}

		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
