// Package live tries one SDK, through its driver, against the real server: what no script can show.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/syssecure/syssecure/sdk/conformance/harness"
	"github.com/syssecure/syssecure/sdk/conformance/server"
)

// object is a JSON object that is sent to the driver.
type object map[string]any

// check is one thing that is tried. After its first failure, its further calls do nothing, so that none needs to ask.
type check struct {
	session *session
	err     error
}

// session is what all checks share.
type session struct {
	// ctx ends the processes that a check starts.
	ctx    context.Context
	driver *harness.Driver
	mode   string
	server *server.Server
	// base is where the SDK finds the server.
	base string
	// newer is set when base is a server that says more than today's.
	newer  bool
	called map[string]bool
	// numbers makes a number for each check, so that none sees what another sent.
	numbers int
	// lost is set when the driver is of no more use.
	lost bool
	// patience is how long an event may take on a busy machine.
	patience time.Duration
}

const (
	answerLimit = 60 * time.Second
	pollEvery   = 50 * time.Millisecond
)

// eventually asks again until an answer has come, and fails when none comes in time.
func (c *check) eventually(what string, ask func() bool) {
	for end := time.Now().Add(c.session.patience); c.err == nil && !ask(); {
		c.must(time.Now().Before(end), "%s: not within %s", what, c.session.patience)
		<-time.After(pollEvery)
	}
}

// number returns a number to which nothing was sent yet.
func (s *session) number() string {
	s.numbers++
	return fmt.Sprintf("+3247012%04d", s.numbers)
}

func (c *check) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *check) failOn(err error) {
	if c.err == nil {
		c.err = err
	}
}

// must fails unless what was said holds.
func (c *check) must(holds bool, format string, args ...any) {
	if !holds {
		c.fail(format, args...)
	}
}

// equal fails unless a value is what was expected.
func (c *check) equal(what string, got value, want any) {
	c.must(got.equals(want), "%s is %s, want %v", what, got, want)
}

// do sends a command, with a client for the server that is tried.
func (c *check) do(command object) *harness.Answer {
	return c.doAs(c.session.server.TestKey, command)
}

func (c *check) doAs(key string, command object) *harness.Answer {
	if c.err != nil {
		return nil
	}
	command["client"] = object{"api_key": key, "base_url": c.session.base}
	return c.send(command)
}

// send sends a command as it stands.
func (c *check) send(command object) *harness.Answer {
	if c.err != nil {
		return nil
	}
	command["mode"] = c.session.mode
	answer, err := c.session.driver.Do(command, answerLimit)
	if err != nil {
		var lost *harness.LostError
		c.session.lost = errors.As(err, &lost)
		what := command["op"]
		if what == nil {
			what = command["cmd"]
		}
		c.fail("%s: %w", what, err)

		return nil
	}
	return answer
}

// result returns what a command answered, and fails when that is an error.
func (c *check) result(what string, a *harness.Answer) value {
	if c.err != nil {
		return value{}
	}
	if a.Error != nil {
		c.fail("%s failed: %s", what, a.Error)
		return value{}
	}
	return c.decode(a.OK)
}

func (c *check) decode(text json.RawMessage) value {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var v any
	c.failOn(d.Decode(&v))
	return value{v}
}

// call calls an operation, which must succeed.
func (c *check) call(op string, args object, options ...object) value {
	command := object{"cmd": "call", "op": op, "args": args}
	for _, o := range options {
		command["options"] = o
	}
	c.session.called[op] = true
	return c.result(op, c.do(command))
}

// callAs calls an operation with another key than that of the sandbox.
func (c *check) callAs(key, op string, args object) value {
	c.session.called[op] = true
	return c.result(op, c.doAs(key, object{"cmd": "call", "op": op, "args": args}))
}

// refused calls an operation, which must fail with an error of this type.
func (c *check) refused(op string, args object, kind string) value {
	return c.failure(op, kind, c.do(object{"cmd": "call", "op": op, "args": args}))
}

func (c *check) failure(what, kind string, a *harness.Answer) value {
	if c.err != nil {
		return value{}
	}
	if a.Error == nil {
		c.fail("%s succeeded, want %s: %s", what, kind, a.OK)
		return value{}
	}
	failure := c.decode(a.Error)
	c.equal("the error of "+what, failure.get("type"), kind)
	return failure
}

// iterate returns the elements of a list, page by page.
func (c *check) iterate(op string, args object, most int) []value {
	c.session.called[op] = true
	answer := c.do(object{"cmd": "iterate", "op": op, "args": args, "max": most})
	return c.result(op, answer).list()
}

// says is how the server that is tried spells one of today's values: a newer one has values that no SDK knows.
func (c *check) says(today string) string {
	if c.session.newer {
		return newerValue(today)
	}
	return today
}

// run runs one check, and reports it.
func (s *session) run(name string, try func(*check)) harness.Result {
	start := time.Now()
	c := &check{session: s}
	if s.lost {
		c.fail("not run, because the driver was lost")
	} else {
		try(c)
	}

	result := harness.Result{ID: name, Rule: "live", Took: time.Since(start)}
	var skip *skipError
	if errors.As(c.err, &skip) {
		result.Skipped = skip.why
	} else if c.err != nil {
		result.Failures = []string{c.err.Error()}
	}
	return result
}

// skipError says why a check is not for this SDK.
type skipError struct{ why string }

func (e *skipError) Error() string { return e.why }
