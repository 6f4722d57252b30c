package config

import (
	"net/netip"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

func common(i int, get func(carrier.Common) any) func(*Config) any {
	return func(c *Config) any { return get(c.Carriers[i].Common) }
}

func centre(get func(*smpp.Config) any) func(*Config) any {
	return func(c *Config) any { return get(smsc(c)) }
}

func pass(c *Config) any { return smsc(c).Password.Reveal() }

func gaps(c *Config) any { return len(c.Limits.SendGaps) }

// values are configurations with a value that they lead to. PASSWORD is the path of a file with the text "from file".
var values = map[string]struct {
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
		want: []time.Duration{30 * time.Second, 60 * time.Second},
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
		text: strings.Replace(twoCarriers, `password = "secret"`, `password_file = "PASSWORD"`, 1),
		get:  pass,
		want: "from file",
	},
	"secret file by variable": {
		text: twoCarriers,
		env:  []string{"SYSSECURE_CARRIER_SMSC_1_PASSWORD_FILE=PASSWORD"},
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
	"routes that learn": {
		text: twoCarriers + aRoute + "strategy = \"verified_rate\"",
		get:  func(c *Config) any { return c.Routes[0].Strategy },
		want: route.VerifiedRate,
	},
	"prices as JSON": {
		env:  []string{`SYSSECURE_PRICE=[{"channel":"sms","credits":3}]`},
		get:  func(c *Config) any { return c.Prices[0] },
		want: route.Price{Channel: message.SMS, Credits: 3},
	},
	"costs as JSON": {
		env:  []string{`SYSSECURE_COST=[{"channel":"voice","prefix":"+32","credits":0}]`},
		get:  func(c *Config) any { return c.Costs[0] },
		want: route.Cost{Channel: message.Voice, Prefix: "+32"},
	},
	"costs of a carrier": {
		text: twoCarriers + cost,
		get:  func(c *Config) any { return c.Costs[0] },
		want: route.Cost{Channel: message.SMS, Carrier: "smsc-1", Credits: 1},
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
	"days of the audit log": {
		text: "[retention]\naudit = \"3650d\"\nrequests = \"1d\"",
		get:  func(c *Config) any { return c.Retention },
		want: Retention{Messages: 90 * day, Audit: 3650 * day, Requests: day},
	},
	"days in hours": {
		env:  []string{"SYSSECURE_RETENTION_MESSAGES=1000h"},
		get:  func(c *Config) any { return c.Retention.Messages },
		want: 1000 * time.Hour,
	},
	"answer_timeout of smpp": {
		text: twoCarriers,
		get:  common(0, func(c carrier.Common) any { return c.AnswerTimeout }),
		want: 30 * time.Second,
	},
	"answer_timeout of http": {
		text: twoCarriers,
		get:  common(1, func(c carrier.Common) any { return c.AnswerTimeout }),
		want: 15 * time.Second,
	},
	"answer_timeout given": {
		text: twoCarriers + "answer_timeout = \"60s\"\n",
		get:  common(1, func(c carrier.Common) any { return c.AnswerTimeout }),
		want: 60 * time.Second,
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
}
