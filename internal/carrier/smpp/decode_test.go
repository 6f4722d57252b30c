package smpp

import (
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/message"
)

func TestDecodeText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		coding  uint8
		charset message.Charset
		text    string
		want    string
	}{
		"GSM 7 bit":                      {0, message.CharsetGSM7, "Hi @\x00\x1b\x65", "Hi ¡@€"},
		"ASCII":                          {1, message.CharsetGSM7, "STOP", "STOP"},
		"Latin-1":                        {3, message.CharsetGSM7, "arr\xeat", "arrêt"},
		"UCS-2":                          {8, message.CharsetGSM7, "\x04\x21\xd8\x3d\xde\x00", "С😀"},
		"class F1":                       {0xF1, message.CharsetGSM7, "\x00", "@"},
		"class 10":                       {0x10, message.CharsetGSM7, "\x00", "@"},
		"class 18":                       {0x18, message.CharsetGSM7, "\x04\x21", "С"},
		"octets":                         {4, message.CharsetGSM7, "\xff", "ÿ"},
		"half a unit":                    {8, message.CharsetGSM7, "\x04", "\uFFFD"},
		"nothing":                        {0, message.CharsetGSM7, "", ""},
		"UCS-2 under 0":                  {0, message.CharsetGSM7, "\x00S\x00T\x00O\x00P", "STOP"},
		"UCS-2 little end first under 0": {0, message.CharsetGSM7, "S\x00T\x00O\x00P\x00", "STOP"},
		"Cyrillic UCS-2 under 0":         {0, message.CharsetGSM7, "\x04\x21\x04\x22\x04\x1e\x04\x1f", "СТОП"},
		"Arabic UCS-2 under 0":           {0, message.CharsetGSM7, "\x06\x2a\x06\x48\x06\x42\x06\x41", "توقف"},
		"Chinese UCS-2 under 0":          {0, message.CharsetGSM7, "\x90\x00\x8b\xa2", "退订"},
		"UCS-2 under 1":                  {1, message.CharsetGSM7, "\x00S\x00T\x00O\x00P", "STOP"},
		"UCS-2 under 0 with a mark":      {0, message.CharsetGSM7, "\xfe\xff\x90\x00\x8b\xa2", "退订"},
		"UCS-2 little end first":         {8, message.CharsetGSM7, "S\x00T\x00O\x00P\x00", "STOP"},
		"Cyrillic little end first":      {8, message.CharsetGSM7, "\x21\x04\x22\x04\x1e\x04\x1f\x04", "СТОП"},
		"little end first with a mark":   {8, message.CharsetGSM7, "\xff\xfeS\x00", "S"},
		"big end first with a mark":      {8, message.CharsetGSM7, "\xfe\xff\x00S", "S"},
		"Chinese":                        {8, message.CharsetGSM7, "\x90\x00\x8b\xa2", "退订"},
		"two characters of low octets 0": {8, message.CharsetGSM7, "\x4e\x09\x4e\x00", "三一"},
		"ISO 8859-5":                     {6, message.CharsetGSM7, "\xc1\xc2\xbe\xbf", "СТОП"},
		"ISO 8859-8":                     {7, message.CharsetGSM7, "\xe4\xf1\xf8", "הסר"},
		"UTF-8 under Latin-1":            {3, message.CharsetGSM7, "arrêt", "arrêt"},
		"UTF-8 under 0":                  {0, message.CharsetGSM7, "СТОП", "СТОП"},
		"UTF-8 under 8859-5":             {6, message.CharsetGSM7, "СТОП", "СТОП"},
		"Latin-1 under 0 of GSM 7 bit":   {0, message.CharsetGSM7, "arr\xeats", "arrêts"},
		"charset latin1":                 {0, message.CharsetLatin1, "a@b [\xe9]", "a@b [é]"},
		"charset ascii":                  {0, message.CharsetASCII, "a@b_$", "a@b_$"},
		"charset utf8":                   {0, message.CharsetUTF8, "a@b é €", "a@b é €"},
		"UCS-2 under charset latin1":     {0, message.CharsetLatin1, "\x00S\x00T\x00O\x00P", "STOP"},
		"Shift JIS":                      {5, message.CharsetGSM7, "\x92\xe2\x8e\x7e", "停止"},
		"EUC-KR":                         {14, message.CharsetGSM7, "\xc1\xa4\xc1\xf6", "정지"},
		"four blanks":                    {0, message.CharsetGSM7, "    ", "    "},
		"lines of digits":                {0, message.CharsetGSM7, "5\n6\n", "5\n6\n"},
		"line breaks":                    {0, message.CharsetGSM7, "\n\n\n\n", "\n\n\n\n"},
		"prices":                         {0, message.CharsetGSM7, "\x025\x026", "$5$6"},
		"ASCII with blanks":              {1, message.CharsetGSM7, " a b c d", " a b c d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decodeText([]byte(c.text), c.coding, c.charset); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestDecodeText_NotUCS2: what is labelled as UCS-2 and is ASCII or UTF-8, and what is UCS-2 although its octets are ASCII.
func TestDecodeText_NotUCS2(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"STOP", "stop", "Stop.", "STOPALL", "STOPALL ", "STOP\r\n", "ARRÊTE", "ARRÊTEZ", "Arrêt", "СТОП", "ΣΤΟΠ", "הסר", "توقف", "退订",
		"Yes", "Hello, when will you open tomorrow? ", "id:1026990421 sub:001 dlvrd:001 stat:DELIVRD err:000 text:", "1234", "OPT-OUT",
	} {
		if got := decodeText([]byte(text), codingUCS2, message.CharsetGSM7); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	}

	for octets, want := range map[string]string{
		"\x4f\x60\x59\x7d": "你好", "\x50\x5c\x6b\x62": "停止", "\x30\x44\x30\x44\x30\x48": "いいえ", "\x4f\x4d": "位",
		"\x09\x39\x09\x2e": "हम", "\xc7\x88\xc2\xb5": "있습", "\xcc\x98": "처", "\x00S\x00T\x00O\x00P": "STOP", "\x4e\x2d\x56\xfd": "中国",
	} {
		if got := decodeText([]byte(octets), codingUCS2, message.CharsetGSM7); got != want {
			t.Errorf("%x is read as %q, want %q", octets, got, want)
		}
	}
}

// FuzzDecodeText: whatever a phone sends becomes text, and an ordinary one of ASCII is never taken for something else.
func FuzzDecodeText(f *testing.F) {
	f.Add([]byte("\x00S\x00T\x00O\x00P"), uint8(0), uint8(0))
	f.Add([]byte("\xfe\xff"), uint8(8), uint8(1))
	f.Add([]byte("Please stop it, 5 $"), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, text []byte, coding, charset uint8) {
		got := decodeText(text, coding, message.Charset(charset%4))
		if !utf8.ValidString(got) {
			t.Errorf("%q is no text", got)
		}

		plain := coding == 1 || coding == 3
		for _, b := range text {
			plain = plain && b >= ' ' && b <= '~'
		}
		if plain && looksUCS2(text) {
			t.Errorf("%q is taken for UCS-2", text)
		}
	})
}
