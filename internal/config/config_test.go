package config

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
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
		Retention: Retention{Messages: 90 * 24 * time.Hour},
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
	folder := t.TempDir()
	password := filepath.Join(folder, "password")
	if err := os.WriteFile(password, []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	common := func(i int, get func(carrier.Common) any) func(*Config) any {
		return func(c *Config) any { return get(c.Carriers[i].Common) }
	}

	centre := func(get func(*smpp.Config) any) func(*Config) any {
		return func(c *Config) any { return get(smsc(c)) }
	}

	pass := centre(func(c *smpp.Config) any { return c.Password.Reveal() })
	gaps := func(c *Config) any { return len(c.Limits.SendGaps) }
	const s = time.Second
	for name, c := range map[string]struct {
		text string
		env  []string
		get  func(*Config) any
		want any
	}{
		"environment over file": {
			text: `listen = "127.0.0.1:1"`,
			env:  []string{"SYSSECURE_LISTEN=127.0.0.1:2"},
			get:  func(c *Config) any { return c.Listen },
			want: "127.0.0.1:2",
		},
		"key in a section": {
			env:  []string{"SYSSECURE_TLS_CERT_FILE=c", "SYSSECURE_TLS_KEY_FILE=k"},
			get:  func(c *Config) any { return c.TLS.CertFile + c.TLS.KeyFile },
			want: "ck",
		},
		"empty list is off":     {text: "[limits]\nsend_gaps = []", get: gaps, want: 0},
		"empty text is off":     {text: "[limits]\nsend_gaps = \"\"", get: gaps, want: 0},
		"empty variable is off": {env: []string{"SYSSECURE_LIMITS_SEND_GAPS="}, get: gaps, want: 0},
		"empty rate is off": {
			text: "[limits]\nrequests_per_key = \"\"",
			get:  func(c *Config) any { return c.Limits.RequestsPerKey },
			want: guard.Rate{},
		},
		"absent keeps the default": {text: "[limits]\nrequests_per_key = \"\"", get: gaps, want: 3},
		"list with commas": {
			env:  []string{"SYSSECURE_LIMITS_SEND_GAPS=30s, 60s"},
			get:  func(c *Config) any { return c.Limits.SendGaps },
			want: []time.Duration{30 * s, 60 * s},
		},
		"list as JSON": {
			env:  []string{`SYSSECURE_LIMITS_SENDS_PER_NUMBER=["3/1m"]`},
			get:  func(c *Config) any { return c.Limits.SendsPerNumber },
			want: []guard.Rate{{N: 3, Per: time.Minute}},
		},
		"proxies": {
			text: `trusted_proxies = ["10.0.0.5", "10.1.2.3/16"]`,
			get:  func(c *Config) any { return c.TrustedProxies },
			want: []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32"), netip.MustParsePrefix("10.1.0.0/16")},
		},
		"slash at the end": {
			text: `public_url = "https://otp.example.com/"`,
			get:  func(c *Config) any { return c.PublicURL },
			want: "https://otp.example.com",
		},
		"master key in data": {
			text: `data = "/srv/otp"`,
			get:  func(c *Config) any { return c.MasterKeyFile },
			want: "/srv/otp/master.key",
		},
		"master key elsewhere": {
			text: `master_key_file = "/k"`,
			get:  func(c *Config) any { return c.MasterKeyFile },
			want: "/k",
		},
		"carrier's variable": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=env"},
			get:  pass,
			want: "env",
		},
		"carrier's whole number": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_WINDOW=7"},
			get:  centre(func(c *smpp.Config) any { return c.Window }),
			want: 7,
		},
		"carrier's yes or no": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_ANY_HTTP_RECEIPTS=false"},
			get:  common(1, func(c carrier.Common) any { return c.Receipts }),
			want: false,
		},
		"secret in a file": {
			text: strings.Replace(twoCarriers, `password = "secret"`, `password_file = "`+password+`"`, 1),
			get:  pass,
			want: "from file",
		},
		"secret file by variable": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD_FILE=" + password},
			get:  pass,
			want: "from file",
		},
		"variable over file key": {
			text: strings.Replace(twoCarriers, `password = "secret"`, `password_file = "/none"`, 1),
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=env"},
			get:  pass,
			want: "env",
		},
		"ton of zero is given": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_SOURCE_TON=0"},
			get:  centre(func(c *smpp.Config) any { return *c.SourceTON }),
			want: uint8(0),
		},
		"carriers as JSON": {
			env: []string{
				`SYSSECURE_CARRIER=[{"name":"a","kind":"http","channel":"voice","url":"https://x/","token":"t"}]`,
			},
			get: func(c *Config) any {
				return c.Carriers[0].Settings.Channels()[0].String() + c.Carriers[0].Common.Name
			},
			want: "voicea",
		},
		"prices as JSON": {
			env:  []string{`SYSSECURE_PRICE=[{"channel":"sms","credits":3}]`},
			get:  func(c *Config) any { return c.Prices[0] },
			want: route.Price{Channel: message.SMS, Credits: 3},
		},
		"inline tables": {
			text: `price = [{channel = "sms", credits = 3}]`,
			get:  func(c *Config) any { return c.Prices[0].Credits },
			want: int64(3),
		},
		"plain HTTP behind proxy": {
			text: "listen = \":8080\"\ntrusted_proxies = [\"10.0.0.5\"]",
			get:  func(c *Config) any { return c.Listen },
			want: ":8080",
		},
		"TLS by certificate": {
			text: "listen = \":443\"\n[tls]\ncert_file = \"c\"\nkey_file = \"k\"",
			get:  func(c *Config) any { return c.TLS.Enabled() },
			want: true,
		},
		"TLS by ACME": {
			text: "listen = \":443\"\n[tls]\nacme_domains = [\"otp.example.com\"]\nacme_email = \"a@b\"",
			get:  func(c *Config) any { return c.TLS.Enabled() },
			want: true,
		},
		"days": {
			text: "[retention]\nmessages = \"400d\"",
			get:  func(c *Config) any { return c.Retention.Messages },
			want: 400 * 24 * time.Hour,
		},
		"days in hours": {
			env:  []string{"SYSSECURE_RETENTION_MESSAGES=1000h"},
			get:  func(c *Config) any { return c.Retention.Messages },
			want: 1000 * time.Hour,
		},
		"answer_timeout of smpp": {
			text: twoCarriers,
			get:  common(0, func(c carrier.Common) any { return c.AnswerTimeout }),
			want: 30 * s,
		},
		"answer_timeout of http": {
			text: twoCarriers,
			get:  common(1, func(c carrier.Common) any { return c.AnswerTimeout }),
			want: 15 * s,
		},
		"answer_timeout given": {
			text: twoCarriers + "answer_timeout = \"60s\"\n",
			get:  common(1, func(c carrier.Common) any { return c.AnswerTimeout }),
			want: 60 * s,
		},
		"country": {
			text: twoCarriers + "country = \"BE\"\n",
			get:  common(1, func(c carrier.Common) any { return c.Country }),
			want: "BE",
		},
		"charset": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_CHARSET=latin1"},
			get:  centre(func(c *smpp.Config) any { return c.Charset }),
			want: message.CharsetLatin1,
		},
		"validity": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_VALIDITY=false"},
			get:  centre(func(c *smpp.Config) any { return c.NoValidity }),
			want: true,
		},
		"dest_ton of zero": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_DEST_TON=0"},
			get:  centre(func(c *smpp.Config) any { return *c.DestTON }),
			want: uint8(0),
		},
		"pair has receipts": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_BIND=pair"},
			get:  common(0, func(c carrier.Common) any { return c.Receipts }),
			want: true,
		},
		"transmitter has none": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_BIND=transmitter"},
			get:  common(0, func(c carrier.Common) any { return c.Receipts }),
			want: false,
		},
		"transmitter, said": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_BIND=transmitter", "SYSSECURE_CARRIER_SMSC_1_RECEIPTS=true"},
			get:  common(0, func(c carrier.Common) any { return c.Receipts }),
			want: true,
		},
		"long password": {
			text: twoCarriers,
			env:  []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=more-than-eight"},
			get:  pass,
			want: "more-than-eight",
		},
		"IPv6 loopback": {
			text: `listen = "[::1]:8080"`,
			get:  func(c *Config) any { return c.Listen },
			want: "[::1]:8080",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.get(read(t, c.text, c.env...)); !reflect.DeepEqual(got, c.want) {
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
