package account

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/ledger"
)

// creditsLow is the setting for the threshold below which credits.low is reported.
const creditsLow = "credits_low"

// Caps are the account's spend caps.
func (s Settings) Caps() ledger.Caps {
	return ledger.Caps{Hour: s.SpendCapHour, Day: s.SpendCapDay, Countries: s.SpendCapCountries}
}

// setMoney changes a setting about credits.
func (s Settings) setMoney(key, value string) (Settings, error) {
	to := map[string]*int64{
		creditsLow: &s.CreditsLow, ledger.CapHour: &s.SpendCapHour,
		ledger.CapDay: &s.SpendCapDay,
	}[key]
	var err error
	switch {
	case to != nil:
		*to, err = ledger.ParseCap(value)
	case key == ledger.CapCountries:
		s.SpendCapCountries, err = ledger.ParseCountryCaps(value)
	default:
		return s, fmt.Errorf("there is no setting %q; use one of %s", key, strings.Join(SettingKeys, ", "))
	}
	if err != nil {
		return s, fmt.Errorf("%s %s: %w", key, strconv.Quote(value), err)
	}

	return s, nil
}
