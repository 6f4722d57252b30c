package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mistake is an invalid configuration. want has each line of the error: its beginning, or its beginning and end with …
// between.
type mistake struct {
	text string
	env  string
	want []string
}

func (m mistake) test(t *testing.T) {
	t.Parallel()
	_, err := parse("f.toml", []byte(m.text), []string{m.env}, built)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want %q", err, m.want)
	}

	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(m.want) {
		t.Fatalf("got %q, want %q", lines, m.want)
	}

	for i, want := range m.want {
		begins, ends, cut := strings.Cut(want, " … ")
		if !strings.HasPrefix(lines[i], begins) || cut && !strings.HasSuffix(lines[i], ends) {
			t.Errorf("got %q, want %q", lines[i], want)
		}
	}

	if strings.Contains(err.Error(), "hush") {
		t.Errorf("a password is shown: %v", err)
	}
}

const (
	cost   = "[[cost]]\nchannel = \"sms\"\ncarrier = \"smsc-1\"\ncredits = 1\n"
	price  = "[[price]]\nchannel = \"sms\"\ncredits = 1\n"
	aRoute = "[[route]]\nchannel = \"sms\"\ncarriers = [\"smsc-1\"]\n"
)

const testNumber = "[[test_number]]\nnumber = \"+32470000000\"\ncode = \"314159\"\n"

func testNumberOf(number, code string) string {
	return with(with(testNumber, "+32470000000", number), "314159", code)
}

func with(text, old, new string) string { return strings.Replace(text, old, new, 1) }

