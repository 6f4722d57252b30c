package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/syssecure/syssecure/internal/app"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/id"
)

type demoCmd struct {
	Exit bool `help:"End after the answer instead of staying up."`
}

// demoNumber is the sandbox's number whose first channel fails hard, so that the fallback is seen.
const demoNumber = "+15005550002"

func (c *demoCmd) Run(e *env) (err error) {
	fmt.Fprintln(e.Out, "Starting SysSecure…")
	conf, err := e.demoConfig()
	if err != nil {
		return err
	}

	if e.file == "" {
		// A demo leaves nothing behind.
		if conf.Data, err = os.MkdirTemp("", "syssecure-demo-"); err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		conf.MasterKeyFile = conf.Data + "/master.key"
		defer func() { err = errors.Join(err, os.RemoveAll(conf.Data)) }()
	}

	log, done := e.log()
	defer done()
	a, err := startDemo(e, conf, log)
	if err != nil {
		return err
	}

	// A terminal that is closed, or a reader of what is printed that is gone, ends the demo in order: its folder has a key.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(e.ctx, syscall.SIGHUP)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- a.Run(ctx) }()
	if err := e.show(a, baseURL(a, conf)); err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	if c.Exit {
		stop()
	}

	return <-served
}

// demoConfig is the configuration that --config names. Without it a demo is a world of its own: what stands in the current
// folder or in the environment may be a real installation's, and only where to listen is taken from there.
func (e *env) demoConfig() (*config.Config, error) {
	if e.file != "" {
		return e.config()
	}

	var env []string
	if listen := e.variable("SYSSECURE_LISTEN"); listen != "" {
		env = append(env, "SYSSECURE_LISTEN="+listen)
	}

	return app.LoadConfig(os.DevNull, env)
}

// startDemo listens on another port when the configured one is busy.
func startDemo(e *env, c *config.Config, log *slog.Logger) (*app.App, error) {
	a, err := app.New(e.ctx, c, log)
	if !errors.Is(err, syscall.EADDRINUSE) {
		return a, err
	}

	host, port, splitErr := net.SplitHostPort(c.Listen)
	if splitErr != nil {
		return nil, err
	}
	fmt.Fprintf(e.Out, "Port %s is busy; another is taken.\n", port)
	c.Listen = net.JoinHostPort(host, "0")

	return app.New(e.ctx, c, log)
}

// demo is one walk through the API, as a client sees it.
type demo struct {
	*env
	base, key string
}

func (e *env) show(a *app.App, base string) error {
	account, err := a.Base.Admin.CreateAccount(e.ctx, "Acme", 0)
	if err != nil {
		return err
	}

	_, key, err := a.Base.Admin.CreateKey(e.ctx, account.ID, id.Test, nil)
	if err != nil {
		return err
	}

	d := demo{e, base, key.Reveal()}
	fmt.Fprintf(e.Out, "SysSecure listens on %s. This is the sandbox: nothing leaves this machine.\n", base)
	var sent struct {
		OTPID   string `json:"otp_id"`
		Channel string `json:"channel"`
	}

	fmt.Fprintf(e.Out, "\n1. Send a code over WhatsApp with SMS behind it. WhatsApp refuses this number, so SMS takes over at once.\n")
	if err := d.call(http.MethodPost, "/v2/otp/send", `{"to":"`+demoNumber+`","channels":["whatsapp","sms"]}`, &sent); err != nil {
		return err
	}

	var phone struct {
		Data []struct{ Channel, Body string } `json:"data"`
	}

	fmt.Fprintf(e.Out, "\n2. The phone shows:\n")
	if err := d.call(http.MethodGet, "/v2/sandbox/messages?to="+url.QueryEscape(demoNumber), "", &phone); err != nil {
		return err
	}
	if len(phone.Data) == 0 {
		return errors.New("the phone shows nothing; this is a bug, please report it")
	}

	d.screen(phone.Data[0].Channel, phone.Data[0].Body)
	fmt.Fprintf(e.Out, "\n3. The user types the code.\n")
	var verified struct {
		Valid bool `json:"valid"`
	}
	if err := d.call(http.MethodPost, "/v2/otp/verify", `{"otp_id":"`+sent.OTPID+`","code":"000000"}`, &verified); err != nil {
		return err
	}
	if !verified.Valid {
		return errors.New("the code was not valid; this is a bug, please report it")
	}
	fmt.Fprintf(e.Out, "\nTry it yourself; Ctrl-C ends the server:\n\n  curl -s %s/v2/otp/send -H 'Authorization: Bearer %s' \\\n    -H 'Content-Type: application/json' -d '{\"to\":\"+32470123456\",\"channels\":[\"sms\"]}'\n\n", d.base, d.key)

	return nil
}

// call makes one request, prints it and its answer, and reads the answer into out.
func (d demo) call(method, path, body string, out any) error {
	ctx, cancel := context.WithTimeout(d.ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, d.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}

	r.Header.Set("Authorization", "Bearer "+d.key)
	r.Header.Set("Content-Type", "application/json")
	fmt.Fprintf(d.Out, "   %s %s %s\n", method, path, body)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}

	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}

	var pretty bytes.Buffer
	if json.Indent(&pretty, bytes.TrimSpace(answer), "   ", "  ") == nil {
		fmt.Fprintf(d.Out, "   %s\n", pretty.String())
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}

	return json.Unmarshal(answer, out)
}

// screen draws the phone.
func (d demo) screen(channel, body string) {
	const width = 44
	line := func(s string) { fmt.Fprintf(d.Out, "   │ %-*s │\n", width, s) }
	fmt.Fprintf(d.Out, "   ╭%s╮\n", bytes.Repeat([]byte("─"), width+2))
	line("now · " + channel)
	line("")
	for _, l := range wrap(body, width) {
		line(l)
	}
	fmt.Fprintf(d.Out, "   ╰%s╯\n", bytes.Repeat([]byte("─"), width+2))
}
