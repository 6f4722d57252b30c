// Package account implements accounts with their settings, API keys and scopes.
//
// It does no I/O; keys are made from random bytes that the caller passes. A key is checked in two steps: its checksum
// refuses typing mistakes and most guesses without reading the database, then its keyed MAC decides.
package account

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
)

// Account is one customer of the server, or one application of the operator.
type Account struct {
	ID      id.Account
	Name    string
	Balance ledger.Balance
	Entries int64 // ledger entries written so far
	// Watch is the state of spend caps and of the event credits.low.
	Watch    ledger.Spending
	Settings ByMode
	// CallbackSecret signs webhooks to callback URLs of live messages, TestCallbackSecret those of the sandbox; sealed.
	CallbackSecret     []byte
	TestCallbackSecret []byte
	// SandboxOffset is how far the sandbox's clock is ahead of real time. It only grows, until it is reset.
	SandboxOffset time.Duration
	// SandboxGoal is the offset that the clock was asked to reach. It is ahead of SandboxOffset while an advance is not
	// finished.
	SandboxGoal time.Duration
	CreatedAt   time.Time
	Extra       extra.Fields
}

// ByMode holds the settings of each mode: a change by a test key affects the sandbox only. Only Name is common to both.
type ByMode struct {
	Live Settings `json:"live"`
	Test Settings `json:"test"`
}

// InBothModes uses the same settings in both modes.
func InBothModes(s Settings) ByMode { return ByMode{Live: s, Test: s} }

// Of returns the settings of a mode.
func (m ByMode) Of(mode id.Mode) Settings {
	if mode == id.Test {
		return m.Test
	}
	return m.Live
}

// Set changes one setting in the given modes; without one, in both. The name is always set in both.
func (m ByMode) Set(key, value string, modes ...id.Mode) (ByMode, error) {
	if len(modes) == 0 || key == SettingName {
		modes = []id.Mode{id.Live, id.Test}
	}
	out := m
	for _, mode := range modes {
		changed, err := out.Of(mode).Set(key, value)
		if err != nil {
			return m, err
		}

		if mode == id.Test {
			out.Test = changed
		} else {
			out.Live = changed
		}
	}

	return out, nil
}

// Settings are what an account can change about itself, in one mode.
type Settings struct {
	Name          string `json:"name"`
	DefaultLocale string `json:"default_locale"`
	// Origin is the host of the last line "@host #code".
	Origin string `json:"origin"`
	// AppHash is the 11-character hash of Android's SMS Retriever.
	AppHash string `json:"app_hash"`
	From    string `json:"from"`
	// OnUnknown says what happens when a carrier gave no answer: "retry" submits the message once more, "hold" never
	// does.
	OnUnknown   string `json:"on_unknown"`
	MaskNumbers bool   `json:"mask_numbers"`
	// SmartEncoding replaces typographic characters of SMS by letters of GSM 7 bit where that saves segments.
	SmartEncoding bool `json:"smart_encoding"`
	// OptOutBlocksOTP refuses codes to numbers that opted out. Without it they get them, because their users ask for
	// them.
	OptOutBlocksOTP bool `json:"opt_out_blocks_otp"`
	// OptOutReplies answers STOP, START and HELP; HelpText replaces the built-in answer to HELP.
	OptOutReplies bool   `json:"opt_out_replies"`
	HelpText      string `json:"help_text"`
	// CreditsLow is the threshold below which credits.low is reported; 0 = never.
	CreditsLow int64 `json:"credits_low"`
	// The caps are credits an hour, a day, and a day and country; 0 or "" is no cap.
	SpendCapHour      int64              `json:"spend_cap_hour"`
	SpendCapDay       int64              `json:"spend_cap_day"`
	SpendCapCountries ledger.CountryCaps `json:"spend_cap_countries"`

	Extra extra.Fields `json:"-"`
}

// SettingName is the setting that both modes have in common; a test key cannot change it.
const SettingName = "name"

// DefaultSettings are those of a new account, in each mode.
func DefaultSettings(name string) Settings {
	return Settings{Name: name, DefaultLocale: "en", OnUnknown: "retry"}
}

var (
	hostPattern    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	appHashPattern = regexp.MustCompile(`^[A-Za-z0-9+/]{11}$`)
)

// SettingKeys are the keys of Set.
var SettingKeys = []string{
	SettingName, "default_locale", "origin", "app_hash", "from", "on_unknown", "mask_numbers", "smart_encoding",
	"opt_out_blocks_otp", "opt_out_replies", "help_text", creditsLow, ledger.CapHour, ledger.CapDay,
	ledger.CapCountries,
}

