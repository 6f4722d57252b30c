package httpapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/id"
)

// accountBody is the account with its settings in the mode of the caller's key.
type accountBody struct {
	ID                string           `json:"id" example:"acct_01HWXYZABC123DEF4560000000"`
	Name              string           `json:"name" doc:"The account's name, as the built-in texts show it. Live mode and the sandbox share it." example:"Acme"`
	DefaultLocale     string           `json:"default_locale" doc:"The language of messages when there is no text in the requested locale, as a BCP 47 tag." example:"en"`
	Origin            string           `json:"origin" doc:"The host of your site. Messages with a code end in a line @host #code, by which browsers fill in the code. Empty for no such line." example:"example.com"`
	AppHash           string           `json:"app_hash" doc:"The hash of your Android app, by which the SMS Retriever API finds your messages. Empty for none." example:"FA+9qCX9VSu"`
	From              string           `json:"from" doc:"The sender of messages whose request names none. Empty for the carrier's sender." example:"Acme"`
	OnUnknown         string           `json:"on_unknown" enum:"retry,hold" doc:"What to do when a carrier gives no answer, so that it is unknown whether it accepted the message. retry: submit it once more. hold: never submit it again; a code goes on to its next channel, any other message gets the status unknown." example:"retry"`
	MaskNumbers       bool             `json:"mask_numbers" doc:"Whether phone numbers are shown masked." example:"false"`
	SmartEncoding     bool             `json:"smart_encoding" doc:"Whether typographic characters of SMS, such as curly quotes and dashes, become GSM-7 letters where that saves segments." example:"false"`
	CreditsLow        int64            `json:"credits_low" doc:"When the credits fall below this number, the event credits.low is sent once. 0 for never." example:"1000"`
	SpendCapHour      int64            `json:"spend_cap_hour" doc:"The most credits that may be spent in one hour (UTC). 0 for no cap." example:"5000"`
	SpendCapDay       int64            `json:"spend_cap_day" doc:"The most credits that may be spent in one day (UTC). 0 for no cap." example:"50000"`
	SpendCapCountries map[string]int64 `json:"spend_cap_countries" doc:"The most credits that may be spent in one day (UTC) on numbers of a country, by ISO 3166-1 code. * applies to every country that is not listed." example:"{\"BE\":20000,\"*\":500}"`
	OptOutBlocksOTP   bool             `json:"opt_out_blocks_otp" doc:"Whether numbers that opted out are refused codes as well. Otherwise they still get codes, because their users ask for them." example:"false"`
	OptOutReplies     bool             `json:"opt_out_replies" doc:"Whether STOP, START and HELP are answered with a short message." example:"false"`
	HelpText          string           `json:"help_text" doc:"The answer to HELP. Empty for the built-in text." example:"Acme: call 0800 123 45"`
	CreatedAt         string           `json:"created_at" format:"date-time"`
}

func showAccount(a account.Account, mode id.Mode) accountBody {
	s := a.Settings.Of(mode)
	return accountBody{
		ID: a.ID.String(), Name: s.Name, DefaultLocale: s.DefaultLocale, Origin: s.Origin, AppHash: s.AppHash,
		From: s.From, OnUnknown: s.OnUnknown, MaskNumbers: s.MaskNumbers, SmartEncoding: s.SmartEncoding, CreditsLow: s.CreditsLow,
		SpendCapHour: s.SpendCapHour, SpendCapDay: s.SpendCapDay, SpendCapCountries: s.SpendCapCountries.Map(),
		OptOutBlocksOTP: s.OptOutBlocksOTP,
		OptOutReplies:   s.OptOutReplies, HelpText: s.HelpText, CreatedAt: stamp(a.CreatedAt),
	}
}

func (s *Server) getAccount(ctx context.Context, c account.Caller, _ *struct{}) (accountBody, error) {
	row, err := s.Admin.Account(ctx, c.Account)
	if err != nil {
		return accountBody{}, err
	}
	return showAccount(row.Account, c.Mode), nil
}

