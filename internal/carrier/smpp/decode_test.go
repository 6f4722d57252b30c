package smpp

import (
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/message"
)

// decodeCases are texts of phones with their data_coding, and the text of each.
var decodeCases = map[string]struct {
	coding  uint8
	charset message.Charset
	text    string
	want    string
}{
	"GSM 7 bit": {charset: message.CharsetGSM7, text: "Hi @\x00\x1b\x65", want: "Hi ¡@€"},
	"ASCII":     {coding: 1, charset: message.CharsetGSM7, text: "STOP", want: "STOP"},
	"Latin-1":   {coding: 3, charset: message.CharsetGSM7, text: "arr\xeat", want: "arrêt"},
	"UCS-2": {
		coding: 8, charset: message.CharsetGSM7, text: "\x04\x21\xd8\x3d\xde\x00", want: "С😀",
	},
	"class F1":                    {coding: 0xF1, charset: message.CharsetGSM7, text: "\x00", want: "@"},
	"class 10":                    {coding: 0x10, charset: message.CharsetGSM7, text: "\x00", want: "@"},
	"class 18":                    {coding: 0x18, charset: message.CharsetGSM7, text: "\x04\x21", want: "С"},
	"octets":                      {coding: 4, charset: message.CharsetGSM7, text: "\xff", want: "ÿ"},
	"half a unit":                 {coding: 8, charset: message.CharsetGSM7, text: "\x04", want: "\uFFFD"},
	"nothing":                     {charset: message.CharsetGSM7},
	"UCS-2 under 0":               {charset: message.CharsetGSM7, text: "\x00S\x00T\x00O\x00P", want: "STOP"},
	"little-endian UCS-2 under 0": {charset: message.CharsetGSM7, text: "S\x00T\x00O\x00P\x00", want: "STOP"},
	"Cyrillic UCS-2 under 0": {
		charset: message.CharsetGSM7, text: "\x04\x21\x04\x22\x04\x1e\x04\x1f", want: "СТОП",
	},
	"Arabic UCS-2 under 0": {
		charset: message.CharsetGSM7, text: "\x06\x2a\x06\x48\x06\x42\x06\x41", want: "توقف",
	},
	"Chinese UCS-2 under 0": {charset: message.CharsetGSM7, text: "\x90\x00\x8b\xa2", want: "退订"},
	"UCS-2 under 1": {
		coding: 1, charset: message.CharsetGSM7, text: "\x00S\x00T\x00O\x00P", want: "STOP",
	},
	"UCS-2 under 0 with a byte order mark": {
		charset: message.CharsetGSM7, text: "\xfe\xff\x90\x00\x8b\xa2",
		want: "退订",
	},
	"little-endian UCS-2": {
		coding: 8, charset: message.CharsetGSM7, text: "S\x00T\x00O\x00P\x00", want: "STOP",
	},
	"little-endian Cyrillic": {
		coding: 8, charset: message.CharsetGSM7, text: "\x21\x04\x22\x04\x1e\x04\x1f\x04", want: "СТОП",
	},
	"little-endian with a byte order mark": {
		coding: 8, charset: message.CharsetGSM7, text: "\xff\xfeS\x00",
		want: "S",
	},
	"big-endian with a byte order mark": {
		coding: 8, charset: message.CharsetGSM7, text: "\xfe\xff\x00S",
		want: "S",
	},
	"Chinese": {
		coding: 8, charset: message.CharsetGSM7, text: "\x90\x00\x8b\xa2", want: "退订",
	},
	"two characters of low octets 0": {
		coding: 8, charset: message.CharsetGSM7, text: "\x4e\x09\x4e\x00", want: "三一",
	},
	"ISO 8859-5": {
		coding: 6, charset: message.CharsetGSM7, text: "\xc1\xc2\xbe\xbf", want: "СТОП",
	},
	"ISO 8859-8":                   {coding: 7, charset: message.CharsetGSM7, text: "\xe4\xf1\xf8", want: "הסר"},
	"UTF-8 under Latin-1":          {coding: 3, charset: message.CharsetGSM7, text: "arrêt", want: "arrêt"},
	"UTF-8 under 0":                {charset: message.CharsetGSM7, text: "СТОП", want: "СТОП"},
	"UTF-8 under 8859-5":           {coding: 6, charset: message.CharsetGSM7, text: "СТОП", want: "СТОП"},
	"Latin-1 under 0 of GSM 7 bit": {charset: message.CharsetGSM7, text: "arr\xeats", want: "arrêts"},
	"charset latin1":               {charset: message.CharsetLatin1, text: "a@b [\xe9]", want: "a@b [é]"},
	"charset ascii":                {charset: message.CharsetASCII, text: "a@b_$", want: "a@b_$"},
	"charset utf8":                 {charset: message.CharsetUTF8, text: "a@b é €", want: "a@b é €"},
	"UCS-2 under charset latin1":   {charset: message.CharsetLatin1, text: "\x00S\x00T\x00O\x00P", want: "STOP"},
	"Shift JIS": {
		coding: 5, charset: message.CharsetGSM7, text: "\x92\xe2\x8e\x7e", want: "停止",
	},
	"EUC-KR": {
		coding: 14, charset: message.CharsetGSM7, text: "\xc1\xa4\xc1\xf6", want: "정지",
	},
	"four blanks":       {charset: message.CharsetGSM7, text: "    ", want: "    "},
	"lines of digits":   {charset: message.CharsetGSM7, text: "5\n6\n", want: "5\n6\n"},
	"line breaks":       {charset: message.CharsetGSM7, text: "\n\n\n\n", want: "\n\n\n\n"},
	"prices":            {charset: message.CharsetGSM7, text: "\x025\x026", want: "$5$6"},
	"ASCII with blanks": {coding: 1, charset: message.CharsetGSM7, text: " a b c d", want: " a b c d"},
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	for name, c := range decodeCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decodeText([]byte(c.text), c.coding, c.charset); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestDecodeText_NotUCS2: texts labelled as UCS-2 that are ASCII or UTF-8, and UCS-2 whose octets could be ASCII.
func TestDecodeText_NotUCS2(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"STOP", "stop", "Stop.", "STOPALL", "STOPALL ", "STOP\r\n", "ARRÊTE", "ARRÊTEZ", "Arrêt", "СТОП", "ΣΤΟΠ", "הסר",
		"توقف", "退订",
		"Yes", "Hello, when will you open tomorrow? ", "id:1026990421 sub:001 dlvrd:001 stat:DELIVRD err:000 text:",
		"1234", "OPT-OUT",
	} {
		if got := decodeText([]byte(text), codingUCS2, message.CharsetGSM7); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	}

	for octets, want := range map[string]string{
		"\x4f\x60\x59\x7d": "你好", "\x50\x5c\x6b\x62": "停止", "\x30\x44\x30\x44\x30\x48": "いいえ", "\x4f\x4d": "位",
		"\x09\x39\x09\x2e": "हम", "\xc7\x88\xc2\xb5": "있습", "\xcc\x98": "처", "\x00S\x00T\x00O\x00P": "STOP",
		"\x4e\x2d\x56\xfd": "中国",
	} {
		if got := decodeText([]byte(octets), codingUCS2, message.CharsetGSM7); got != want {
			t.Errorf("%x is read as %q, want %q", octets, got, want)
		}
	}
}

// FuzzDecodeText: any octets become text, and ordinary ASCII is never read as anything else.
func FuzzDecodeText(f *testing.F) {
	f.Add([]byte("\x00S\x00T\x00O\x00P"), uint8(0), uint8(0))
	f.Add([]byte("\xfe\xff"), uint8(8), uint8(1))
	f.Add([]byte("Please stop it, 5 $"), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, text []byte, coding, charset uint8) {
		got := decodeText(text, coding, message.Charset(charset%4))
		if !utf8.ValidString(got) {
			t.Errorf("%q is not text", got)
		}

		plain := coding == 1 || coding == 3
		for _, b := range text {
			plain = plain && b >= ' ' && b <= '~'
		}
		if plain && looksUCS2(text) {
			t.Errorf("%q is read as UCS-2", text)
		}
	})
}
