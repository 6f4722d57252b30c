// Package harness drives one SDK through its driver, against a server with scripted answers, and compares what arrives
// at the server and what the driver reports with what the cases say. README.md of the module describes both formats.
package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
)

// Case is one thing that every SDK does. Its text is decoded again for each run, with the addresses of that run in it.
type Case struct {
	ID    string
	Rule  string
	Needs []string
	Modes []string
	text  json.RawMessage
}

// script is the text of a case, decoded.
type script struct {
	ID     string   `json:"id"`
	Rule   string   `json:"rule"`
	Needs  []string `json:"needs"`
	Modes  []string `json:"modes"`
	Call   call     `json:"call"`
	Server []step   `json:"server"`
	Serve  *serve   `json:"serve"`
	Want   want     `json:"want"`
}

// step is one request that must arrive, and its answer.
type step struct {
	Expect expect `json:"expect"`
	Reply  reply  `json:"reply"`
}

// serve answers calls in parallel, which arrive in any order.
type serve struct {
	Expect         expect   `json:"expect"`
	Reply          reply    `json:"reply"`
	Times          int      `json:"times"`
	MaxConnections int      `json:"max_connections"`
	Distinct       []string `json:"distinct"`
}

// want says what the driver must report.
type want struct {
	OK        json.RawMessage `json:"ok"`
	Error     json.RawMessage `json:"error"`
	SleepsMS  [][2]float64    `json:"sleeps_ms"`
	Logs      []pattern       `json:"logs"`
	Never     []string        `json:"never"`
	Contains  []string        `json:"contains"`
	RequestID *string         `json:"request_id"`
}

// call is a command for the driver. It is sent on as it stands; its fields are listed to refuse a misspelt one.
type call struct {
	Cmd string `json:"cmd"`
	callFields
	Steps []callFields `json:"steps"`

	Max    any `json:"max"`
	N      any `json:"n"`
	Rounds any `json:"rounds"`
	Method any `json:"method"`
	Path   any `json:"path"`
	Body   any `json:"body"`
	Query  any `json:"query"`

	PayloadB64      any `json:"payload_b64"`
	Header          any `json:"header"`
	Secrets         any `json:"secrets"`
	Secret          any `json:"secret"`
	Tolerance       any `json:"tolerance"`
	Timestamp       any `json:"timestamp"`
	As              any `json:"as"`
	Retry           any `json:"retry"`
	Status          any `json:"status"`
	RetryAfter      any `json:"retry_after"`
	MaxRetryAfterMS any `json:"max_retry_after_ms"`

	Client   *clientOptions    `json:"client"`
	Env      map[string]string `json:"env"`
	Now      any               `json:"now"`
	Random   any               `json:"random"`
	Cancel   string            `json:"cancel"`
	Log      bool              `json:"log"`
	LogFails bool              `json:"log_fails"`
	Locale   string            `json:"locale"`
}

type callFields struct {
	Op      string         `json:"op"`
	Args    map[string]any `json:"args"`
	Options *struct {
		IdempotencyKey any `json:"idempotency_key"`
		TimeoutMS      any `json:"timeout_ms"`
		MaxRetries     any `json:"max_retries"`
		Headers        any `json:"headers"`
	} `json:"options"`
}

type clientOptions struct {
	APIKey            any `json:"api_key"`
	BaseURL           any `json:"base_url"`
	TimeoutMS         any `json:"timeout_ms"`
	ConnectTimeoutMS  any `json:"connect_timeout_ms"`
	MaxRetries        any `json:"max_retries"`
	MaxRetryAfterMS   any `json:"max_retry_after_ms"`
	Headers           any `json:"headers"`
	UserAgent         any `json:"user_agent"`
	Proxy             any `json:"proxy"`
	CAFile            any `json:"ca_file"`
	AllowInsecureHTTP any `json:"allow_insecure_http"`
}

