package account

import (
	"fmt"

	"github.com/syssecure/syssecure/internal/optout/keyword"
)

// setOptOut changes a setting about numbers that opted out.
func (s Settings) setOptOut(key, value string) (Settings, error) {
	if key == "help_text" {
		if err := keyword.CheckHelp(value); err != nil {
			return s, fmt.Errorf("%s %q: %w", key, value, err)
		}
		s.HelpText = value
		return s, nil
	}

	if value != "true" && value != "false" {
		return s, fmt.Errorf("%s %q: must be true or false", key, value)
	}

	if key == "opt_out_replies" {
		s.OptOutReplies = value == "true"
	} else {
		s.OptOutBlocksOTP = value == "true"
	}

	return s, nil
}
