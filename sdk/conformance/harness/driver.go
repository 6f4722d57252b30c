package harness

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Driver is the process that drives an SDK.
type Driver struct {
	Hello Hello

	process *exec.Cmd
	in      io.WriteCloser
	lines   chan []byte
	exited  chan struct{}
	// status is why the process ended; it is set before exited is closed.
	status error
	last   int
}

// Hello is how a driver presents itself.
type Hello struct {
	SDK     string   `json:"sdk"`
	Version string   `json:"version"`
	Modes   []string `json:"modes"`
	Lacks   []string `json:"lacks"`
}

// Answer is what a driver reports of one command.
type Answer struct {
	ID        *int            `json:"id"`
	OK        json.RawMessage `json:"ok"`
	Error     json.RawMessage `json:"error"`
	SleepsMS  []float64       `json:"sleeps_ms"`
	Logs      []string        `json:"logs"`
	RequestID *string         `json:"request_id"`
}

// LostError says that the driver is of no more use: it died, hangs, or does not speak the protocol.
type LostError struct{ Why string }

func (e *LostError) Error() string { return e.Why }

func lost(format string, args ...any) error { return &LostError{fmt.Sprintf(format, args...)} }

const (
	startLimit = 60 * time.Second
	// EndLimit is how long a driver may take to end.
	EndLimit = 10 * time.Second
	// lineLimit is more than any answer needs.
	lineLimit = 64 << 20
)

// StartDriver starts a driver as a shell would, and waits until it presents itself. The end of ctx ends it.
func StartDriver(ctx context.Context, command string) (*Driver, error) {
	d := &Driver{lines: make(chan []byte), exited: make(chan struct{})}
	d.process = exec.CommandContext(ctx, "sh", "-c", command)
	d.process.Cancel = d.killGroup
	d.process.Env = slices.DeleteFunc(os.Environ(), isMisleading)
	d.process.Stderr = os.Stderr
	// Its own group, so that what the shell started ends with it.
	d.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	var err error
	if d.in, err = d.process.StdinPipe(); err != nil {
		return nil, err
	}

	out, err := d.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.process.Start(); err != nil {
		return nil, err
	}

	go d.readLines(out)

	if err := d.hello(); err != nil {
		d.Kill()
		return nil, fmt.Errorf("the driver (%s) does not start: %w", command, err)
	}

	return d, nil
}

// isMisleading finds the variables that SDKs read, which must come from the cases only.
func isMisleading(variable string) bool {
	name, _, _ := strings.Cut(strings.ToLower(variable), "=")
	return strings.HasPrefix(name, "syssecure_") || strings.HasSuffix(name, "_proxy")
}

func (d *Driver) readLines(out io.Reader) {
	in := bufio.NewScanner(out)
	in.Buffer(nil, lineLimit)
	for in.Scan() {
		d.lines <- slices.Clone(in.Bytes())
	}
	if errors.Is(in.Err(), bufio.ErrTooLong) {
		d.lines <- fmt.Appendf(nil, "a line of more than %d bytes", lineLimit)
	}
	d.status = d.process.Wait()
	close(d.exited)
}

func (d *Driver) hello() error {
	answer, err := d.Do(map[string]any{"cmd": "hello"}, startLimit)
	if err != nil {
		return err
	}

	if answer.OK == nil {
		return fmt.Errorf("hello failed: %s", answer.Error)
	}
	if err := decodeStrictly(answer.OK, &d.Hello); err != nil {
		return fmt.Errorf("hello: %w", err)
	}

	if d.Hello.SDK == "" || d.Hello.Version == "" || len(d.Hello.Modes) == 0 {
		return errors.New("hello: sdk, version or modes is missing")
	}
	for _, word := range d.Hello.Lacks {
		if !slices.Contains(knownLacks, word) {
			return fmt.Errorf("hello: no driver can lack %q", word)
		}
	}

	return nil
}

// Do sends a command and waits for its answer. A LostError means that the driver must be replaced.
func (d *Driver) Do(command map[string]any, limit time.Duration) (*Answer, error) {
	d.last++
	command["id"] = d.last
	line, err := json.Marshal(command)
	if err != nil {
		return nil, err
	}

	timer := time.NewTimer(limit)
	defer timer.Stop()
	sent := make(chan error, 1)
	go func() {
		_, err := d.in.Write(append(line, '\n'))
		sent <- err
	}()

	select {
	case line := <-d.lines:
		return d.parse(line)
	case <-d.exited:
		return nil, d.death()
	case <-timer.C:
		return nil, lost("the driver did not answer within %s", limit)
	}
}

func (d *Driver) death() error {
	if d.status == nil {
		return lost("the driver ended (exit status 0) instead of answering")
	}
	return lost("the driver died instead of answering: %v", d.status)
}

func (d *Driver) parse(line []byte) (*Answer, error) {
	answer := &Answer{}
	if err := decodeStrictly(line, answer); err != nil {
		return nil, lost("the driver wrote a line that is no answer (%v): %q", err, shorten(string(line)))
	}
	if answer.ID == nil || *answer.ID != d.last {
		return nil, lost("the driver's answer has not the id %d: %s", d.last, shorten(string(line)))
	}
	if (answer.OK == nil) == (answer.Error == nil) {
		return nil, lost("the driver's answer needs one of ok and error: %s", shorten(string(line)))
	}
	return answer, nil
}

// Close ends the input of the driver, which must then end by itself within the limit.
func (d *Driver) Close(limit time.Duration) error {
	select {
	case <-d.exited:
		return errors.New("the driver had ended before its input did")
	default:
	}
	if err := d.in.Close(); err != nil {
		return err
	}

	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case line := <-d.lines:
		d.Kill()
		return fmt.Errorf("the driver wrote a line that nobody asked for: %q", shorten(string(line)))
	case <-d.exited:
		return d.status
	case <-timer.C:
		d.Kill()
		return fmt.Errorf("the driver did not end within %s after its input", limit)
	}
}

// Kill ends the driver and everything that it started.
func (d *Driver) Kill() {
	// An error means that it has ended already.
	_ = d.killGroup()
	for {
		select {
		case <-d.lines:
		case <-d.exited:
			return
		}
	}
}

func (d *Driver) killGroup() error { return syscall.Kill(-d.process.Process.Pid, syscall.SIGKILL) }