// Set changes one setting by its key. The error says which values are valid.
func (s Settings) Set(key, value string) (Settings, error) {
	invalid := func(want string) (Settings, error) { return s, fmt.Errorf("%s %q: %s", key, value, want) }
	switch key {
	case SettingName:
		if !ValidName(value) {
			return invalid(nameRule)
		}
		s.Name = value
	case "default_locale":
		if _, err := language.Parse(value); err != nil {
			return invalid("must be a BCP 47 tag such as en, fr or pt-BR")
		}
		s.DefaultLocale = value
	case "origin":
		value = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(value), "https://"), "/")
		if value != "" && (len(value) > 253 || !hostPattern.MatchString(value)) {
			return invalid("must be the host of your site, such as example.com")
		}
		s.Origin = value
	case "app_hash":
		if value != "" && !appHashPattern.MatchString(value) {
			return invalid("must be the 11 characters of Android's SMS Retriever hash")
		}
		s.AppHash = value
	case "from":
		if value != "" && !ValidSender(value) {
			return invalid(SenderRule)
		}
		s.From = value
	case "on_unknown":
		if value != "retry" && value != "hold" {
			return invalid("must be retry or hold")
		}
		s.OnUnknown = value
	case "mask_numbers", "smart_encoding":
		if value != "true" && value != "false" {
			return invalid("must be true or false")
		}
		if on := value == "true"; key == "mask_numbers" {
			s.MaskNumbers = on
		} else {
			s.SmartEncoding = on
		}
	case "opt_out_blocks_otp", "opt_out_replies", "help_text":
		return s.setOptOut(key, value)
	default:
		return s.setMoney(key, value)
	}

	return s, nil
}

// SenderRule describes the senders that ValidSender accepts.
const SenderRule = "must be an E.164 number, a short code of 3 to 8 digits, " +
	"or 1 to 11 letters, digits, spaces and . _ & - with at least one letter"

var senderPattern = regexp.MustCompile(`^(\+[1-9][0-9]{6,14}|[0-9]{3,8}|[A-Za-z0-9 ._&-]{1,11})$`)

// ValidSender reports whether from can be a sender: E.164, a short code, or an alphanumeric sender id
// (3GPP TS 23.040 §9.1.2.5: at most 11 septets).
func ValidSender(from string) bool {
	if !senderPattern.MatchString(from) || strings.TrimSpace(from) != from {
		return false
	}
	letter := strings.ContainsFunc(from, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
	return letter || from[0] == '+' || len(from) >= 3 && len(from) <= 8 && strings.Trim(from, "0123456789") == ""
}

// Scope is one permission of a key.
type Scope string

// The published scopes.
const (
	ScopeSend   Scope = "send"
	ScopeVerify Scope = "verify"
	ScopeRead   Scope = "read"
	ScopeAdmin  Scope = "admin"
)

// ScopeOperator is for the operator of the installation (carriers, routes, the server itself). Only operators give it, at
// the command line or in the dashboard, and only by name.
const ScopeOperator Scope = "operator"

// Scopes lists the scopes of customers; a key that is made without scopes has all of them.
var Scopes = []Scope{ScopeSend, ScopeVerify, ScopeRead, ScopeAdmin}

// ParseScopes reads names from the command line; none means all of Scopes.
func ParseScopes(names []string) ([]Scope, error) {
	if len(names) == 0 {
		return slices.Clone(Scopes), nil
	}
	var out []Scope
	for _, n := range names {
		if !slices.Contains(Scopes, Scope(n)) && Scope(n) != ScopeOperator {
			return nil, fmt.Errorf("%q is not a scope; use send, verify, read, admin or operator", n)
		}
		if !slices.Contains(out, Scope(n)) {
			out = append(out, Scope(n))
		}
	}

	return out, nil
}

// Key is what the database keeps of an API key.
type Key struct {
	ID        string // the 8 characters after the prefix
	Account   id.Account
	Mode      id.Mode
	MAC       []byte
	Scopes    []Scope
	CreatedAt time.Time
	ExpiresAt time.Time // zero = never; set when the key is rotated
	RevokedAt time.Time
	Name      string
	CreatedBy string
	// UsedAt and UsedFrom are when and from which address the key was used last, as far as that was stored.
	UsedAt   time.Time
	UsedFrom string
	Extra    extra.Fields
}

// Active reports whether the key is neither revoked nor expired at now.
func (k Key) Active(now time.Time) bool {
	return k.RevokedAt.IsZero() && (k.ExpiresAt.IsZero() || now.Before(k.ExpiresAt))
}

// Principal is an authenticated caller.
type Principal struct {
	Account id.Account
	Mode    id.Mode
	Key     string
	// KeyName is the name that people gave the key; it may be empty.
	KeyName string
	Scopes  []Scope
}

// May reports whether the caller has the scope.
func (p Principal) May(s Scope) bool { return slices.Contains(p.Scopes, s) }

// Caller is an authenticated caller with the account's settings in its mode.
type Caller struct {
	Principal
	Settings Settings
	// Request is the caller's request of the API; zero outside of it.
	Request id.Request
}
