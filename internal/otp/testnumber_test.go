package otp_test

import (
	"testing"

	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
)

func TestTestNumbers_Code(t *testing.T) {
	t.Parallel()
	table := otp.NewTestNumbers(map[phone.Number]secret.String{
		"+32470000000": secret.NewString("314159"), "+5215512345678": secret.NewString("0042"),
	})

	for number, want := range map[phone.Number]string{
		"+32470000000": "314159", "+5215512345678": "0042", "+525512345678": "0042", "+32470000001": "", "": "",
	} {
		if got := table.Code(number).Reveal(); got != want || table.Has(number) != (want != "") {
			t.Errorf("%q: %q, want %q", string(number), got, want)
		}
	}

	if otp.TestNumbers(nil).Has("+32470000000") {
		t.Error("no table has a number")
	}
}
