package signin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/signin"
)

func TestPassword_Check(t *testing.T) {
	t.Parallel()
	own := []string{"grace.hopper@example.com", "Grace Hopper"}
	for name, c := range map[string]struct {
		password string
		ok       bool
	}{
		"words":                      {"grey whale eats toast", true},
		"12 characters":              {"k4wq8z2nfp5t", true},
		"11 characters":              {"k4wq8z2nfp5", false},
		"12 code points, many bytes": {"日本語日语中文字符密码字", true},
		"11 after composition":       {"e\u0301k4wq8z2nfp", false},
		"128 characters":             {strings.Repeat("k4wq8z2n", 16), true},
		"129 characters":             {strings.Repeat("k4wq8z2n", 16) + "x", false},
		"a megabyte":                 {strings.Repeat("k4wq8z2n", 1<<17), false},
		"common":                     {"Password1234", false},
		"one character":              {"ffffffffffffff", false},
		"a repeated piece":           {"ab1ab1ab1ab1a", false},
		"the e-mail":                 {"Grace.Hopper@Example.com", false},
		"the e-mail's first part":    {"grace.hopper1", false},
		"the name":                   {"GraceHopper!!", false},
		"the name in a sentence":     {"grace hopper found the first moth", true},
		"invalid UTF-8":              {"k4wq8z2nfp5t\xff", false},
		"no composition rules":       {"zwölf boxkämpfer", true},
	} {
		t.Run(name, func(t *testing.T) {
			if err := signin.CheckPassword(c.password, own...); (err == nil) != c.ok {
				t.Errorf("CheckPassword = %v, want accepted: %v", err, c.ok)
			} else if err != nil && len(c.password) < 100 && strings.Contains(err.Error(), c.password) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestHash_Compare(t *testing.T) {
	t.Parallel()
	h := signin.NewHash("grey whale caf\u00e9 toast", [16]byte{1, 2, 3}, signin.StandardCost())
	read, err := signin.ParseHash(h.String())
	if err != nil || read.Old(signin.StandardCost()) {
		t.Fatalf("ParseHash(%s) = %v, old: %v", h, err, read.Old(signin.StandardCost()))
	}
	for password, want := range map[string]bool{
		"grey whale caf\u00e9 toast":  true,
		"grey whale cafe\u0301 toast": true, // the same, as another keyboard writes it
		"grey whale cafe toast":       false,
		"":                            false,
	} {
		if got := read.Matches(password); got != want {
			t.Errorf("Matches(%q) = %v, want %v", password, got, want)
		}
	}
	// The same as the program argon2 makes of it: -id -t 2 -k 19456 -p 1 -l 32, with the salt "somesaltsomesalt".
	const known = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Xi81renwTwehsTz4nKstdNyfhCrHRO7U9yyPLJDBuaU"
	if got := signin.NewHash("grey whale eats toast", [16]byte([]byte("somesaltsomesalt")), signin.StandardCost()).String(); got != known {
		t.Errorf("the hash is %s, want %s", got, known)
	}
	none := signin.NoHash(signin.StandardCost())
	if none.Matches("") || none.Matches("grey whale caf\u00e9 toast") {
		t.Error("a password matches the hash that no password has")
	}
}

func TestHash_Parse(t *testing.T) {
	t.Parallel()
	good := signin.NewHash("k4wq8z2nfp5t", [16]byte{9}, signin.StandardCost()).String()
	older := "$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43)
	for name, c := range map[string]struct {
		text    string
		ok, old bool
	}{
		"of now":                   {good, true, false},
		"of weaker parameters":     {older, true, true},
		"empty":                    {"", false, false},
		"argon2i":                  {strings.Replace(good, "argon2id", "argon2i", 1), false, false},
		"another version":          {strings.Replace(good, "v=19", "v=16", 1), false, false},
		"a gigabyte":               {strings.Replace(good, "m=19456", "m=1048576", 1), false, false},
		"no memory":                {strings.Replace(good, "m=19456", "m=0", 1), false, false},
		"many passes":              {strings.Replace(good, "t=2", "t=1000", 1), false, false},
		"more passes than 32 bits": {strings.Replace(good, "t=2", "t=4294967298", 1), false, false},
		"many lanes":               {strings.Replace(good, "p=1", "p=200", 1), false, false},
		"a leading zero":           {strings.Replace(good, "t=2", "t=02", 1), false, false},
		"a plus":                   {strings.Replace(good, "t=2", "t=+2", 1), false, false},
		"one more part":            {good + "$", false, false},
		"no sum":                   {good[:strings.LastIndexByte(good, '$')+1], false, false},
		"a bcrypt hash":            {"$2b$12$abcdefghijklmnopqrstuv", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := signin.ParseHash(c.text)
			if (err == nil) != c.ok || err == nil && h.Old(signin.StandardCost()) != c.old {
				t.Errorf("ParseHash = %v, old: %v; want accepted: %v, old: %v", err, h.Old(signin.StandardCost()), c.ok, c.old)
			}
			if err != nil && !errors.Is(err, signin.ErrHash) {
				t.Errorf("error %v, want ErrHash", err)
			}
		})
	}
}

func FuzzHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43))
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := signin.ParseHash(s)
		if err == nil && (h.String() != s || h.MemoryKiB > 64*1024 || h.Passes > 8) {
			t.Errorf("%q was read as %v", s, h)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := signin.NewHash("grey whale eats toast", [16]byte{1}, signin.StandardCost())
	b.ReportAllocs()
	for b.Loop() {
		if h.Matches("grey whale eats bread") {
			b.Fatal("the wrong password matches")
		}
	}
}
