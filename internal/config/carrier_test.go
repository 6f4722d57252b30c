package config

import "strings"

var carrierMistakes = map[string]mistake{
	"window": {
		text: with(twoCarriers, `password = "secret"`, "window = 0"),
		want: []string{`f.toml:7: carrier "smsc-1": window must be 1…1000, is 0`},
	},
	"receipt_id": {
		text: with(twoCarriers, `password = "secret"`, `receipt_id = "hex"`),
		want: []string{
			`f.toml:7: carrier "smsc-1": receipt_id must be as_is or hex_to_dec or dec_to_hex, is "hex"`,
		},
	},
	"source_ton": {
		text: with(twoCarriers, `password = "secret"`, "source_ton = 9"),
		want: []string{`f.toml:7: carrier "smsc-1": source_ton must be 0…6, is 9`},
	},
	"from": {
		text: with(twoCarriers, `password = "secret"`, `from = "Acme Corporation"`),
		want: []string{`f.toml:7: carrier "smsc-1": from must be`},
	},
	"addr": {
		text: with(twoCarriers, `127.0.0.1:2775`, `127.0.0.1`),
		want: []string{`f.toml:5: carrier "smsc-1": addr must be host:port`},
	},
	"negative rate": {
		text: with(twoCarriers, `password = "secret"`, "rate = -1"),
		want: []string{`f.toml:7: carrier "smsc-1": rate must be 0…100000`},
	},
	"key of another kind": {
		text: twoCarriers + "window = 5\n",
		want: []string{
			`f.toml:14: carrier "any-http": window belongs to kind smpp, but this carrier is of kind http`,
		},
	},
	"file of another kind": {
		text: twoCarriers + "password_file = \"/none\"\n",
		want: []string{`f.toml:14: carrier "any-http": password_file belongs to kind smpp`},
	},
	"missing keys": {
		text: "[[carrier]]\nname = \"a\"\nkind = \"smpp\"",
		want: []string{`f.toml:1: carrier "a": addr is missing`, `f.toml:1: carrier "a": system_id is missing`},
	},
	"missing keys of http": {
		text: "[[carrier]]\nname = \"a\"\nkind = \"http\"",
		want: []string{
			`f.toml:1: carrier "a": channel is missing`,
			`f.toml:1: carrier "a": token is missing`,
			`f.toml:1: carrier "a": url is missing`,
		},
	},
	"no name, no kind": {
		text: "[[carrier]]\n",
		want: []string{"f.toml:1: carrier 1: name is missing", "f.toml:1: carrier 1: kind is missing"},
	},
	"empty name": {
		text: with(twoCarriers, `"smsc-1"`, `""`),
		want: []string{`f.toml:3: carrier 1: name must not be empty`},
	},
	"empty kind": {
		text: with(twoCarriers, `"smpp"`, `""`),
		want: []string{`f.toml:4: carrier "smsc-1": kind must not be empty; write http or smpp`},
	},
	"name of the sandbox": {
		text: with(twoCarriers, `"smsc-1"`, `"sandbox"`),
		want: []string{`f.toml:3: carrier "sandbox": the name sandbox is reserved`},
	},
	"name with a slash": {
		text: with(twoCarriers, `"smsc-1"`, `"a/b"`),
		want: []string{`f.toml:3: carrier "a/b": name must have`},
	},
	"kind unknown": {
		text: with(twoCarriers, `"smpp"`, `"pigeon"`),
		want: []string{`f.toml:4: carrier "smsc-1": kind must be http or smpp, is "pigeon"`},
	},
	"url of http": {
		text: with(twoCarriers, "http://127.0.0.1:9911/", "127.0.0.1:9911"),
		want: []string{`f.toml:12: carrier "any-http": url must be`},
	},
	"empty token": {
		text: with(twoCarriers, `token = "t"`, `token = ""`),
		want: []string{`f.toml:13: carrier "any-http": token must not be empty`},
	},
	"timeout": {
		text: twoCarriers + "timeout = \"5s\"\n",
		want: []string{
			`f.toml:14: carrier "any-http": timeout is not a known key (did you mean "answer_timeout"?)`,
		},
	},
	"channel": {
		text: with(twoCarriers, `channel = "sms"`, `channel = "fax"`),
		want: []string{`f.toml:11: carrier "any-http": channel must be whatsapp, sms, telegram or voice, is "fax"`},
	},
	"same name": {
		text: with(twoCarriers, `"any-http"`, `"smsc-1"`),
		want: []string{`f.toml:9: carrier "smsc-1": name is already that of carrier 1`},
	},
	"names alike": {
		text: with(twoCarriers, `"any-http"`, `"SMSC.1"`),
		env:  "SYSSECURE_CARRIER_SMSC_1_FROM=x",
		want: []string{`SYSSECURE_CARRIER_SMSC_1_FROM: could mean two carriers`},
	},
	"secret twice": {
		text: twoCarriers + "token_file = \"/etc/hostname\"\n",
		want: []string{`f.toml:14: carrier "any-http": token and token_file are both given`},
	},
	"answer_timeout": {
		text: twoCarriers + "answer_timeout = \"61s\"\n",
		want: []string{`f.toml:14: carrier "any-http": answer_timeout must be 100ms…60s, is 1m1s`},
	},
	"no answer_timeout": {
		text: twoCarriers + "answer_timeout = 5\n",
		want: []string{`f.toml:14: carrier "any-http": answer_timeout must be a duration`},
	},
	"country": {
		text: twoCarriers + "country = \"Belgium\"\n",
		want: []string{
			`f.toml:14: carrier "any-http": country must be a country code of two capital letters, such as "BE", is`,
		},
	},
	"country in lower case": {
		text: twoCarriers + "country = \"be\"\n",
		want: []string{`f.toml:14: carrier "any-http": country must be`},
	},
	"system_id too long": {
		text: with(twoCarriers, `"user"`, `"sixteen-letters!"`),
		want: []string{`f.toml:6: carrier "smsc-1": system_id must have at most 15 characters, has 16`},
	},
	"system_type too long": {
		text: with(twoCarriers, `password = "secret"`, `system_type = "thirteen-long"`),
		want: []string{`f.toml:7: carrier "smsc-1": system_type must have at most 12 characters, has 13`},
	},
	"dest_ton": {
		text: with(twoCarriers, `password = "secret"`, "dest_ton = 7"),
		want: []string{`f.toml:7: carrier "smsc-1": dest_ton must be 0…6, is 7`},
	},
	"dest_npi": {
		text: with(twoCarriers, `password = "secret"`, "dest_npi = 19"),
		want: []string{`f.toml:7: carrier "smsc-1": dest_npi must be 0…18, is 19`},
	},
	"bind": {
		text: with(twoCarriers, `password = "secret"`, `bind = "receiver"`),
		want: []string{
			`f.toml:7: carrier "smsc-1": bind must be transceiver or pair or transmitter, is "receiver"`,
		},
	},
	"charset": {
		text: with(twoCarriers, `password = "secret"`, `charset = "latin-1"`),
		want: []string{
			`f.toml:7: carrier "smsc-1": charset must be gsm7 or latin1 or ascii or utf8, … (did you mean "latin1"?)`,
		},
	},
	"service_type": {
		text: with(twoCarriers, `password = "secret"`, `service_type = "OTPOTP"`),
		want: []string{`f.toml:7: carrier "smsc-1": service_type must have at most 5 characters, has 6`},
	},
	"address_range": {
		text: with(twoCarriers, `password = "secret"`, `address_range = "`+strings.Repeat("3", 41)+`"`),
		want: []string{`f.toml:7: carrier "smsc-1": address_range must have at most 40 characters, has 41`},
	},
	"enquire_link": {
		text: with(twoCarriers, `password = "secret"`, `enquire_link = "0s"`),
		want: []string{`f.toml:7: carrier "smsc-1": enquire_link must be 1s…1h, is 0s`},
	},
	"password too long": {
		text: with(twoCarriers, `"secret"`, `"`+strings.Repeat("hush", 64)+`"`),
		want: []string{`f.toml:7: carrier "smsc-1": password must have at most 255 characters, has 256`},
	},
	"password not ASCII": {
		text: with(twoCarriers, `"secret"`, `"hush\u00e9"`),
		want: []string{`f.toml:7: carrier "smsc-1": password must consist of printable ASCII characters`},
	},
	"smpp key of http": {
		text: twoCarriers + "charset = \"latin1\"\n",
		want: []string{
			`f.toml:14: carrier "any-http": charset belongs to kind smpp, but this carrier is of kind http`,
		},
	},
}
