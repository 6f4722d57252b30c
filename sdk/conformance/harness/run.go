package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// Result is the outcome of one case.
type Result struct {
	ID       string
	Rule     string
	Failures []string
	// Skipped says why the case was not run.
	Skipped string
	Took    time.Duration
}

// Runner runs cases, one after another, with one driver.
type Runner struct {
	ctx     context.Context
	command string
	mode    string
	driver  *Driver
	// lost counts the drivers that were lost.
	lost      int
	folder    string
	authority *authority
	addresses *addresses
}

const (
	// caseLimit is many times what a case needs on a busy machine.
	caseLimit = 20 * time.Second
	// afterCancel is how long a call that was canceled is watched for requests that it should not send any more.
	afterCancel = 50 * time.Millisecond
	// lossLimit ends a run in which every case would wait for the limit.
	lossLimit = 5
)

// NewRunner starts the driver. Close ends it, and so does the end of ctx.
func NewRunner(ctx context.Context, command, mode string) (*Runner, error) {
	driver, err := StartDriver(ctx, command)
	if err != nil {
		return nil, err
	}

	if !slices.Contains(driver.Hello.Modes, mode) {
		driver.Kill()
		return nil, fmt.Errorf("the driver has the modes %s, and not %s", strings.Join(driver.Hello.Modes, ", "), mode)
	}
	folder, err := os.MkdirTemp("", "conformance-*")
	if err != nil {
		driver.Kill()
		return nil, err
	}

	return &Runner{
		ctx: ctx, command: command, mode: mode, driver: driver,
		folder: folder, authority: &authority{folder: folder}, addresses: newAddresses(),
	}, nil
}

// Hello is how the driver presented itself.
func (r *Runner) Hello() Hello { return r.driver.Hello }

// Close ends the driver, and reports whether that worked.
func (r *Runner) Close() Result {
	start := time.Now()
	result := Result{ID: "driver.ends_with_its_input", Rule: "driver"}
	// A connection that is still being opened keeps some drivers from ending.
	r.addresses.close()

	if r.usable() {
		if err := r.driver.Close(EndLimit); err != nil {
			result.Failures = []string{err.Error()}
		}
	} else {
		result.Skipped = "the driver was lost before"
	}
	os.RemoveAll(r.folder)
	result.Took = time.Since(start)
	return result
}

func (r *Runner) usable() bool { return r.driver != nil }

// Run runs one case.
func (r *Runner) Run(c Case) Result {
	start := time.Now()
	result := Result{ID: c.ID, Rule: c.Rule}
	failures, skipped := r.run(c)
	result.Failures, result.Skipped = failures, skipped
	result.Took = time.Since(start)
	return result
}

func (r *Runner) run(c Case) (failures []string, skipped string) {
	if err := r.ready(); err != nil {
		return []string{err.Error()}, ""
	}

	for _, word := range c.Needs {
		if slices.Contains(r.driver.Hello.Lacks, word) {
			return nil, "the SDK lacks " + word
		}
	}
	if len(c.Modes) > 0 && !slices.Contains(c.Modes, r.mode) {
		return nil, "it is for the mode " + strings.Join(c.Modes, ", ")
	}

	server, err := startServer(r.authority, strings.Contains(string(c.text), "${tls}"))
	if err != nil {
		return []string{err.Error()}, ""
	}
	defer server.close()
	places, err := r.places(server, string(c.text))
	if err != nil {
		return []string{err.Error()}, ""
	}

	script, err := places.script(c.text)
	if err != nil {
		return []string{err.Error()}, ""
	}
	command, err := r.commandOf(c, places)
	if err != nil {
		return []string{err.Error()}, ""
	}

	server.start(script)
	answer, err := r.do(command)
	if script.Call.Cancel != "" {
		<-time.After(afterCancel)
	}
	failures = server.finish()
	if err != nil {
		return append(failures, err.Error()), ""
	}

	return append(failures, script.Want.differences(answer, apiKey(command))...), ""
}

// ready replaces a driver that was lost.
func (r *Runner) ready() error {
	if r.usable() {
		return nil
	}
	if r.lost >= lossLimit {
		return fmt.Errorf("not run, because the driver was lost %d times", r.lost)
	}
	driver, err := StartDriver(r.ctx, r.command)
	if err != nil {
		r.lost++
		return err
	}
	r.driver = driver
	return nil
}

func (r *Runner) do(command map[string]any) (*Answer, error) {
	answer, err := r.driver.Do(command, caseLimit)
	var lost *LostError
	if errors.As(err, &lost) {
		r.driver.Kill()
		r.driver = nil
		r.lost++
	}
	return answer, err
}

// places makes what the case names.
func (r *Runner) places(s *server, text string) (places, error) {
	p := places{
		"base": "http://" + s.listener.Addr().String(), "sdk": r.driver.Hello.SDK, "version": r.driver.Hello.Version,
	}
	_, p["port"], _ = net.SplitHostPort(s.listener.Addr().String())
	if s.secure != nil {
		p["tls"] = "https://" + s.secure.Addr().String()
	}

	if strings.Contains(text, "${ca}") {
		if _, err := r.authority.certificate(); err != nil {
			return nil, err
		}
		p["ca"] = r.authority.file()
	}

	empty := map[string]func() (string, error){"dead": r.addresses.dead, "silent": r.addresses.silent}
	for name, makeURL := range empty {
		if !strings.Contains(text, "${"+name+"}") {
			continue
		}
		url, err := makeURL()
		if err != nil {
			return nil, err
		}
		p[name] = url
	}

	return p, nil
}

// commandOf returns the case's call as it is sent to the driver.
func (r *Runner) commandOf(c Case, p places) (map[string]any, error) {
	filled, err := p.fill(string(c.text))
	if err != nil {
		return nil, err
	}

	var content struct {
		Call map[string]json.RawMessage `json:"call"`
	}
	if err := json.Unmarshal([]byte(filled), &content); err != nil {
		return nil, err
	}

	command := map[string]any{"mode": r.mode}
	for name, value := range content.Call {
		command[name] = value
	}
	var cmd string
	if err := json.Unmarshal(content.Call["cmd"], &cmd); err != nil {
		return nil, err
	}

	if _, given := command["client"]; !given && slices.Contains(withClient, cmd) {
		command["client"] = map[string]any{"api_key": "sk_test_key", "base_url": p["base"]}
	}
	return command, nil
}

// apiKey returns the key that a command gives to the client.
func apiKey(command map[string]any) string {
	var client struct {
		APIKey any `json:"api_key"`
	}
	text, err := json.Marshal(command["client"])
	if err == nil {
		err = json.Unmarshal(text, &client)
	}
	if err != nil {
		return ""
	}
	key, _ := client.APIKey.(string)
	return key
}
