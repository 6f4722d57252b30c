package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mistake is a configuration that is wrong. want has each line of the error, or its beginning and its end with … between.
type mistake struct {
	text string
	env  string
	want []string
}

const (
	price  = "[[price]]\nchannel = \"sms\"\ncredits = 1\n"
	aRoute = "[[route]]\nchannel = \"sms\"\ncarriers = [\"smsc-1\"]\n"
)

const testNumber = "[[test_number]]\nnumber = \"+32470000000\"\ncode = \"314159\"\n"

func testNumberOf(number, code string) string {
	return with(with(testNumber, "+32470000000", number), "314159", code)
}

func with(text, old, new string) string { return strings.Replace(text, old, new, 1) }

var serverMistakes = map[string]mistake{
	"syntax":                 {"a = 1\nb = ", "", []string{"f.toml:2: "}},
	"syntax, what":           {"a = 1\nb = ", "", []string{"f.toml:2: the file is not valid TOML from column 4 on: expected value, not end of input"}},
	"key twice":              {"[tls]\ncert_file = \"hush\"\ncert_file = \"x\"", "", []string{"f.toml:3: the file is not valid TOML from column 1 on: key cert_file is already defined"}},
	"open string":            {"database = \"postgres://u:hush@h/d\nlisten = 1", "", []string{"f.toml:1: the file is not valid TOML from column "}},
	"inline table":           {"price = [\n  {channel = \"sms\", credits = 1},\n  {channel = \"fax\", # {\n   credits = 2},\n]", "", []string{"f.toml:3: price 2: channel must be"}},
	"dotted key":             {"\ntls.cert_file = 5", "", []string{"f.toml:2: tls.cert_file must be a string"}},
	"quoted keys":            {"\n[\"limits\"]\n'send_gaps' = 5", "", []string{"f.toml:3: limits.send_gaps must be a list"}},
	"byte order mark":        {"\ufeff\nlisten = 1", "", []string{"f.toml:2: listen must be a string"}},
	"unknown keys, all":      {"[tls]\nb = 1\n[retention]\nc.d = 2\n[e]\nf = 3\n", "", []string{"f.toml:2: tls.b is no key", "f.toml:4: retention.c is no key", "f.toml:5: e is no key"}},
	"section is a list":      {"\n[[tls]]\n[[tls]]", "", []string{"f.toml:2: tls must be a table, written as [tls]"}},
	"table in a carrier":     {twoCarriers + "[carrier.extra]\nx = 1", "", []string{`f.toml:14: carrier "any-http": extra is no key`}},
	"unknown key":            {"\nlistem = \"x\"", "", []string{`f.toml:2: listem is no key that is known here (did you mean "listen"?)`}},
	"unknown section":        {"[limit]\n", "", []string{`f.toml:1: limit must be a list of tables, each written as [[limit]]`}},
	"unknown key, no hint":   {"zzz = 1", "", []string{"f.toml:1: zzz is no key that is known here"}},
	"unknown key inside":     {"[limits]\nsend_gap = []", "", []string{`f.toml:2: limits.send_gap is no key that is known here (did you mean "send_gaps"?)`}},
	"unknown variable":       {"", "SYSSECURE_LISTENS=x", []string{`SYSSECURE_LISTENS: is no variable of this server (did you mean "SYSSECURE_LISTEN"?)`}},
	"unknown carrier":        {twoCarriers, "SYSSECURE_CARRIER_SMSC_2_PASSWORD=x", []string{`SYSSECURE_CARRIER_SMSC_2_PASSWORD: is no variable`}},
	"variable is wrong":      {"", "SYSSECURE_LISTEN=x", []string{`SYSSECURE_LISTEN: listen must be host:port`}},
	"carrier's variable":     {twoCarriers, "SYSSECURE_CARRIER_SMSC_1_WINDOW=many", []string{`SYSSECURE_CARRIER_SMSC_1_WINDOW: carrier "smsc-1": window must be a whole number`}},
	"variable no JSON":       {"", "SYSSECURE_PRICE=8", []string{"SYSSECURE_PRICE: must be a JSON list"}},
	"section is a value":     {"tls = 5", "", []string{"f.toml:1: tls must be a table"}},
	"list is a table":        {"[carrier]\nname = \"a\"", "", []string{"f.toml:1: carrier must be a list of tables, each written as [[carrier]]"}},
	"wrong type":             {"listen = 8080", "", []string{"f.toml:1: listen must be a string"}},
	"no list":                {"[limits]\nsend_gaps = \"30s\"", "", []string{"f.toml:2: limits.send_gaps must be a list"}},
	"no duration":            {"[limits]\nsend_gaps = [\"30s\", \"x\"]", "", []string{"f.toml:2: limits.send_gaps (element 2) must be a duration"}},
	"no range":               {"[webhooks]\nallow_cidrs = [\"10.0.0.0/99\"]", "", []string{"f.toml:2: webhooks.allow_cidrs (element 1) must be a range"}},
	"rate over the log":      {"[limits]\nsends_per_number = [\"26/1h\"]", "", []string{`f.toml:2: limits.sends_per_number must have rates of 1…25 sends, has "26/1h"`}},
	"no rate":                {"[limits]\nrequests_per_key = \"100\"", "", []string{"f.toml:2: limits.requests_per_key must be a rate"}},
	"gap of nothing":         {"[limits]\nsend_gaps = [\"0s\"]", "", []string{"f.toml:2: limits.send_gaps must be more than 0"}},
	"endless wait":           {"[limits]\nsend_wait = \"1h\"", "", []string{"f.toml:2: limits.send_wait must be 100ms…15s, is 1h0m0s"}},
	"kept too short":         {"[retention]\nmessages = \"30d\"", "", []string{"f.toml:2: retention.messages must be 32d…1100d, is 30d"}},
	"kept for ever":          {"[retention]\nmessages = \"36501d\"", "", []string{"f.toml:2: retention.messages must be a duration such as \"30s\" or \"90d\""}},
	"not kept":               {"[retention]\nmessages = \"0s\"", "", []string{"f.toml:2: retention.messages must be 32d…1100d, is 0d"}},
	"plain HTTP outside":     {`listen = "0.0.0.0:8080"`, "", []string{"f.toml:1: listen is \"0.0.0.0:8080\", and plain HTTP … name your proxy in trusted_proxies"}},
	"plain HTTP anywhere":    {`listen = ":8080"`, "", []string{"f.toml:1: listen is "}},
	"no port":                {`listen = "127.0.0.1"`, "", []string{"f.toml:1: listen must be host:port"}},
	"port too high":          {`listen = "127.0.0.1:70000"`, "", []string{"f.toml:1: listen must be host:port"}},
	"no data":                {`data = ""`, "", []string{"f.toml:1: data must name a folder"}},
	"public url":             {`public_url = "otp.example.com"`, "", []string{"f.toml:1: public_url must be"}},
	"broken database":        {`database = "postgres://u:hu%zzsh@h/d"`, "", []string{"f.toml:1: database must be empty"}},
	"other database":         {`database = "mysql://u:hush@h/d"`, "", []string{"f.toml:1: database must be empty"}},
	"certificate alone":      {"[tls]\ncert_file = \"c\"", "", []string{"f.toml:2: tls.cert_file needs tls.key_file"}},
	"key alone":              {"[tls]\nkey_file = \"c\"", "", []string{"f.toml:2: tls.key_file needs tls.cert_file"}},
	"ACME without address":   {"[tls]\nacme_domains = [\"a.example\"]", "", []string{"f.toml:2: tls.acme_domains needs tls.acme_email"}},
	"ACME without names":     {"[tls]\nacme_email = \"a@b\"", "", []string{"f.toml:2: tls.acme_email needs tls.acme_domains"}},
	"ACME for an address":    {"[tls]\nacme_domains = [\"10.0.0.1\"]\nacme_email = \"a@b\"", "", []string{"f.toml:2: tls.acme_domains must be names"}},
	"both ways of TLS":       {"[tls]\ncert_file=\"c\"\nkey_file=\"k\"\nacme_domains = [\"a.example\"]\nacme_email = \"a@b\"", "", []string{"f.toml:4: tls.acme_domains and tls.cert_file are both given"}},
	"line after long values": {"trusted_proxies = [\n  \"10.0.0.1\", # ]\n]\ndata = \"\"\"\n[tls]\nx = 1\"\"\"\npublic_url = 5", "", []string{"f.toml:7: public_url must be a string"}},
	"everything at once":     {"listen = 1\nx = 2\n[limits]\nsend_gaps = 3", "SYSSECURE_Y=1", []string{"f.toml:1: listen", "f.toml:2: x is", "f.toml:4: limits.send_gaps", "SYSSECURE_Y: is no"}},
}