var serverMistakes = map[string]mistake{
	"syntax": {text: "a = 1\nb = ", want: []string{"f.toml:2: "}},
	"syntax, what": {
		text: "a = 1\nb = ",
		want: []string{"f.toml:2: the file is not valid TOML from column 4 on: expected value, not end of input"},
	},
	"key twice": {
		text: "[tls]\ncert_file = \"hush\"\ncert_file = \"x\"",
		want: []string{"f.toml:3: the file is not valid TOML from column 1 on: key cert_file is already defined"},
	},
	"open string": {
		text: "database = \"postgres://u:hush@h/d\nlisten = 1",
		want: []string{"f.toml:1: the file is not valid TOML from column "},
	},
	"inline table": {
		text: "price = [\n  {channel = \"sms\", credits = 1},\n  {channel = \"fax\", # {\n   credits = 2},\n]",
		want: []string{"f.toml:3: price 2: channel must be"},
	},
	"dotted key": {
		text: "\ntls.cert_file = 5",
		want: []string{"f.toml:2: tls.cert_file must be a string"},
	},
	"quoted keys": {
		text: "\n[\"limits\"]\n'send_gaps' = 5",
		want: []string{"f.toml:3: limits.send_gaps must be a list"},
	},
	"byte order mark": {
		text: "\ufeff\nlisten = 1",
		want: []string{"f.toml:2: listen must be a string"},
	},
	"unknown keys, all": {
		text: "[tls]\nb = 1\n[retention]\nc.d = 2\n[e]\nf = 3\n",
		want: []string{
			"f.toml:2: tls.b is not a known key",
			"f.toml:4: retention.c is not a known key",
			"f.toml:5: e is not a known key",
		},
	},
	"section is a list": {
		text: "\n[[tls]]\n[[tls]]",
		want: []string{"f.toml:2: tls must be a table, written as [tls]"},
	},
	"table in a carrier": {
		text: twoCarriers + "[carrier.extra]\nx = 1",
		want: []string{`f.toml:14: carrier "any-http": extra is not a known key`},
	},
	"unknown key": {
		text: "\nlistem = \"x\"",
		want: []string{`f.toml:2: listem is not a known key (did you mean "listen"?)`},
	},
	"unknown section": {
		text: "[limit]\n",
		want: []string{`f.toml:1: limit must be a list of tables, each written as [[limit]]`},
	},
	"unknown key, no hint": {text: "zzz = 1", want: []string{"f.toml:1: zzz is not a known key"}},
	"unknown key inside": {
		text: "[limits]\nsend_gap = []",
		want: []string{`f.toml:2: limits.send_gap is not a known key (did you mean "send_gaps"?)`},
	},
	"unknown variable": {
		env:  "SYSSECURE_LISTENS=x",
		want: []string{`SYSSECURE_LISTENS: unknown variable (did you mean "SYSSECURE_LISTEN"?)`},
	},
	"unknown carrier": {
		text: twoCarriers,
		env:  "SYSSECURE_CARRIER_SMSC_2_PASSWORD=x",
		want: []string{`SYSSECURE_CARRIER_SMSC_2_PASSWORD: unknown variable`},
	},
	"variable is wrong": {
		env:  "SYSSECURE_LISTEN=x",
		want: []string{`SYSSECURE_LISTEN: listen must be host:port`},
	},
	"carrier's variable": {
		text: twoCarriers,
		env:  "SYSSECURE_CARRIER_SMSC_1_WINDOW=many",
		want: []string{`SYSSECURE_CARRIER_SMSC_1_WINDOW: carrier "smsc-1": window must be a whole number`},
	},
	"variable no JSON": {
		env:  "SYSSECURE_PRICE=8",
		want: []string{"SYSSECURE_PRICE: must be a JSON list"},
	},
	"section is a value": {text: "tls = 5", want: []string{"f.toml:1: tls must be a table"}},
	"list is a table": {
		text: "[carrier]\nname = \"a\"",
		want: []string{"f.toml:1: carrier must be a list of tables, each written as [[carrier]]"},
	},
	"wrong type": {text: "listen = 8080", want: []string{"f.toml:1: listen must be a string"}},
	"no list": {
		text: "[limits]\nsend_gaps = \"30s\"",
		want: []string{"f.toml:2: limits.send_gaps must be a list"},
	},
	"no duration": {
		text: "[limits]\nsend_gaps = [\"30s\", \"x\"]",
		want: []string{"f.toml:2: limits.send_gaps (element 2) must be a duration"},
	},
	"no range": {
		text: "[webhooks]\nallow_cidrs = [\"10.0.0.0/99\"]",
		want: []string{"f.toml:2: webhooks.allow_cidrs (element 1) must be a range"},
	},
	"rate over the log": {
		text: "[limits]\nsends_per_number = [\"26/1h\"]",
		want: []string{`f.toml:2: limits.sends_per_number must have rates of 1…25 sends, has "26/1h"`},
	},
	"no rate": {
		text: "[limits]\nrequests_per_key = \"100\"",
		want: []string{"f.toml:2: limits.requests_per_key must be a rate"},
	},
	"gap of zero": {
		text: "[limits]\nsend_gaps = [\"0s\"]",
		want: []string{"f.toml:2: limits.send_gaps must be more than 0"},
	},
	"endless wait": {
		text: "[limits]\nsend_wait = \"1h\"",
		want: []string{"f.toml:2: limits.send_wait must be 100ms…15s, is 1h0m0s"},
	},
	"kept too short": {
		text: "[retention]\nmessages = \"30d\"",
		want: []string{"f.toml:2: retention.messages must be 32d…1100d, is 30d"},
	},
	"kept for ever": {
		text: "[retention]\nmessages = \"36501d\"",
		want: []string{"f.toml:2: retention.messages must be a duration such as \"30s\" or \"90d\""},
	},
	"logs kept too short": {
		text: "[retention]\naudit = \"29d\"\nrequests = \"23h\"",
		want: []string{
			"f.toml:2: retention.audit must be 30d…3650d, is 29d",
			"f.toml:3: retention.requests must be 1d…90d, is 0.9583",
		},
	},
	"logs kept too long": {
		text: "[retention]\naudit = \"3651d\"\nrequests = \"91d\"",
		want: []string{
			"f.toml:2: retention.audit must be 30d…3650d, is 3651d",
			"f.toml:3: retention.requests must be 1d…90d, is 91d",
		},
	},
	"not kept": {
		text: "[retention]\nmessages = \"0s\"",
		want: []string{"f.toml:2: retention.messages must be 32d…1100d, is 0d"},
	},
	"plain HTTP outside": {
		text: `listen = "0.0.0.0:8080"`,
		want: []string{"f.toml:1: listen is \"0.0.0.0:8080\", but plain HTTP … name your proxy in trusted_proxies"},
	},
	"plain HTTP anywhere": {text: `listen = ":8080"`, want: []string{"f.toml:1: listen is "}},
	"no port":             {text: `listen = "127.0.0.1"`, want: []string{"f.toml:1: listen must be host:port"}},
	"port too high": {
		text: `listen = "127.0.0.1:70000"`,
		want: []string{"f.toml:1: listen must be host:port"},
	},
	"no data": {text: `data = ""`, want: []string{"f.toml:1: data must name a folder"}},
	"public url": {
		text: `public_url = "otp.example.com"`,
		want: []string{"f.toml:1: public_url must be"},
	},
	"broken database": {
		text: `database = "postgres://u:hu%zzsh@h/d"`,
		want: []string{"f.toml:1: database must be empty"},
	},
	"other database": {
		text: `database = "mysql://u:hush@h/d"`,
		want: []string{"f.toml:1: database must be empty"},
	},
	"certificate alone": {
		text: "[tls]\ncert_file = \"c\"",
		want: []string{"f.toml:2: tls.cert_file needs tls.key_file"},
	},
	"key alone": {
		text: "[tls]\nkey_file = \"c\"",
		want: []string{"f.toml:2: tls.key_file needs tls.cert_file"},
	},
	"ACME without address": {
		text: "[tls]\nacme_domains = [\"a.example\"]",
		want: []string{"f.toml:2: tls.acme_domains needs tls.acme_email"},
	},
	"ACME without names": {
		text: "[tls]\nacme_email = \"a@b\"",
		want: []string{"f.toml:2: tls.acme_email needs tls.acme_domains"},
	},
	"ACME for an address": {
		text: "[tls]\nacme_domains = [\"10.0.0.1\"]\nacme_email = \"a@b\"",
		want: []string{"f.toml:2: tls.acme_domains must be names"},
	},
	"both ways of TLS": {
		text: "[tls]\ncert_file=\"c\"\nkey_file=\"k\"\nacme_domains = [\"a.example\"]\nacme_email = \"a@b\"",
		want: []string{"f.toml:4: tls.acme_domains and tls.cert_file are both given"},
	},
	"line after long values": {
		text: "trusted_proxies = [\n  \"10.0.0.1\", # ]\n]\ndata = \"\"\"\n[tls]\nx = 1\"\"\"\npublic_url = 5",
		want: []string{"f.toml:7: public_url must be a string"},
	},
	"everything at once": {
		text: "listen = 1\nx = 2\n[limits]\nsend_gaps = 3",
		env:  "SYSSECURE_Y=1",
		want: []string{"f.toml:1: listen", "f.toml:2: x is", "f.toml:4: limits.send_gaps", "SYSSECURE_Y: unknown"},
	},
}

