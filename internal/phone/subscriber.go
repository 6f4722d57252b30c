package phone

import (
	"strings"
)

// A form is a second number under which a country's subscribers can be reached, or could until recently: customers'
// lists and inbound messages of carriers have both. canonical returns the form that counts for the subscriber; ok is
// false for a number that has only one form.
//
// The rules depend on digits only and not on the numbering plans: plans change, and a subscriber's contact must stay
// the same. A rule belongs here only when both forms certainly belong to one subscriber.
type form struct {
	code      string // calling code
	canonical func(national string) (code, canonical string, ok bool)
	source    string
}

// forms has one entry for each calling code and rule.
var forms = []form{
	{
		"52", within("52", mexico),
		"IFT, Plan Técnico Fundamental de Numeración (DOF 11 May 2018): 44, 45 and the 1 behind +52 end on 3 " +
			"August 2019",
	},
	{
		"54", within("54", argentina),
		"ENACOM, Plan Fundamental de Numeración Nacional (Res. SC 46/97): 9 behind +54 for mobiles from abroad, " +
			"15 at home",
	},
	{
		"55", within("55", brazil),
		"Anatel, Resolução 553/2010; ITU communication of 6 February 2013: a ninth digit, everywhere since 6 " +
			"November 2016",
	},
	{
		"57", within("57", colombia),
		"CRC, Resolución 5826 de 2019: 60 in front of the area code of fixed lines since 1 September 2021",
	},
	{
		"84", within("84", vietnam),
		"Ministry of Information and Communications, plan 798/QĐ-BTTTT: mobile numbers of 11 digits got 10, 15 " +
			"September to 14 November 2018",
	},
	{"225", within("225", ivoryCoast), "ARTCI, Plan National de Numérotation à 10 chiffres, since 31 January 2021"},
	{
		"229", within("229", benin),
		"ARCEP Bénin, Plan National de Numérotation à 10 chiffres: 01 in front since 30 November 2024",
	},
	{"237", within("237", cameroon), "ART, Plan National de Numérotation à 9 chiffres, since 21 November 2014"},
	{
		"241", within("241", gabon),
		"ARCEP Gabon, Plan National de Numérotation à 9 chiffres: since 15 November 2019, the old one off on 6 " +
			"April 2024",
	},
	{
		"972", palestine,
		"Ministry of Communications of Israel, numbering plan: 056 and 059 are the networks of +970, reached under " +
			"both codes",
	},
	{
		"378", within("378", sanMarino),
		"ITU-T E.164 national numbering plan of San Marino: 0549 may be left out behind +378",
	},
	{"39", sanMarinoViaItaly, "ITU-T E.164 national numbering plan of San Marino: its 0549 is reached under +39, too"},
}

// Subscriber returns the canonical one of a subscriber's numbers, by which limits, guess budgets and opt-outs are
// counted. It is for nothing else: a message is sent to the number that was requested.
func Subscriber(n Number) Number {
	digits, ok := strings.CutPrefix(string(n), "+")
	if !ok {
		return n
	}
	for _, f := range forms {
		national, ok := strings.CutPrefix(digits, f.code)
		if !ok {
			continue
		}
		if code, canonical, ok := f.canonical(national); ok {
			return Number("+" + code + canonical)
		}
	}

	return n
}

func within(code string, rule func(national string) (string, bool)) func(string) (string, string, bool) {
	return func(national string) (string, string, bool) {
		canonical, ok := rule(national)
		return code, canonical, ok
	}
}

// digit reports whether the national number has one of the digits at a position.
func digit(national string, at int, among string) bool {
	return at < len(national) && strings.IndexByte(among, national[at]) >= 0
}

// mexico: 1 and ten digits are the ten digits. No area code begins with 1.
func mexico(n string) (string, bool) { return n[min(1, len(n)):], len(n) == 11 && n[0] == '1' }

// argentina: a leading 9, and 15 after the area code, are left out.
func argentina(n string) (string, bool) {
	mobile := len(n) > 10 && n[0] == '9'
	if mobile {
		n = n[1:]
	}
	if len(n) == 12 {
		if at := argentineArea(n); n[at:at+2] == "15" {
			return n[:at] + n[at+2:], true
		}
	}

	return n, mobile && len(n) == 10
}

