package id_test

import (
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
)

func TestID_SortsByTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 25, 15, 27, 0, 0, time.UTC)
	early, late := id.NewOTP(at), id.NewOTP(at.Add(time.Millisecond))
	if early.String() >= late.String() {
		t.Errorf("%s is not before %s", early, late)
	}

	got, err := id.ParseOTP(late.String())
	if err != nil || got != late {
		t.Errorf("ParseOTP(%s) = %s, %v", late, got, err)
	}
	if !late.Time().Equal(at.Add(time.Millisecond)) {
		t.Errorf("Time() = %v", late.Time())
	}
}

func TestParseMessage_Malformed(t *testing.T) {
	t.Parallel()
	good := id.NewMessage(time.Unix(1_700_000_000, 0)).String()
	for name, s := range map[string]string{
		"empty": "", "prefix only": "msg_", "another kind": "otp_" + good[4:], "lower case": strings.ToLower(good),
		"too long": good + "0", "letters outside the alphabet": "msg_" + strings.Repeat("U", 26),
		"overflow": "msg_" + strings.Repeat("Z", 26), "the reference's shortened example": "otp_01HWXYZABC123DEF456",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := id.ParseMessage(s); err == nil {
				t.Errorf("%q was read as %s", s, got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("otp_01HWXYZABC123DEF45601HWXYZ")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := id.ParseOTP(s)
		if err == nil && i.String() != s {
			t.Fatalf("%q was read and printed as %q", s, i)
		}
		if err != nil && strings.HasPrefix(s, "otp_") && !i.IsZero() {
			t.Fatal("an error with an id")
		}
	})
}
