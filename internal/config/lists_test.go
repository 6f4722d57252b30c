package config

var listMistakes = map[string]mistake{
	"route, no carrier": {
		text: twoCarriers + with(aRoute, "smsc-1", "smsc-2"),
		want: []string{
			`f.toml:16: route 1: carriers names "smsc-2", but no [[carrier]] has this name (did you mean "smsc-1"?)`,
		},
	},
	"route, other channel": {
		text: twoCarriers + with(aRoute, `"sms"`, `"voice"`),
		want: []string{`f.toml:16: route 1: carriers names "smsc-1", which serves sms, not voice`},
	},
	"route, twice": {
		text: twoCarriers + with(aRoute, `"smsc-1"`, `"smsc-1", "smsc-1"`),
		want: []string{`f.toml:16: route 1: carriers names "smsc-1" twice`},
	},
	"route without one": {
		text: twoCarriers + with(aRoute, `"smsc-1"`, ``),
		want: []string{`f.toml:16: route 1: carriers must name at least one`},
	},
	"route prefix": {
		text: twoCarriers + aRoute + "prefix = \"32\"",
		want: []string{`f.toml:17: route 1: prefix must be + and digits`},
	},
	"route strategy": {
		text: twoCarriers + aRoute + "strategy = \"verified-rate\"",
		want: []string{
			`f.toml:17: route 1: strategy must be order or verified_rate, is "verified-rate" (did you mean "verified_rate"?)`,
		},
	},
	"route without channel": {
		text: twoCarriers + with(aRoute, "channel = \"sms\"\n", ""),
		want: []string{`f.toml:14: route 1: channel is missing`},
	},
	"negative price": {
		text: with(price, "= 1", "= -1"),
		want: []string{`f.toml:3: price 1: credits must be 0…1000000000, is -1`},
	},
	"price with a point": {
		text: with(price, "= 1", "= 1.5"),
		want: []string{`f.toml:3: price 1: credits must be a whole number`},
	},
	"price without credits": {
		text: with(price, "credits = 1\n", ""),
		want: []string{`f.toml:1: price 1: credits is missing`},
	},
	"negative cost": {
		text: twoCarriers + with(cost, "= 1", "= -1"),
		want: []string{`f.toml:17: cost 1: credits must be 0…1000000000, is -1`},
	},
	"cost without credits": {
		text: twoCarriers + with(cost, "credits = 1\n", ""),
		want: []string{`f.toml:14: cost 1: credits is missing`},
	},
	"cost without channel": {
		text: twoCarriers + with(cost, "channel = \"sms\"\n", ""),
		want: []string{`f.toml:14: cost 1: channel is missing`},
	},
	"cost with a bad prefix": {
		text: twoCarriers + cost + "prefix = \"32\"",
		want: []string{`f.toml:18: cost 1: prefix must be + and digits`},
	},
	"cost of no carrier": {
		text: twoCarriers + with(cost, "smsc-1", "smsc1"),
		want: []string{`f.toml:16: cost 1: carrier is "smsc1", but no [[carrier]] has this name (did you mean "smsc-1"?)`},
	},
	"cost of another channel": {
		text: twoCarriers + with(cost, `"sms"`, `"voice"`),
		want: []string{`f.toml:16: cost 1: carrier is "smsc-1", which serves sms, not voice`},
	},
	"cost for two": {
		text: twoCarriers + cost + with(cost, "carrier = \"smsc-1\"\n", "") + cost,
		want: []string{`f.toml:21: cost 3: cost 1 is for the same channel, prefix and carrier; keep one`},
	},
	"numbers, no prefix": {
		text: "[numbers]\nnever = [\"88213\"]\nalso_valid = [\"\", \"+0\", \"+81x\"]",
		want: []string{
			`f.toml:2: numbers.never must have prefixes of + and digits, such as "+8160", has "88213"`,
			`f.toml:3: numbers.also_valid must have prefixes of + and digits, such as "+8160", has ""`,
			`f.toml:3: numbers.also_valid must`,
			`f.toml:3: numbers.also_valid must`,
		},
	},
	"numbers, no list": {
		text: "[numbers]\nnever = \"+88213\"",
		want: []string{`f.toml:2: numbers.never must be a list`},
	},
	"numbers, twice": {
		text: "[numbers]\nnever = [\"+88213\", \"+88213\"]",
		want: []string{`f.toml:2: numbers.never has "+88213" twice; keep one`},
	},
	"numbers, overruled": {
		text: "[numbers]\nnever = [\"+81\"]\nalso_valid = [\"+8160\"]",
		want: []string{
			`f.toml:3: numbers.also_valid has "+8160", but numbers.never refuses these … by "+81"; remove one of them`,
		},
	},
	"numbers, in both": {
		text: "[numbers]\nnever = [\"+8160\"]\nalso_valid = [\"+8160\"]",
		want: []string{`f.toml:3: numbers.also_valid has "+8160", but`},
	},
	"numbers, satellites": {
		text: "[numbers]\nalso_valid = [\"+8816\"]",
		want: []string{`f.toml:2: numbers.also_valid has "+8816", but numbers of +881 are never served`},
	},
	"numbers, by variable": {
		env:  "SYSSECURE_NUMBERS_NEVER=+32,32",
		want: []string{`SYSSECURE_NUMBERS_NEVER: numbers.never must have`},
	},
	"test number, nothing": {
		text: "[[test_number]]\n",
		want: []string{`f.toml:1: test_number 1: number is missing`, `f.toml:1: test_number 1: code is missing`},
	},
	"test number, empty": {
		text: "[[test_number]]\nnumber = \"\"\ncode = \"\"",
		want: []string{
			`f.toml:2: test_number 1: number: phone number is not in E.164 form: it is empty`,
			`f.toml:3: test_number 1: code must have 4 to 10 digits`,
		},
	},
	"test number, national": {
		text: "[[test_number]]\nnumber = \"0470000000\"\ncode = \"314\"",
		want: []string{
			`f.toml:2: test_number 1: number: phone number is not in E.164 form`,
			`f.toml:3: test_number 1: code must have 4 to 10 digits`,
		},
	},
	"test number, letters": {
		text: testNumber + testNumberOf("+32470000001", "31415x") + testNumberOf("+32470000002", "31 41 59"),
		want: []string{
			`f.toml:6: test_number 2: code must have 4 to 10 digits and nothing else`,
			`f.toml:9: test_number 3: code must`,
		},
	},
	"test number, no text": {
		text: "[[test_number]]\nnumber = \"+32470000000\"\ncode = 314159",
		want: []string{`f.toml:3: test_number 1: code must be a string`},
	},
	"test number, sandbox": {
		text: testNumberOf("+15005550006", "314159"),
		want: []string{`f.toml:2: test_number 1: number belongs to the sandbox`},
	},
	"test number, twice": {
		text: testNumberOf("+5215512345678", "314159") + testNumberOf("+525512345678", "314159"),
		want: []string{
			`f.toml:5: test_number 2: number is the same as that of test_number 1, or another form of it`,
		},
	},
	"test number, never": {
		text: "[numbers]\nnever = [\"+3247\"]\n" + testNumber,
		want: []string{`f.toml:4: test_number 1: number is refused by numbers.never, which has "+3247"`},
	},
	"test number, a key": {
		text: testNumber + "length = 6\n",
		want: []string{`f.toml:4: test_number 1: length is not a known key`},
	},
	"test number's carrier": {
		text: with(twoCarriers, `"smsc-1"`, `"test-number"`),
		want: []string{`f.toml:3: carrier "test-number": the name test-number is reserved`},
	},
	"price for two": {
		text: price + price,
		want: []string{`f.toml:4: price 2: price 1 is for the same channel and prefix`},
	},
}