// argentineAreas are the area codes of three digits; 11 has two, all others have four.
const argentineAreas = " 220 221 223 230 236 237 249 260 261 263 264 266 280 291 294 297 298 299 336 341 342 343 345 " +
	"348 351 353 358 " +
	"362 364 370 376 379 380 381 383 385 387 388 "

// argentineArea is the length of the area code of a number with 15 after it.
func argentineArea(n string) int {
	switch {
	case strings.HasPrefix(n, "11"):
		return 2
	case n[3:5] == "15" && strings.Contains(argentineAreas, " "+n[:3]+" "):
		return 3
	}

	return 4
}

// brazil: mobiles of eight digits after the area code, which begin with 6 to 9, got a leading 9. Landlines have eight
// digits, too, and begin with 2 to 5.
func brazil(n string) (string, bool) {
	if len(n) != 10 || !digit(n, 2, "6789") {
		return "", false
	}
	return n[:2] + "9" + n[2:], true
}

// colombia: area code and seven digits got a leading 60. 46 and six digits is another number.
func colombia(n string) (string, bool) {
	return "60" + n, len(n) == 8 && digit(n, 0, "1245678") && !strings.HasPrefix(n, "46")
}

// vietnameseMobiles maps the first digits of the longer mobile numbers to those of the shorter ones.
var vietnameseMobiles = map[string]string{
	"120": "70", "121": "79", "122": "77", "126": "76", "128": "78", // MobiFone
	"123": "83", "124": "84", "125": "85", "127": "81", "129": "82", // VinaPhone
	"162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39", // Viettel
	"186": "56", "188": "58", // Vietnamobile
	"199": "59", // Gmobile
}

func vietnam(n string) (string, bool) {
	if len(n) != 10 {
		return "", false
	}
	first, ok := vietnameseMobiles[n[:3]]
	return first + n[3:], ok
}

// ivoryCoast: eight digits got the operator's two before them. The operator of a mobile number follows from the second
// digit (Moov 01, MTN 05, Orange 07), of a fixed line, which begins with 2 or 3, from the third (Moov 21, MTN 25,
// Orange 27).
func ivoryCoast(n string) (string, bool) {
	if len(n) != 8 {
		return "", false
	}
	switch {
	case digit(n, 0, "23") && digit(n, 2, "0"):
		return "25" + n, true
	case digit(n, 0, "2") && digit(n, 2, "8"):
		return "21" + n, true
	case digit(n, 0, "23"):
		return "27" + n, true
	case digit(n, 1, "0123"):
		return "01" + n, true
	case digit(n, 1, "456"):
		return "05" + n, true
	default:
		return "07" + n, true
	}
}

// benin: eight digits got a leading 01. Numbers that begin with 8 are services and did not change.
func benin(n string) (string, bool) { return "01" + n, len(n) == 8 && !digit(n, 0, "8") }

// cameroon: eight digits got a leading 6 for mobiles, 2 for fixed lines. 88… are services.
func cameroon(n string) (string, bool) {
	switch {
	case len(n) != 8:
		return "", false
	case digit(n, 0, "5679"):
		return "6" + n, true
	case digit(n, 0, "23"):
		return "2" + n, true
	}

	return "", false
}

// gaboneseFirst maps the first digit of seven to the two that replaced it.
var gaboneseFirst = map[byte]string{'1': "11", '2': "62", '4': "74", '5': "65", '6': "66", '7': "77"}

// gabon: seven digits, which had a leading 0 even after +241, became eight. That 0 is still dialled within the country.
func gabon(n string) (string, bool) {
	switch {
	case len(n) == 9 && n[0] == '0':
		return n[1:], digit(n, 1, "67") || n[1] == '1' && n[2] == '1'
	case len(n) == 8 && n[0] == '0':
		n = n[1:]
	}

	if len(n) != 7 {
		return "", false
	}
	first, ok := gaboneseFirst[n[0]]
	return first + n[1:], ok
}

// palestine: the mobile networks of +970 are reached under Israel's code as well.
func palestine(n string) (code, canonical string, ok bool) {
	return "970", n, len(n) == 9 && digit(n, 0, "5") && digit(n, 1, "69")
}

// sanMarino: six digits are those of a fixed line without its 0549.
func sanMarino(n string) (string, bool) { return "0549" + n, len(n) == 6 && digit(n, 0, "89") }

func sanMarinoViaItaly(n string) (code, canonical string, ok bool) {
	return "378", n, len(n) == 10 && strings.HasPrefix(n, "0549")
}
