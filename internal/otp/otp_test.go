package otp_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
)

var start = time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)

func open(length int) otp.OTP {
	return otp.OTP{
		Length: length, MaxAttempts: otp.MaxAttempts(length), Status: otp.Open, CreatedAt: start,
		ExpiresAt: start.Add(otp.DefaultLife),
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const right, wrong = "847291", "000001"
	canceled, _ := otp.Cancel(open(6), start)
	expired, _ := otp.Expire(open(6), start.Add(otp.DefaultLife))
	failed, _ := otp.Fail(open(6))
	type try struct {
		after time.Duration
		code  string
		want  otp.Result
	}

	for name, c := range map[string]struct {
		o     otp.OTP
		tries []try
		left  int
	}{
		"right": {o: open(6), tries: []try{{code: right, want: otp.Valid}}, left: 5},
		"used": {
			o: open(6),
			tries: []try{
				{code: right, want: otp.Valid},
				{code: right, want: otp.AlreadyVerified},
				{code: wrong, want: otp.AlreadyVerified},
			},
			left: 5,
		},
		"right on the last": {
			o: open(6),
			tries: []try{
				{code: wrong, want: otp.Incorrect},
				{code: wrong, want: otp.Incorrect},
				{code: wrong, want: otp.Incorrect},
				{code: wrong, want: otp.Incorrect},
				{code: right, want: otp.Valid},
			},
			left: 1,
		},
		"no attempts left": {
			o: open(4),
			tries: []try{
				{code: wrong, want: otp.Incorrect},
				{code: wrong, want: otp.Incorrect},
				{code: wrong, want: otp.Incorrect},
				{code: right, want: otp.NoAttemptsLeft},
			},
		},
		"last second": {
			o: open(6), tries: []try{{after: otp.DefaultLife - time.Nanosecond, code: right, want: otp.Valid}}, left: 5,
		},
		"expired": {
			o:     open(6),
			tries: []try{{after: otp.DefaultLife, code: right, want: otp.HasExpired}, {code: right, want: otp.Valid}},
			left:  5,
		},
		"marked expired": {o: expired, tries: []try{{code: right, want: otp.HasExpired}}, left: 5},
		"canceled":       {o: canceled, tries: []try{{code: right, want: otp.WasCanceled}}, left: 5},
		"failed":         {o: failed, tries: []try{{code: right, want: otp.Valid}}, left: 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := c.o
			for i, try := range c.tries {
				var got otp.Result
				if o, got = otp.Check(o, try.code, right, start.Add(try.after)); got != try.want {
					t.Fatalf("try %d: %q, want %q", i, got, try.want)
				}
			}
			if o.Left() != c.left {
				t.Errorf("%d attempts left, want %d", o.Left(), c.left)
			}
		})
	}
}

func TestOTP_EndsOnce(t *testing.T) {
	t.Parallel()
	verified, _ := otp.Check(open(6), "1", "1", start)
	for name, change := range map[string]func(otp.OTP) (otp.OTP, bool){
		"cancel": func(o otp.OTP) (otp.OTP, bool) { return otp.Cancel(o, start) },
		"expire": func(o otp.OTP) (otp.OTP, bool) { return otp.Expire(o, start.Add(otp.MaxLife)) },
		"fail":   otp.Fail, "revive": otp.Revive,
	} {
		t.Run(name, func(t *testing.T) {
			if o, changed := change(verified); changed || o.Status != otp.Verified {
				t.Errorf("a verified OTP became %v", o.Status)
			}
		})
	}

	if o, changed := otp.Expire(open(6), start); changed || o.Status != otp.Open {
		t.Error("expired before its time")
	}
	if o, changed := otp.Cancel(open(6), start.Add(otp.DefaultLife)); changed || o.Status != otp.Open {
		t.Error("canceled after it had expired")
	}
}

// No code of a restored backup is valid, whatever its time; a verification that has ended is unchanged, and stays
// ended.
func TestOTP_Void(t *testing.T) {
	t.Parallel()
	for status, want := range map[otp.Status]otp.Status{
		otp.Open: otp.Expired, otp.Failed: otp.Expired, otp.Verified: otp.Verified, otp.Canceled: otp.Canceled,
		otp.Expired: otp.Expired,
	} {
		o := open(6)
		o.Status = status
		got, changed := otp.Void(o)
		if got.Status != want || changed != (status != want) {
			t.Errorf("%d became %d, changed %v", status, got.Status, changed)
		}
		if _, r := otp.Check(got, "1", "1", start); r == otp.Valid || changed && r != otp.HasExpired {
			t.Errorf("%d: a check says %q", status, r)
		}
		if back, _ := otp.Revive(got); back.Pending(start) {
			t.Errorf("%d: a late receipt revived it", status)
		}
	}
}

