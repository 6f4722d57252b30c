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
	Exit bool `help:"Stop at the end instead of keeping the server running."`
}

// Help implements kong.HelpProvider.
func (*demoCmd) Help() string {
	return "The demo sends a code with a fallback, shows it on a phone, and verifies it. Without --config it uses a " +
		"temporary installation, which is removed at the end."
}

// demoNumber is a number of the sandbox that WhatsApp rejects, so that the demo shows the fallback.
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

	// The demo's folder has a key, and is removed also when the terminal is closed or the reader of the output ends.
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

// demoConfig is the configuration that --config names. Without it the demo ignores the configuration in the current
// folder and in the environment, except for the address to listen on, because a real installation may use them.
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
	fmt.Fprintf(e.Out, "Port %s is in use, so the demo uses another one.\n", port)
	c.Listen = net.JoinHostPort(host, "0")

	return app.New(e.ctx, c, log)
}

// demo calls the API as a client does.
type demo struct {
	*env
	base, key string
}

func (e *env) show(a *app.App, base string) error {
	account, err := a.Base.Admin.CreateAccount(byCommandLine(e.ctx), "Acme", 0)
	if err != nil {
		return err
	}

	_, key, err := a.Base.Admin.CreateKey(byCommandLine(e.ctx), account.ID, id.Test, nil)
	if err != nil {
		return err
	}

	fmt.Fprintf(e.Out, "SysSecure listens on %s. This is the sandbox: nothing leaves this machine.\n", base)

	return demo{e, base, key.Reveal()}.walk()
}

// walk sends a code, shows it and verifies it.
func (d demo) walk() error {
	var sent struct {
		OTPID string `json:"otp_id"`
	}

	fmt.Fprintf(d.Out, "\n1. Send a code over WhatsApp, with SMS as the fallback. WhatsApp rejects this number, so "+
		"SMS is used.\n")
	body := `{"to":"` + demoNumber + `","channels":["whatsapp","sms"]}`
	if err := d.call(http.MethodPost, "/v2/otp/send", body, &sent); err != nil {
		return err
	}

	var phone struct {
		Data []struct{ Channel, Body string } `json:"data"`
	}

	fmt.Fprintf(d.Out, "\n2. The phone shows:\n")
	if err := d.call(http.MethodGet, "/v2/sandbox/messages?to="+url.QueryEscape(demoNumber), "", &phone); err != nil {
		return err
	}
	if len(phone.Data) == 0 {
		return errors.New("no message was delivered; please report this bug")
	}

	d.screen(phone.Data[0].Channel, phone.Data[0].Body)
	fmt.Fprintf(d.Out, "\n3. The user enters the code.\n")
	var verified struct {
		Valid bool `json:"valid"`
	}
	body = `{"otp_id":"` + sent.OTPID + `","code":"000000"}`
	if err := d.call(http.MethodPost, "/v2/otp/verify", body, &verified); err != nil {
		return err
	}
	if !verified.Valid {
		return errors.New("the code was not valid; please report this bug")
	}
	fmt.Fprintf(d.Out, `
Try it yourself (Ctrl-C stops the server):

  curl -s %s/v2/otp/send -H 'Authorization: Bearer %s' \
    -H 'Content-Type: application/json' -d '{"to":"+32470123456","channels":["sms"]}'

`, d.base, d.key)

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

// screen draws the screen of a phone.
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
