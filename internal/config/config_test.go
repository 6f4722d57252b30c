package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/httpsms"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

const twoCarriers = `
[[carrier]]
name = "smsc-1"
kind = "smpp"
addr = "127.0.0.1:2775"
system_id = "user"
password = "secret"
[[carrier]]
name = "any-http"
kind = "http"
channel = "sms"
url = "http://127.0.0.1:9911/"
token = "t"
`

// built are the kinds of carriers in these tests.
var built = map[string]carrier.Factory{"http": httpsms.Factory, "smpp": smpp.Factory}

func smsc(c *Config) *smpp.Config { return c.Carriers[0].Settings.(*smpp.Config) }

func read(t *testing.T, text string, env ...string) *Config {
	t.Helper()
	c, err := parse("syssecure.toml", []byte(text), env, built)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse_Defaults(t *testing.T) {
	t.Parallel()
	c := read(t, "",
		"PATH=/bin", "SYSSECURE_API_KEY=sk_test_x", "SYSSECURE_BASE_URL=http://x", "SYSSECURE_CONFIG=a.toml")
	want := &Config{
		Listen: "127.0.0.1:8080", Data: "./data", MasterKeyFile: "data/master.key",
		Retention: Retention{Messages: 90 * 24 * time.Hour, Audit: 400 * 24 * time.Hour, Requests: 7 * 24 * time.Hour},
		Limits: Limits{
			SendsPerNumber: []guard.Rate{
				{N: 5, Per: 10 * time.Minute}, {N: 10, Per: time.Hour}, {N: 20, Per: 24 * time.Hour},
			},
			SendGaps:       []time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second},
			RequestsPerKey: guard.Rate{N: 100, Per: time.Second}, SendWait: 5 * time.Second, Scheduled: 1_000_000,
			ClientIP:          []guard.Rate{{N: 10, Per: time.Hour}},
			ClientIPCountries: []guard.Rate{{N: 3, Per: 24 * time.Hour}},
		},
	}

	c.Sources = Sources{}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestLoad_Example(t *testing.T) {
	t.Parallel()
	c, err := Load("../../syssecure.example.toml", nil, built)
	if err != nil {
		t.Fatal(err)
	}

	plain := read(t, "")
	if !reflect.DeepEqual(c.Limits, plain.Limits) || c.Listen != plain.Listen || c.Data != plain.Data ||
		c.MasterKeyFile != plain.MasterKeyFile {
		t.Errorf("the example has other values than the defaults: %+v, want %+v", c, plain)
	}

	first := route.Rule{Channel: message.SMS, Prefix: "+32", Carriers: []string{"smsc-1", "any-http"}}
	if !reflect.DeepEqual(c.Routes[0], first) ||
		c.Prices[0] != (route.Price{Channel: message.SMS, Prefix: "+32", Credits: 8}) {
		t.Errorf("got %+v, %+v", c.Routes, c.Prices)
	}

	// Every key has to be in the example, at least as a comment. Package app tests the keys of carriers.
	text, err := os.ReadFile("../../syssecure.example.toml")
	if err != nil {
		t.Fatal(err)
	}

	all := c.keys()
	for _, s := range c.sections() {
		all = append(all, s.keys...)
	}

	for _, k := range all {
		if !strings.Contains(string(text), "\n"+k.Name+" ") && !strings.Contains(string(text), "\n# "+k.Name+" ") {
			t.Errorf("%s is not in the example", k.Name)
		}
	}
}

func TestParse_Values(t *testing.T) {
	t.Parallel()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for name, c := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := slices.Clone(c.env)
			for i := range env {
				env[i] = strings.Replace(env[i], "=PASSWORD", "="+password, 1)
			}

			text := strings.Replace(c.text, `"PASSWORD"`, `"`+password+`"`, 1)
			if got := c.get(read(t, text, env...)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLoad_File(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	if _, err := Load("none.toml", nil, built); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a named file that is missing: %v", err)
	}
	if c, err := Load("", nil, built); err != nil || c.Listen != "127.0.0.1:8080" {
		t.Errorf("no file at all: %+v, %v", c, err)
	}
	if err := os.WriteFile(DefaultFile, []byte(`listen = "127.0.0.1:9"`), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load("", nil, built); err != nil || c.Listen != "127.0.0.1:9" {
		t.Errorf("the default file: %+v, %v", c, err)
	}
}