var carrierMistakes = map[string]mistake{
	"window":                {with(twoCarriers, `password = "secret"`, "window = 0"), "", []string{`f.toml:7: carrier "smsc-1": window must be 1…1000, is 0`}},
	"receipt_id":            {with(twoCarriers, `password = "secret"`, `receipt_id = "hex"`), "", []string{`f.toml:7: carrier "smsc-1": receipt_id must be as_is or hex_to_dec or dec_to_hex, is "hex"`}},
	"source_ton":            {with(twoCarriers, `password = "secret"`, "source_ton = 9"), "", []string{`f.toml:7: carrier "smsc-1": source_ton must be 0…6, is 9`}},
	"from":                  {with(twoCarriers, `password = "secret"`, `from = "Acme Corporation"`), "", []string{`f.toml:7: carrier "smsc-1": from must be`}},
	"addr":                  {with(twoCarriers, `127.0.0.1:2775`, `127.0.0.1`), "", []string{`f.toml:5: carrier "smsc-1": addr must be host:port`}},
	"negative rate":         {with(twoCarriers, `password = "secret"`, "rate = -1"), "", []string{`f.toml:7: carrier "smsc-1": rate must be 0…100000`}},
	"key of another kind":   {twoCarriers + "window = 5\n", "", []string{`f.toml:14: carrier "any-http": window belongs to kind smpp, and this carrier is of kind http`}},
	"file of another kind":  {twoCarriers + "password_file = \"/none\"\n", "", []string{`f.toml:14: carrier "any-http": password_file belongs to kind smpp`}},
	"missing keys":          {"[[carrier]]\nname = \"a\"\nkind = \"smpp\"", "", []string{`f.toml:1: carrier "a": addr is missing`, `f.toml:1: carrier "a": system_id is missing`}},
	"missing keys of http":  {"[[carrier]]\nname = \"a\"\nkind = \"http\"", "", []string{`f.toml:1: carrier "a": channel is missing`, `f.toml:1: carrier "a": url is missing`, `f.toml:1: carrier "a": token is missing`}},
	"no name, no kind":      {"[[carrier]]\n", "", []string{"f.toml:1: carrier 1: name is missing", "f.toml:1: carrier 1: kind is missing"}},
	"name of the sandbox":   {with(twoCarriers, `"smsc-1"`, `"sandbox"`), "", []string{`f.toml:3: carrier "sandbox": name sandbox is kept`}},
	"name with a slash":     {with(twoCarriers, `"smsc-1"`, `"a/b"`), "", []string{`f.toml:3: carrier "a/b": name must have`}},
	"kind not built":        {with(twoCarriers, `"smpp"`, `"twilio"`), "", []string{`f.toml:4: carrier "smsc-1": kind twilio is not built into this version; use http or smpp`}},
	"kind unknown":          {with(twoCarriers, `"smpp"`, `"pigeon"`), "", []string{`f.toml:4: carrier "smsc-1": kind must be http or smpp, is "pigeon"`}},
	"url of http":           {with(twoCarriers, "http://127.0.0.1:9911/", "127.0.0.1:9911"), "", []string{`f.toml:12: carrier "any-http": url must be`}},
	"empty token":           {with(twoCarriers, `token = "t"`, `token = ""`), "", []string{`f.toml:13: carrier "any-http": token must not be empty`}},
	"timeout":               {twoCarriers + "timeout = \"5s\"\n", "", []string{`f.toml:14: carrier "any-http": timeout is no key that is known here (did you mean "answer_timeout"?)`}},
	"channel":               {with(twoCarriers, `channel = "sms"`, `channel = "fax"`), "", []string{`f.toml:11: carrier "any-http": channel must be whatsapp, sms, telegram or voice, is "fax"`}},
	"same name":             {with(twoCarriers, `"any-http"`, `"smsc-1"`), "", []string{`f.toml:9: carrier "smsc-1": name is taken by carrier 1`}},
	"names alike":           {with(twoCarriers, `"any-http"`, `"SMSC.1"`), "SYSSECURE_CARRIER_SMSC_1_FROM=x", []string{`SYSSECURE_CARRIER_SMSC_1_FROM: could mean two carriers`}},
	"secret twice":          {twoCarriers + "token_file = \"/etc/hostname\"\n", "", []string{`f.toml:14: carrier "any-http": token and token_file are both given`}},
	"answer_timeout":        {twoCarriers + "answer_timeout = \"61s\"\n", "", []string{`f.toml:14: carrier "any-http": answer_timeout must be 100ms…60s, is 1m1s`}},
	"no answer_timeout":     {twoCarriers + "answer_timeout = 5\n", "", []string{`f.toml:14: carrier "any-http": answer_timeout must be a duration`}},
	"country":               {twoCarriers + "country = \"Belgium\"\n", "", []string{`f.toml:14: carrier "any-http": country must be a country's two capital letters, such as "BE", is "Belgium"`}},
	"country in lower case": {twoCarriers + "country = \"be\"\n", "", []string{`f.toml:14: carrier "any-http": country must be`}},
	"system_id too long":    {with(twoCarriers, `"user"`, `"sixteen-letters!"`), "", []string{`f.toml:6: carrier "smsc-1": system_id must have at most 15 characters, has 16`}},
	"system_type too long":  {with(twoCarriers, `password = "secret"`, `system_type = "thirteen-long"`), "", []string{`f.toml:7: carrier "smsc-1": system_type must have at most 12 characters, has 13`}},
	"dest_ton":              {with(twoCarriers, `password = "secret"`, "dest_ton = 7"), "", []string{`f.toml:7: carrier "smsc-1": dest_ton must be 0…6, is 7`}},
	"dest_npi":              {with(twoCarriers, `password = "secret"`, "dest_npi = 19"), "", []string{`f.toml:7: carrier "smsc-1": dest_npi must be 0…18, is 19`}},
	"bind":                  {with(twoCarriers, `password = "secret"`, `bind = "receiver"`), "", []string{`f.toml:7: carrier "smsc-1": bind must be transceiver or pair or transmitter, is "receiver"`}},
	"charset":               {with(twoCarriers, `password = "secret"`, `charset = "latin-1"`), "", []string{`f.toml:7: carrier "smsc-1": charset must be gsm7 or latin1 or ascii or utf8, is "latin-1" (did you mean "latin1"?)`}},
	"service_type":          {with(twoCarriers, `password = "secret"`, `service_type = "OTPOTP"`), "", []string{`f.toml:7: carrier "smsc-1": service_type must have at most 5 characters, has 6`}},
	"address_range":         {with(twoCarriers, `password = "secret"`, `address_range = "`+strings.Repeat("3", 41)+`"`), "", []string{`f.toml:7: carrier "smsc-1": address_range must have at most 40 characters, has 41`}},
	"enquire_link":          {with(twoCarriers, `password = "secret"`, `enquire_link = "0s"`), "", []string{`f.toml:7: carrier "smsc-1": enquire_link must be 1s…1h, is 0s`}},
	"password too long":     {with(twoCarriers, `"secret"`, `"`+strings.Repeat("hush", 64)+`"`), "", []string{`f.toml:7: carrier "smsc-1": password must have at most 255 characters, has 256`}},
	"password not ASCII":    {with(twoCarriers, `"secret"`, `"hush\u00e9"`), "", []string{`f.toml:7: carrier "smsc-1": password may hold printable ASCII characters only`}},
	"smpp key of http":      {twoCarriers + "charset = \"latin1\"\n", "", []string{`f.toml:14: carrier "any-http": charset belongs to kind smpp, and this carrier is of kind http`}},
}