func TestOTP_Pending(t *testing.T) {
	t.Parallel()
	used, _ := otp.Check(open(6), "1", "1", start)
	exhausted := open(6)
	exhausted.FailedGuesses = 5
	failed, _ := otp.Fail(open(6))
	for name, c := range map[string]struct {
		o    otp.OTP
		at   time.Time
		want bool
	}{
		"open":             {o: open(6), at: start, want: true},
		"failed":           {o: failed, at: start, want: true},
		"used":             {o: used, at: start},
		"too many guesses": {o: exhausted, at: start},
		"expired":          {o: open(6), at: start.Add(otp.DefaultLife)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.o.Pending(c.at); got != c.want {
				t.Errorf("pending %v", got)
			}
		})
	}
}

func TestDerive_DependsOnEachPart(t *testing.T) {
	t.Parallel()
	key, o, a := secret.NewMAC([]byte("key")), id.NewOTP(start), id.NewAccount(start)
	code := otp.Derive(key, o, a, id.Live, "+32470123456", 10)
	if again := otp.Derive(key, o, a, id.Live, "+32470123456", 10); again != code {
		t.Errorf("derived %s, then %s", code, again)
	}

	for name, other := range map[string]string{
		"key":     otp.Derive(secret.NewMAC([]byte("kez")), o, a, id.Live, "+32470123456", 10),
		"otp":     otp.Derive(key, id.NewOTP(start), a, id.Live, "+32470123456", 10),
		"account": otp.Derive(key, o, id.NewAccount(start), id.Live, "+32470123456", 10),
		"number":  otp.Derive(key, o, a, id.Live, "+32470123457", 10),
	} {
		t.Run(name, func(t *testing.T) {
			if other == code {
				t.Error("another one gives the same code")
			}
		})
	}

	if short := otp.Derive(key, o, a, id.Live, "+32470123456", 6); strings.HasPrefix(code, short) {
		t.Error("a shorter code is the beginning of a longer one")
	}
	if got := otp.Derive(key, o, a, id.Test, "+32470123456", 6); got != "000000" {
		t.Errorf("the sandbox's code is %s", got)
	}
}

// TestDerive_Uniform counts each digit at each position: chi-square with 9 degrees of freedom stays below 33.7 with
// probability 0.9999 at each of the 6 positions.
func TestDerive_Uniform(t *testing.T) {
	t.Parallel()
	seed := make([]byte, 32)
	rand.Read(seed)
	key := secret.NewMAC(seed)
	const n = 40_000
	var count [6][10]int
	for range n {
		for position, digit := range otp.Derive(key, id.NewOTP(start), id.Account{}, id.Live, "+32470123456", 6) {
			count[position][digit-'0']++
		}
	}

	for position, digits := range count {
		chi := 0.0
		for _, c := range digits {
			d := float64(c) - n/10
			chi += d * d / (n / 10)
		}
		if chi > 33.7 {
			t.Errorf("position %d: chi-square %.1f, counts %v, key %x", position, chi, digits, seed)
		}
	}
}

func FuzzDerive(f *testing.F) {
	f.Add([]byte("key"), "+32470123456", 6)
	f.Fuzz(func(t *testing.T, key []byte, number string, length int) {
		length = otp.MinLength + int(uint(length)%(otp.MaxLength-otp.MinLength+1))
		code := otp.Derive(secret.NewMAC(key), id.OTP{1}, id.Account{2}, id.Live, "", length)
		if !otp.WellFormed(code, length) {
			t.Fatalf("code %q for length %d", code, length)
		}
	})
}

// FuzzCheck plays guesses, cancellations and time in any order: a code is valid once, and never after more guesses than
// allowed.
func FuzzCheck(f *testing.F) {
	f.Add([]byte{1, 1, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		o, valid, compared, now := open(6), 0, 0, start
		for _, b := range script {
			switch b % 6 {
			case 0, 1:
				code := map[byte]string{0: "847291", 1: "111111"}[b%6]
				if o.Settled(now) == otp.Valid {
					compared++
				}
				var r otp.Result
				if o, r = otp.Check(o, code, "847291", now); r == otp.Valid {
					valid++
				}
			case 2:
				o, _ = otp.Cancel(o, now)
			case 3:
				o, _ = otp.Expire(o, now)
			case 4:
				o, _ = otp.Fail(o)
			case 5:
				now = now.Add(time.Duration(b) * time.Second)
			}
		}
		if valid > 1 || compared > 5 {
			t.Fatalf("%d valid, %d compared", valid, compared)
		}
	})
}
