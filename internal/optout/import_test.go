package optout_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/optout"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestReadLines(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want string // line:number, or line:! for what is none
	}{
		"one number": {"+32470123456", "1:+32470123456"},
		"lines of three systems": {
			"+32470123456\r\n+32470123457\r+32470123458\n", "1:+32470123456 2:+32470123457 3:+32470123458",
		},
		"empty lines":            {"\n\n+32470123456\n \n", "3:+32470123456"},
		"our own export":         {"number,country,source\n'+32470123456,BE,api\n", "2:+32470123456"},
		"another column":         {"name;phone\nAda;+32470123456\nGrace\n", "2:+32470123456 3:!"},
		"a byte order mark":      {"\uFEFFnumber\n+32470123456", "2:+32470123456"},
		"quoted cells":           {`"+32470123456","x, y"`, "1:+32470123456"},
		"a stray quotation mark": {"\"+3247\n+32470123456", "1:! 2:+32470123456"},
		"tabs":                   {"to\tname\n+32470123456\tAda", "2:+32470123456"},
		"spaces in it":           {"+32 470 12-34.56", "1:+32470123456"},
		"without a plus":         {"32470123456\nhello", "1:! 2:!"},
		"a user of WhatsApp":     {"whatsapp:BE.1234567890", "1:whatsapp:BE.1234567890"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, err := optout.ReadLines(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(lines); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "only lines": "\n \n", "only names": "number,source\n",
		"too many": strings.Repeat("+32470123456\n", optout.MaxImport+1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if lines, err := optout.ReadLines(text); err == nil {
				t.Errorf("read %d lines", len(lines))
			}
		})
	}
}

func describe(lines []optout.Line) string {
	var out []string
	for _, l := range lines {
		text := string(rune('0'+l.At)) + ":"
		if l.Wrong != nil {
			out = append(out, text+"!")
		} else {
			out = append(out, text+l.Number.E164())
		}
	}
	return strings.Join(out, " ")
}

func FuzzReadLines(f *testing.F) {
	for _, text := range []string{"+32470123456", "number,x\n'+32470123456,1", "\"\n;;\t", "\uFEFF\r\r\n", "phone\n\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := optout.ReadLines(text)
		if err == nil && len(lines) == 0 {
			t.Error("an empty list is no error")
		}
		last := 0
		for _, l := range lines {
			if l.At <= last || (l.Wrong == nil) == (l.Number == "") || !utf8.ValidString(l.Number.E164()) {
				t.Errorf("read %+v", l)
			}
			last = l.At
		}
	})
}

// TestImport adds what is new, once, and over more than one transaction.
func TestImport(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	if _, err := w.OptOuts.Add(t.Context(), w.Live, "+32470000007"); err != nil {
		t.Fatal(err)
	}
	text := "x\n"
	for i := range 250 {
		text += "+3247" + string([]byte{'0' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10)}) + "0000\n"
	}
	text += "+32470000007\n+32470010000\n"
	lines, err := optout.ReadLines(text)
	if err != nil {
		t.Fatal(err)
	}

	for round, want := range []map[string]int{
		{optout.Added: 250, optout.Already: 2, optout.NoPhone: 1}, {optout.Already: 252, optout.NoPhone: 1},
	} {
		results, err := w.OptOuts.Import(t.Context(), w.Live, lines)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, r := range results {
			got[r.Outcome]++
		}
		for outcome, n := range want {
			if got[outcome] != n {
				t.Errorf("round %d: %d are %s, want %d", round, got[outcome], outcome, n)
			}
		}
	}
	if _, found, err := w.OptOuts.Find(t.Context(), w.Live, "+32470010000"); err != nil || !found {
		t.Error("an imported number is not found", err)
	}
	if list, _, err := w.OptOuts.List(t.Context(), w.Test, "", 10); err != nil || len(list) != 0 {
		t.Errorf("test mode has %d opt-outs: %v", len(list), err)
	}
	if o, _, _ := w.OptOuts.Find(t.Context(), w.Live, "+32470010000"); o.Source != "api" {
		t.Errorf("it is %+v", o)
	} else if _, err := w.OptOuts.Of(t.Context(), w.Test, o.Contact); err == nil {
		t.Error("a contact of live mode is found in test mode")
	}
}
