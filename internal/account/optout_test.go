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
		{
			key: "opt_out_blocks_otp", value: "true",
			want: changed(func(s *account.Settings) { s.OptOutBlocksOTP = true }), ok: true,
		},
		{key: "opt_out_blocks_otp", value: "yes", want: base},
		{
			key: "opt_out_replies", value: "true", want: changed(func(s *account.Settings) { s.OptOutReplies = true }),
			ok: true,
		},
		{key: "opt_out_replies", value: "false", want: base, ok: true},
		{key: "opt_out_replies", want: base},
		{
			key: "help_text", value: "Acme, help@acme.example",
			want: changed(func(s *account.Settings) { s.HelpText = "Acme, help@acme.example" }), ok: true,
		},
		{
			key: "help_text", value: strings.Repeat("é", 320),
			want: changed(func(s *account.Settings) { s.HelpText = strings.Repeat("é", 320) }), ok: true,
		},
		{key: "help_text", value: strings.Repeat("é", 321), want: base},
		{key: "help_text", value: "two\nlines", want: base},
		{key: "help_text", value: "\xff", want: base},
		{key: "help_text", want: base, ok: true},
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