var (
	knownLacks = []string{
		"proxy", "ca_file", "connect_timeout", "cancel", "parallel", "parsed_body", "int64", "local_time", "duration",
		"locale", "gzip",
	}
	knownModes = []string{"sync", "async"}
	// withClient are the commands that make a client.
	withClient = []string{"call", "iterate", "parallel", "request", "sequence", "closed", "inspect"}
	// withoutClient are the other commands that a case may give.
	withoutClient = []string{"verify_webhook", "construct_event", "sign_webhook", "retry_delay"}

	caseID = regexp.MustCompile(`^[a-z0-9_]+(\.[A-Za-z0-9_]+)+$`)
)

// LoadCases reads the cases and the vectors of a folder. It names each fault that it finds, and then returns no cases.
func LoadCases(root string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(root, "cases", "*.json"))
	if err != nil {
		return nil, err
	}

	sort.Strings(files)

	var (
		cases  []Case
		faults []error
	)

	for _, file := range files {
		found, err := loadFile(file)
		cases = append(cases, found...)
		faults = append(faults, err)
	}
	vectors, err := loadVectors(filepath.Join(root, "vectors"))
	cases = append(cases, vectors...)
	faults = append(faults, err)

	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.ID] {
			faults = append(faults, fmt.Errorf("two cases have the id %s", c.ID))
		}
		seen[c.ID] = true
	}

	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return cases, nil
}

func loadFile(file string) ([]Case, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}

	var content struct {
		Cases []json.RawMessage `json:"cases"`
	}
	if err := decodeStrictly(text, &content); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}

	var (
		cases  []Case
		faults []error
	)

	for i, raw := range content.Cases {
		c, err := newCase(raw)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: case %d (%s): %w", file, i+1, c.ID, err))
			continue
		}
		cases = append(cases, c)
	}

	return cases, errors.Join(faults...)
}

// newCase decodes a case once, to refuse one that nobody could run.
func newCase(text json.RawMessage) (Case, error) {
	var head struct {
		ID string `json:"id"`
	}
	// A fault of the text is reported below. This is for the id in that message.
	_ = json.Unmarshal(text, &head)

	s, err := places{}.script(text)
	if err != nil {
		return Case{ID: head.ID}, err
	}
	if err := s.check(); err != nil {
		return Case{ID: head.ID}, err
	}
	return Case{ID: s.ID, Rule: s.Rule, Needs: s.Needs, Modes: s.Modes, text: text}, nil
}

func (s *script) check() error {
	if !caseID.MatchString(s.ID) {
		return errors.New("the id must be like retry.503_then_200")
	}

	if s.Rule == "" {
		return errors.New("it names no rule")
	}
	if !slices.Contains(withClient, s.Call.Cmd) && !slices.Contains(withoutClient, s.Call.Cmd) {
		return fmt.Errorf("no case may give the cmd %q", s.Call.Cmd)
	}

	if (s.Want.OK == nil) == (s.Want.Error == nil) {
		return errors.New("want needs one of ok and error")
	}
	for _, word := range s.Needs {
		if !slices.Contains(knownLacks, word) {
			return fmt.Errorf("needs: no driver can lack %q", word)
		}
	}

	for _, word := range s.Modes {
		if !slices.Contains(knownModes, word) {
			return fmt.Errorf("modes: there is no mode %q", word)
		}
	}
	return s.checkServer()
}

func (s *script) checkServer() error {
	if s.Serve != nil {
		if len(s.Server) > 0 || s.Serve.Times < 1 {
			return errors.New("serve excludes server, and needs times")
		}
		if err := s.Serve.Expect.check(false); err != nil {
			return fmt.Errorf("serve: %w", err)
		}
		return s.Serve.Reply.check()
	}

	for i, step := range s.Server {
		if err := errors.Join(step.Expect.check(i > 0), step.Reply.check()); err != nil {
			return fmt.Errorf("server, step %d: %w", i+1, err)
		}
	}
	return nil
}

// decodeStrictly refuses unknown fields and anything after the value, and keeps numbers as they are written.
func decodeStrictly(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the JSON")
	}
	return nil
}

// decode decodes any JSON, and keeps numbers as they are written.
func decode(text []byte) (any, error) {
	var v any
	err := decodeStrictly(text, &v)
	return v, err
}
