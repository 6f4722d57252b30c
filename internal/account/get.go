package account

import (
	"strconv"

	"github.com/syssecure/syssecure/internal/ledger"
)

// Get returns a setting by its key, as Set takes it; "" for an unknown key.
func (s Settings) Get(key string) string {
	switch key {
	case SettingName:
		return s.Name
	case "default_locale":
		return s.DefaultLocale
	case "origin":
		return s.Origin
	case "app_hash":
		return s.AppHash
	case "from":
		return s.From
	case "on_unknown":
		return s.OnUnknown
	case "mask_numbers":
		return strconv.FormatBool(s.MaskNumbers)
	case "smart_encoding":
		return strconv.FormatBool(s.SmartEncoding)
	case "opt_out_blocks_otp":
		return strconv.FormatBool(s.OptOutBlocksOTP)
	case "opt_out_replies":
		return strconv.FormatBool(s.OptOutReplies)
	case "help_text":
		return s.HelpText
	case creditsLow:
		return strconv.FormatInt(s.CreditsLow, 10)
	case ledger.CapHour:
		return strconv.FormatInt(s.SpendCapHour, 10)
	case ledger.CapDay:
		return strconv.FormatInt(s.SpendCapDay, 10)
	case ledger.CapCountries:
		return string(s.SpendCapCountries)
	}

	return ""
}
