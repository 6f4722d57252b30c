package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxHelp bounds the text for HELP to a few segments: anybody who was sent a message can ask for it.
const maxHelp = 320

// setOptOut changes a setting about numbers that opted out.
func (s Settings) setOptOut(key, value string) (Settings, error) {
	if key == "help_text" {
		if !utf8.ValidString(value) || utf8.RuneCountInString(value) > maxHelp || strings.ContainsFunc(value, unicode.IsControl) {
			return s, fmt.Errorf("%s %q: must have at most %d characters and no line breaks; empty is the built-in text", key, value, maxHelp)
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
