package account_test

import (
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/account"
)

func TestSettings_OptOuts(t *testing.T) {
	t.Parallel()
	base := account.DefaultSettings("x")
	if base.OptOutBlocksOTP || base.OptOutReplies || base.HelpText != "" {
		t.Errorf("a new account has %+v", base)
	}

	changed := func(change func(*account.Settings)) account.Settings { s := base; change(&s); return s }
	for _, c := range []struct {
		key, value string
		want       account.Settings
		ok         bool
	}{
		{"opt_out_blocks_otp", "true", changed(func(s *account.Settings) { s.OptOutBlocksOTP = true }), true},
		{"opt_out_blocks_otp", "yes", base, false},
		{"opt_out_replies", "true", changed(func(s *account.Settings) { s.OptOutReplies = true }), true},
		{"opt_out_replies", "false", base, true},
		{"opt_out_replies", "", base, false},
		{"help_text", "Acme, help@acme.example", changed(func(s *account.Settings) { s.HelpText = "Acme, help@acme.example" }), true},
		{"help_text", strings.Repeat("é", 320), changed(func(s *account.Settings) { s.HelpText = strings.Repeat("é", 320) }), true},
		{"help_text", strings.Repeat("é", 321), base, false},
		{"help_text", "two\nlines", base, false},
		{"help_text", "\xff", base, false},
		{"help_text", "", base, true},
	} {
		got, err := base.Set(c.key, c.value)
		if (err == nil) != c.ok || got != c.want {
			t.Errorf("%s=%q: %+v, %v", c.key, c.value, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s=%q: the error does not name the setting: %v", c.key, c.value, err)
		}
	}
}