// updateAccountInput has a field for each setting; those that are left out stay unchanged. Values are checked by the
// same code as those of the command line.
type updateAccountInput struct {
	Body struct {
		Name              *string                `json:"name,omitempty" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1F\\x7F-\\x9F]*[^\\x00-\\x1F\\x7F-\\x9F\\s][^\\x00-\\x1F\\x7F-\\x9F]*$" patternDescription:"1 to 100 characters, without line breaks and other control characters" doc:"The account's name, as the built-in texts show it. Live mode and the sandbox share it, and only a live key can change it." example:"Acme"`
		DefaultLocale     *string                `json:"default_locale,omitempty" maxLength:"100" doc:"The language of messages when there is no text in the requested locale, as a BCP 47 tag." example:"en"`
		Origin            *string                `json:"origin,omitempty" maxLength:"300" doc:"The host of your site, for the line @host #code by which browsers fill in a code. Empty for no such line." example:"example.com"`
		AppHash           *string                `json:"app_hash,omitempty" pattern:"^([A-Za-z0-9+/]{11})?$" patternDescription:"11 letters, digits, + and /" doc:"The 11-character hash of your Android app for the SMS Retriever API. Empty for none." example:"FA+9qCX9VSu"`
		From              *string                `json:"from,omitempty" maxLength:"16" doc:"The sender of messages whose request names none: a number in E.164 format, a short code, or a name of 1 to 11 characters. Empty for the carrier's sender." example:"Acme"`
		OnUnknown         *string                `json:"on_unknown,omitempty" enum:"retry,hold" doc:"What to do when a carrier gives no answer, so that it is unknown whether it accepted the message. retry: submit it once more. hold: never submit it again." example:"retry"`
		MaskNumbers       *bool                  `json:"mask_numbers,omitempty" doc:"Whether phone numbers are shown masked." example:"false"`
		SmartEncoding     *bool                  `json:"smart_encoding,omitempty" doc:"Whether typographic characters of SMS, such as curly quotes and dashes, become GSM-7 letters where that saves segments." example:"false"`
		CreditsLow        *field.Whole           `json:"credits_low,omitempty" minimum:"0" maximum:"1000000000000" doc:"When the credits fall below this number, the event credits.low is sent once. 0 for never." example:"1000"`
		SpendCapHour      *field.Whole           `json:"spend_cap_hour,omitempty" minimum:"0" maximum:"1000000000000" doc:"The most credits that may be spent in one hour (UTC). 0 for no cap." example:"5000"`
		SpendCapDay       *field.Whole           `json:"spend_cap_day,omitempty" minimum:"0" maximum:"1000000000000" doc:"The most credits that may be spent in one day (UTC). 0 for no cap." example:"50000"`
		SpendCapCountries map[string]field.Whole `json:"spend_cap_countries,omitempty" maxProperties:"260" doc:"Replaces all caps by country: credits a day by ISO 3166-1 code, * for every country that is not listed. An empty object removes them." example:"{\"BE\":20000,\"*\":500}"`
		OptOutBlocksOTP   *bool                  `json:"opt_out_blocks_otp,omitempty" doc:"Whether numbers that opted out are refused codes as well. Otherwise they still get codes, because their users ask for them." example:"false"`
		OptOutReplies     *bool                  `json:"opt_out_replies,omitempty" doc:"Whether STOP, START and HELP are answered with a short message." example:"false"`
		HelpText          *string                `json:"help_text,omitempty" maxLength:"320" doc:"The answer to HELP, without line breaks. Empty for the built-in text." example:"Acme: call 0800 123 45"`
	}
}

// settings are the settings in the request, in the form of syssecure account set.
func (in *updateAccountInput) settings() (set []admin.Setting) {
	b := &in.Body
	set = addSetting(set, "name", b.Name)
	set = addSetting(set, "default_locale", b.DefaultLocale)
	set = addSetting(set, "origin", b.Origin)
	set = addSetting(set, "app_hash", b.AppHash)
	set = addSetting(set, "from", b.From)
	set = addSetting(set, "on_unknown", b.OnUnknown)
	set = addSetting(set, "help_text", b.HelpText)
	set = addSetting(set, "mask_numbers", b.MaskNumbers)
	set = addSetting(set, "smart_encoding", b.SmartEncoding)
	set = addSetting(set, "opt_out_blocks_otp", b.OptOutBlocksOTP)
	set = addSetting(set, "opt_out_replies", b.OptOutReplies)
	set = addSetting(set, "credits_low", b.CreditsLow)
	set = addSetting(set, "spend_cap_hour", b.SpendCapHour)
	set = addSetting(set, "spend_cap_day", b.SpendCapDay)
	if b.SpendCapCountries != nil {
		set = append(set, admin.Setting{Key: "spend_cap_countries", Value: countryList(b.SpendCapCountries)})
	}

	return set
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *updateAccountInput) Resolve(ctx huma.Context) []error {
	return errorList(admin.CheckSettings(requestOf(ctx.Context()).caller, in.settings()))
}

func (s *Server) updateAccount(ctx context.Context, c account.Caller, in *updateAccountInput) (accountBody, error) {
	if err := s.Admin.SetBy(ctx, c, in.settings()); err != nil {
		return accountBody{}, err
	}
	return s.getAccount(ctx, c, nil)
}

// addSetting adds a setting if the request has it.
func addSetting[T string | bool | field.Whole](set []admin.Setting, key string, v *T) []admin.Setting {
	if v == nil {
		return set
	}
	return append(set, admin.Setting{Key: key, Value: fmt.Sprint(*v)})
}

// noSeparators keeps one country's name from being read as two.
var noSeparators = strings.NewReplacer(",", "?", "=", "?")

// countryList writes caps in the form of syssecure account set.
func countryList(caps map[string]field.Whole) string {
	var pairs []string
	for country, credits := range caps {
		pairs = append(pairs, fmt.Sprintf("%s=%d", noSeparators.Replace(country), credits))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