func TestParse_Problems(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]mistake{serverMistakes, carrierMistakes, listMistakes} {
		for name, c := range table {
			t.Run(name, c.test)
		}
	}
}

func TestParse_Warnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing": {text: twoCarriers},
		"password": {
			text: with(twoCarriers, `"secret"`, `"hush-hush"`),
			want: []string{
				`f.toml:7: carrier "smsc-1": password has 9 characters, and SMPP 3.4 has room for 8; it is sent whole`,
			},
		},
		"transmitter": {
			text: with(twoCarriers, `password = "secret"`, `bind = "transmitter"`),
			want: []string{
				`f.toml:7: carrier "smsc-1": bind = "transmitter" receives neither receipts nor`,
			},
		},
		"transmitter, receipts": {
			text: with(twoCarriers, `password = "secret"`, "bind = \"transmitter\"\nreceipts = true"),
			want: []string{
				`f.toml:8: carrier "smsc-1": receipts = true with bind = "transmitter": no receipt can come`,
			},
		},
		"transmitter, none": {
			text: with(twoCarriers, `password = "secret"`, "bind = \"transmitter\"\nreceipts = false"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parse("f.toml", []byte(c.text), nil, built)
			if err != nil || len(got.Warnings) != len(c.want) {
				t.Fatalf("%v, warnings %v", err, got.Warnings)
			}

			for i, want := range c.want {
				if line := got.Warnings[i].String(); !strings.HasPrefix(line, want) || strings.Contains(line, "hush") {
					t.Errorf("got %q, want %q", line, want)
				}
			}
		})
	}
}

func TestParse_SecretFiles(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for file, want := range map[string]string{empty: "is empty", "/no/such/file": "cannot be read"} {
		text := with(twoCarriers, `password = "secret"`, `password_file = "`+file+`"`)
		_, err := parse("f.toml", []byte(text), nil, built)
		if err == nil || !strings.HasPrefix(err.Error(), `f.toml:7: carrier "smsc-1": password_file`) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestConfig_PrintsNoSecret(t *testing.T) {
	t.Parallel()
	c := read(t, twoCarriers+testNumberOf("+32470000000", "2718281828"),
		"SYSSECURE_CARRIER_ANY_HTTP_TOKEN=hush", "SYSSECURE_CARRIER_SMSC_1_PASSWORD=hush")
	text := fmt.Sprintf("%v %+v %#v %+v %#v", c, c.Carriers, c.Carriers, c.TestNumbers, c.CodesOfTestNumbers())
	if strings.Contains(text, "hush") || strings.Contains(text, "2718281828") {
		t.Errorf("got %s", text)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", twoCarriers, "listen = 1", "[tls]\n[limits]\nsend_gaps = [[1]]", "carrier = 5", "carrier = [1]",
		"[[route]]\n[[price]]\nprefix = 3", "[carrier]\n[carrier.x]", "tls.cert_file = \"x\"", "x = \"\"\"\n[[",
		"[[carrier]]\nname = 1979-05-27", "[[carrier]]\nkind = 'sip'",
	} {
		f.Add(text, "LISTEN", "x")
		f.Add(text, "CARRIER", `[{"name":"a","window":1e9}]`)
		f.Add(text, "CARRIER_SMSC_1_SOURCE_TON", "[")
	}

	f.Fuzz(func(t *testing.T, text, name, value string) {
		// A fuzzer that finds "password_file" would read files of this machine.
		if strings.Contains(text, "_file") || strings.HasSuffix(name, "_FILE") {
			return
		}
		c, err := parse("f.toml", []byte(text), []string{prefix + name + "=" + value}, built)
		var problems Problems
		if (err == nil) != (c != nil) || err != nil && (!errors.As(err, &problems) || len(problems) == 0) {
			t.Errorf("got %v, %v", c, err)
		}
	})
}
