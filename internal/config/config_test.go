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

// built are the kinds that the program has.
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

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := read(t, "", "PATH=/bin", "SYSSECURE_API_KEY=sk_test_x", "SYSSECURE_BASE_URL=http://x", "SYSSECURE_CONFIG=a.toml")
	want := &Config{Listen: "127.0.0.1:8080", Data: "./data", MasterKeyFile: "data/master.key", Retention: Retention{Messages: 90 * 24 * time.Hour}, Limits: Limits{
		SendsPerNumber: []guard.Rate{{N: 5, Per: 10 * time.Minute}, {N: 10, Per: time.Hour}, {N: 20, Per: 24 * time.Hour}},
		SendGaps:       []time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second},
		RequestsPerKey: guard.Rate{N: 100, Per: time.Second}, SendWait: 5 * time.Second, Scheduled: 1_000_000,
		ClientIP: []guard.Rate{{N: 10, Per: time.Hour}}, ClientIPCountries: []guard.Rate{{N: 3, Per: 24 * time.Hour}},
	}}

	c.Places = Sources{}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

func TestExample(t *testing.T) {
	t.Parallel()
	c, err := Load("../../syssecure.example.toml", nil, built)
	if err != nil {
		t.Fatal(err)
	}

	plain := read(t, "")
	if !reflect.DeepEqual(c.Limits, plain.Limits) || c.Listen != plain.Listen || c.Data != plain.Data || c.MasterKeyFile != plain.MasterKeyFile {
		t.Errorf("the example shows other defaults than there are: %+v, want %+v", c, plain)
	}
	if !reflect.DeepEqual(c.Routes[0], route.Rule{Channel: message.SMS, Prefix: "+32", Carriers: []string{"smsc-1", "any-http"}}) || c.Prices[0] != (route.Price{Channel: message.SMS, Prefix: "+32", Credits: 8}) {
		t.Errorf("got %+v, %+v", c.Routes, c.Prices)
	}

	// Every key has to be in the example, were it in a comment. Those of carriers are held by a test of package app.
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

func TestValues(t *testing.T) {
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
		"environment over file":    {`listen = "127.0.0.1:1"`, []string{"SYSSECURE_LISTEN=127.0.0.1:2"}, func(c *Config) any { return c.Listen }, "127.0.0.1:2"},
		"key in a section":         {"", []string{"SYSSECURE_TLS_CERT_FILE=c", "SYSSECURE_TLS_KEY_FILE=k"}, func(c *Config) any { return c.TLS.CertFile + c.TLS.KeyFile }, "ck"},
		"empty list is off":        {"[limits]\nsend_gaps = []", nil, gaps, 0},
		"empty text is off":        {"[limits]\nsend_gaps = \"\"", nil, gaps, 0},
		"empty variable is off":    {"", []string{"SYSSECURE_LIMITS_SEND_GAPS="}, gaps, 0},
		"empty rate is off":        {"[limits]\nrequests_per_key = \"\"", nil, func(c *Config) any { return c.Limits.RequestsPerKey }, guard.Rate{}},
		"absent keeps the default": {"[limits]\nrequests_per_key = \"\"", nil, gaps, 3},
		"list with commas":         {"", []string{"SYSSECURE_LIMITS_SEND_GAPS=30s, 60s"}, func(c *Config) any { return c.Limits.SendGaps }, []time.Duration{30 * s, 60 * s}},
		"list as JSON":             {"", []string{`SYSSECURE_LIMITS_SENDS_PER_NUMBER=["3/1m"]`}, func(c *Config) any { return c.Limits.SendsPerNumber }, []guard.Rate{{N: 3, Per: time.Minute}}},
		"proxies":                  {`trusted_proxies = ["10.0.0.5", "10.1.2.3/16"]`, nil, func(c *Config) any { return c.TrustedProxies }, []netip.Prefix{netip.MustParsePrefix("10.0.0.5/32"), netip.MustParsePrefix("10.1.0.0/16")}},
		"slash at the end":         {`public_url = "https://otp.example.com/"`, nil, func(c *Config) any { return c.PublicURL }, "https://otp.example.com"},
		"master key beside data":   {`data = "/srv/otp"`, nil, func(c *Config) any { return c.MasterKeyFile }, "/srv/otp/master.key"},
		"master key elsewhere":     {`master_key_file = "/k"`, nil, func(c *Config) any { return c.MasterKeyFile }, "/k"},
		"carrier's variable":       {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=env"}, pass, "env"},
		"carrier's whole number":   {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_WINDOW=7"}, centre(func(c *smpp.Config) any { return c.Window }), 7},
		"carrier's yes or no":      {twoCarriers, []string{"SYSSECURE_CARRIER_ANY_HTTP_RECEIPTS=false"}, common(1, func(c carrier.Common) any { return c.Receipts }), false},
		"secret in a file":         {strings.Replace(twoCarriers, `password = "secret"`, `password_file = "`+password+`"`, 1), nil, pass, "from file"},
		"secret file by variable":  {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD_FILE=" + password}, pass, "from file"},
		"variable over file key":   {strings.Replace(twoCarriers, `password = "secret"`, `password_file = "/none"`, 1), []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=env"}, pass, "env"},
		"ton of zero is given":     {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_SOURCE_TON=0"}, centre(func(c *smpp.Config) any { return *c.SourceTON }), uint8(0)},
		"carriers as JSON":         {"", []string{`SYSSECURE_CARRIER=[{"name":"a","kind":"http","channel":"voice","url":"https://x/","token":"t","rate":5}]`}, func(c *Config) any { return c.Carriers[0].Settings.Channels()[0].String() + c.Carriers[0].Common.Name }, "voicea"},
		"prices as JSON":           {"", []string{`SYSSECURE_PRICE=[{"channel":"sms","credits":3}]`}, func(c *Config) any { return c.Prices[0] }, route.Price{Channel: message.SMS, Credits: 3}},
		"inline tables":            {`price = [{channel = "sms", credits = 3}]`, nil, func(c *Config) any { return c.Prices[0].Credits }, int64(3)},
		"plain HTTP behind proxy":  {"listen = \":8080\"\ntrusted_proxies = [\"10.0.0.5\"]", nil, func(c *Config) any { return c.Listen }, ":8080"},
		"TLS by certificate":       {"listen = \":443\"\n[tls]\ncert_file = \"c\"\nkey_file = \"k\"", nil, func(c *Config) any { return c.TLS.Enabled() }, true},
		"TLS by ACME":              {"listen = \":443\"\n[tls]\nacme_domains = [\"otp.example.com\"]\nacme_email = \"a@b\"", nil, func(c *Config) any { return c.TLS.Enabled() }, true},
		"days":                     {"[retention]\nmessages = \"400d\"", nil, func(c *Config) any { return c.Retention.Messages }, 400 * 24 * time.Hour},
		"days in hours":            {"", []string{"SYSSECURE_RETENTION_MESSAGES=1000h"}, func(c *Config) any { return c.Retention.Messages }, 1000 * time.Hour},
		"answer_timeout of smpp":   {twoCarriers, nil, common(0, func(c carrier.Common) any { return c.AnswerTimeout }), 30 * s},
		"answer_timeout of http":   {twoCarriers, nil, common(1, func(c carrier.Common) any { return c.AnswerTimeout }), 15 * s},
		"answer_timeout given":     {twoCarriers + "answer_timeout = \"60s\"\n", nil, common(1, func(c carrier.Common) any { return c.AnswerTimeout }), 60 * s},
		"country":                  {twoCarriers + "country = \"BE\"\n", nil, common(1, func(c carrier.Common) any { return c.Country }), "BE"},
		"charset":                  {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_CHARSET=latin1"}, centre(func(c *smpp.Config) any { return c.Charset }), message.CharsetLatin1},
		"validity":                 {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_VALIDITY=false"}, centre(func(c *smpp.Config) any { return c.NoValidity }), true},
		"dest_ton of zero":         {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_DEST_TON=0"}, centre(func(c *smpp.Config) any { return *c.DestTON }), uint8(0)},
		"pair has receipts":        {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_BIND=pair"}, common(0, func(c carrier.Common) any { return c.Receipts }), true},
		"transmitter has none":     {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_BIND=transmitter"}, common(0, func(c carrier.Common) any { return c.Receipts }), false},
		"transmitter, said":        {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_BIND=transmitter", "SYSSECURE_CARRIER_SMSC_1_RECEIPTS=true"}, common(0, func(c carrier.Common) any { return c.Receipts }), true},
		"long password":            {twoCarriers, []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD=more-than-eight"}, pass, "more-than-eight"},
		"IPv6 loopback":            {`listen = "[::1]:8080"`, nil, func(c *Config) any { return c.Listen }, "[::1]:8080"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.get(read(t, c.text, c.env...)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLoadFile(t *testing.T) {
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