var listMistakes = map[string]mistake{
	"route to nobody":       {twoCarriers + with(aRoute, "smsc-1", "smsc-2"), "", []string{`f.toml:16: route 1: carriers names "smsc-2", which is no [[carrier]] (did you mean "smsc-1"?)`}},
	"route, other channel":  {twoCarriers + with(aRoute, `"sms"`, `"voice"`), "", []string{`f.toml:16: route 1: carriers names "smsc-1", which serves sms, not voice`}},
	"route, twice":          {twoCarriers + with(aRoute, `"smsc-1"`, `"smsc-1", "smsc-1"`), "", []string{`f.toml:16: route 1: carriers names "smsc-1" twice`}},
	"route without one":     {twoCarriers + with(aRoute, `"smsc-1"`, ``), "", []string{`f.toml:16: route 1: carriers must name at least one`}},
	"route prefix":          {twoCarriers + aRoute + "prefix = \"32\"", "", []string{`f.toml:17: route 1: prefix must be + and digits`}},
	"route without channel": {twoCarriers + with(aRoute, "channel = \"sms\"\n", ""), "", []string{`f.toml:14: route 1: channel is missing`}},
	"price below nothing":   {with(price, "= 1", "= -1"), "", []string{`f.toml:3: price 1: credits must be 0…1000000000, is -1`}},
	"price with a point":    {with(price, "= 1", "= 1.5"), "", []string{`f.toml:3: price 1: credits must be a whole number`}},
	"price without credits": {with(price, "credits = 1\n", ""), "", []string{`f.toml:1: price 1: credits is missing`}},
	"numbers, no prefix":    {"[numbers]\nnever = [\"88213\"]\nalso_valid = [\"\", \"+0\", \"+81x\"]", "", []string{`f.toml:2: numbers.never must have prefixes of + and digits, such as "+8160", has "88213"`, `f.toml:3: numbers.also_valid must have prefixes of + and digits, such as "+8160", has ""`, `f.toml:3: numbers.also_valid must`, `f.toml:3: numbers.also_valid must`}},
	"numbers, no list":      {"[numbers]\nnever = \"+88213\"", "", []string{`f.toml:2: numbers.never must be a list`}},
	"numbers, twice":        {"[numbers]\nnever = [\"+88213\", \"+88213\"]", "", []string{`f.toml:2: numbers.never has "+88213" twice; keep one`}},
	"numbers, overruled":    {"[numbers]\nnever = [\"+81\"]\nalso_valid = [\"+8160\"]", "", []string{`f.toml:3: numbers.also_valid has "+8160", whose numbers numbers.never refuses by "+81"; take one of them out`}},
	"numbers, in both":      {"[numbers]\nnever = [\"+8160\"]\nalso_valid = [\"+8160\"]", "", []string{`f.toml:3: numbers.also_valid has "+8160", whose`}},
	"numbers, satellites":   {"[numbers]\nalso_valid = [\"+8816\"]", "", []string{`f.toml:2: numbers.also_valid has "+8816", and numbers of +881 are never served`}},
	"numbers, by variable":  {"", "SYSSECURE_NUMBERS_NEVER=+32,32", []string{`SYSSECURE_NUMBERS_NEVER: numbers.never must have`}},
	"test number, nothing":  {"[[test_number]]\n", "", []string{`f.toml:1: test_number 1: number is missing`, `f.toml:1: test_number 1: code is missing`}},
	"test number, empty":    {"[[test_number]]\nnumber = \"\"\ncode = \"\"", "", []string{`f.toml:2: test_number 1: number: phone number is not in E.164 form: it is empty`, `f.toml:3: test_number 1: code must have 4 to 10 digits`}},
	"test number, national": {"[[test_number]]\nnumber = \"0470000000\"\ncode = \"314\"", "", []string{`f.toml:2: test_number 1: number: phone number is not in E.164 form`, `f.toml:3: test_number 1: code must have 4 to 10 digits`}},
	"test number, letters":  {testNumber + testNumberOf("+32470000001", "31415x") + testNumberOf("+32470000002", "31 41 59"), "", []string{`f.toml:6: test_number 2: code must have 4 to 10 digits and nothing else`, `f.toml:9: test_number 3: code must`}},
	"test number, no text":  {"[[test_number]]\nnumber = \"+32470000000\"\ncode = 314159", "", []string{`f.toml:3: test_number 1: code must be a string`}},
	"test number, sandbox":  {testNumberOf("+15005550006", "314159"), "", []string{`f.toml:2: test_number 1: number is one of the sandbox's`}},
	"test number, twice":    {testNumberOf("+5215512345678", "314159") + testNumberOf("+525512345678", "314159"), "", []string{`f.toml:5: test_number 2: number is that of test_number 1, or another form of it`}},
	"test number, never":    {"[numbers]\nnever = [\"+3247\"]\n" + testNumber, "", []string{`f.toml:4: test_number 1: number is one that numbers.never refuses by "+3247"`}},
	"test number, a key":    {testNumber + "length = 6\n", "", []string{`f.toml:4: test_number 1: length is no key`}},
	"test number's carrier": {with(twoCarriers, `"smsc-1"`, `"test-number"`), "", []string{`f.toml:3: carrier "test-number": name test-number is kept`}},
	"price for two":         {price + price, "", []string{`f.toml:4: price 2: price 1 is for the same channel and prefix`}},
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for _, table := range []map[string]mistake{serverMistakes, carrierMistakes, listMistakes} {
		for name, c := range table {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, err := parse("f.toml", []byte(c.text), []string{c.env}, built)
				var problems Problems
				if !errors.As(err, &problems) {
					t.Fatalf("got %v, want %q", err, c.want)
				}

				lines := strings.Split(err.Error(), "\n")
				if len(lines) != len(c.want) {
					t.Fatalf("got %q, want %q", lines, c.want)
				}

				for i, want := range c.want {
					begins, ends, cut := strings.Cut(want, " … ")
					if !strings.HasPrefix(lines[i], begins) || cut && !strings.HasSuffix(lines[i], ends) {
						t.Errorf("got %q, want %q", lines[i], want)
					}
				}
				if strings.Contains(err.Error(), "hush") {
					t.Errorf("a password is shown: %v", err)
				}
			})
		}
	}
}

