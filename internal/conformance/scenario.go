// Package conformance runs the scenarios of api/scenarios against a server: HTTP requests and their expected answers.
//
// It knows nothing of this server but what a client sees, so that the same files can test every server and every SDK.
// An expected answer is an example: the fields that it names must be present, and a name such as $id gets its value the
// first time and must have the same value from then on.
package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Scenario is a sequence of requests with their expected answers.
type Scenario struct {
	Name  string `json:"name"`
	Why   string `json:"why,omitempty"`
	Steps []Step `json:"steps"`

	// File is the name of its file, without .json.
	File string `json:"-"`
}

// Step is a request and its expected answer.
type Step struct {
	// Call is the method and the path, such as "POST /v2/otp/send".
	Call string `json:"call"`
	// Headers are sent in addition to the usual ones; null removes one of those.
	Headers map[string]*string `json:"headers,omitempty"`
	// Body is sent as JSON, Raw unchanged. A step has at most one of them.
	Body   any     `json:"body,omitempty"`
	Raw    *string `json:"raw,omitempty"`
	Expect Expect  `json:"expect"`
}

// Expect is an expected answer. Body and headers name what must be present; an answer may have more.
type Expect struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// Given are the names that have a value before the first step: unused phone numbers, and a unique string.
var Given = []string{"number", "number_2", "number_3", "unique"}

// reserved are the names for a kind of value; they never get a value.
var reserved = []string{"any", "absent", "time"}

// Load reads every scenario of a directory, in the order of its files.
func Load(files fs.FS) ([]Scenario, error) {
	names, err := fs.Glob(files, "scenarios/*.json")
	if err != nil {
		return nil, err
	}

	var all []Scenario
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}

		list, err := Parse(strings.TrimSuffix(path.Base(name), ".json"), data)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return nil, errors.New("there are no scenarios")
	}

	return all, nil
}

// Parse reads a file of scenarios. It refuses what a runner would silently ignore: unknown fields, a name that is used
// before it has a value, a step that expects nothing.
func Parse(file string, data []byte) ([]Scenario, error) {
	var doc struct {
		Scenarios []Scenario `json:"scenarios"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there is text after the JSON object", file)
	}

	seen := map[string]bool{}
	for i := range doc.Scenarios {
		s := &doc.Scenarios[i]
		s.File = file
		if err := s.check(); err != nil {
			return nil, fmt.Errorf("%s: scenario %q: %w", file, s.Name, err)
		}
		if seen[s.Name] {
			return nil, fmt.Errorf("%s: two scenarios are named %q", file, s.Name)
		}
		seen[s.Name] = true
	}

	return doc.Scenarios, nil
}

func (s *Scenario) check() error {
	if s.Name == "" || len(s.Steps) == 0 {
		return errors.New("a scenario needs a name and steps")
	}
	known := map[string]bool{}
	for _, name := range Given {
		known[name] = true
	}

	for i, step := range s.Steps {
		if err := step.check(known); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}

	return nil
}

var calls = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /[^ #]*$`)

// check checks a step; known are the names that have a value before it, to which it adds its own.
func (s *Step) check(known map[string]bool) error {
	if !calls.MatchString(s.Call) {
		return fmt.Errorf("call %q is not a method and a path", s.Call)
	}
	if s.Expect.Status < 100 || s.Expect.Status > 599 {
		return fmt.Errorf("expect.status %d is not an HTTP status", s.Expect.Status)
	}
	if s.Body != nil && s.Raw != nil {
		return errors.New("a step has body or raw, not both")
	}

	sent := []string{s.Call}
	for _, v := range s.Headers {
		if v != nil {
			sent = append(sent, *v)
		}
	}
	if s.Raw != nil {
		sent = append(sent, *s.Raw)
	}

	each(s.Body, func(text string) { sent = append(sent, text) })
	for _, text := range sent {
		for _, m := range names.FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				return fmt.Errorf("%q uses $%s, which has no value yet", text, m[1])
			}
		}
	}

	return s.checkExpected(known)
}

// checkExpected checks the expected answer of a step.
func (s *Step) checkExpected(known map[string]bool) (err error) {
	expect := func(text string) {
		name, shifted := singleName(text)
		switch {
		case strings.HasPrefix(text, "~"):
			if _, bad := regexp.Compile(text[1:]); bad != nil {
				err = fmt.Errorf("%q is not a pattern: %w", text, bad)
			}
		case name == "" && strings.Contains(text, "$"):
			err = fmt.Errorf("%q: in an expected answer, a string with a name must be only the name", text)
		case shifted && !known[name]:
			err = fmt.Errorf("%q uses a time that has no value yet", text)
		case name != "" && !slices.Contains(reserved, name):
			known[name] = true
		}
	}

	for _, text := range s.Expect.Headers {
		expect(text)
	}
	each(s.Expect.Body, expect)

	return err
}

// each calls fn for every string in a value.
func each(v any, fn func(string)) {
	switch v := v.(type) {
	case string:
		fn(v)
	case []any:
		for _, e := range v {
			each(e, fn)
		}
	case map[string]any:
		for _, name := range sorted(v) {
			each(v[name], fn)
		}
	}
}