// TestWarnings: what is allowed and may not be meant is told, and is no error.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":               {twoCarriers, nil},
		"password":              {with(twoCarriers, `"secret"`, `"hush-hush"`), []string{`f.toml:7: carrier "smsc-1": password has 9 characters, and SMPP 3.4 has room for 8; it is sent whole`}},
		"transmitter":           {with(twoCarriers, `password = "secret"`, `bind = "transmitter"`), []string{`f.toml:7: carrier "smsc-1": bind = "transmitter" receives neither receipts nor messages from phones, so receipts is false`}},
		"transmitter, receipts": {with(twoCarriers, `password = "secret"`, "bind = \"transmitter\"\nreceipts = true"), []string{`f.toml:8: carrier "smsc-1": receipts = true with bind = "transmitter": no receipt can come`}},
		"transmitter, none":     {with(twoCarriers, `password = "secret"`, "bind = \"transmitter\"\nreceipts = false"), nil},
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

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for file, want := range map[string]string{empty: "is empty", "/no/such/file": "cannot be read"} {
		_, err := parse("f.toml", []byte(strings.Replace(twoCarriers, `password = "secret"`, `password_file = "`+file+`"`, 1)), nil, built)
		if err == nil || !strings.HasPrefix(err.Error(), `f.toml:7: carrier "smsc-1": password_file`) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestPrintingShowsNoSecret(t *testing.T) {
	t.Parallel()
	c := read(t, twoCarriers+testNumberOf("+32470000000", "2718281828"), "SYSSECURE_CARRIER_ANY_HTTP_TOKEN=hush", "SYSSECURE_CARRIER_SMSC_1_PASSWORD=hush")
	if text := fmt.Sprintf("%v %+v %#v %+v %#v", c, c.Carriers, c.Carriers, c.TestNumbers, c.CodesOfTestNumbers()); strings.Contains(text, "hush") ||
		strings.Contains(text, "2718281828") {
		t.Errorf("got %s", text)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", twoCarriers, "listen = 1", "[tls]\n[limits]\nsend_gaps = [[1]]", "carrier = 5", "carrier = [1]", "[[route]]\n[[price]]\nprefix = 3",
		"[carrier]\n[carrier.x]", "tls.cert_file = \"x\"", "x = \"\"\"\n[[", "[[carrier]]\nname = 1979-05-27", "[[carrier]]\nkind = 'sip'",
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
