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

// accountBody is the account with its settings for the mode of the key that asks: those of a test key are the sandbox's.
type accountBody struct {
	ID                string           `json:"id" example:"acct_01HWXYZABC123DEF4560000000"`
	Name              string           `json:"name" doc:"Built-in texts mention it. It is the same in both modes." example:"Acme"`
	DefaultLocale     string           `json:"default_locale" doc:"Language of texts when the request's is not there." example:"en"`
	Origin            string           `json:"origin" doc:"Host of the last line @host #code that browsers fill in codes by; empty: no such line." example:"example.com"`
	AppHash           string           `json:"app_hash" doc:"Hash of your Android app for the SMS Retriever; empty: none." example:"FA+9qCX9VSu"`
	From              string           `json:"from" doc:"Sender when a request names none; empty: the carrier's." example:"Acme"`
	OnUnknown         string           `json:"on_unknown" enum:"retry,hold" doc:"What happens to a message other than a code when its carrier gave no answer." example:"retry"`
	MaskNumbers       bool             `json:"mask_numbers" doc:"Show numbers masked." example:"false"`
	CreditsLow        int64            `json:"credits_low" doc:"Credits below which credits.low is reported once; 0: never." example:"1000"`
	SpendCapHour      int64            `json:"spend_cap_hour" doc:"Most credits spent in an hour of UTC; 0: no cap." example:"5000"`
	SpendCapDay       int64            `json:"spend_cap_day" doc:"Most credits spent in a day of UTC; 0: no cap." example:"50000"`
	SpendCapCountries map[string]int64 `json:"spend_cap_countries" doc:"Most credits spent in a day on numbers of a country; * is every country without a cap of its own." example:"{\"BE\":20000,\"*\":500}"`
	OptOutBlocksOTP   bool             `json:"opt_out_blocks_otp" doc:"Refuse codes to numbers that opted out." example:"false"`
	OptOutReplies     bool             `json:"opt_out_replies" doc:"Answer STOP, START and HELP with a short text." example:"false"`
	HelpText          string           `json:"help_text" doc:"What HELP is answered with; empty: the built-in text." example:"Acme: call 0800 123 45"`
	CreatedAt         string           `json:"created_at" format:"date-time"`
}

func showAccount(a account.Account, mode id.Mode) accountBody {
	s := a.Settings.Of(mode)
	return accountBody{
		ID: a.ID.String(), Name: s.Name, DefaultLocale: s.DefaultLocale, Origin: s.Origin, AppHash: s.AppHash, From: s.From,
		OnUnknown: s.OnUnknown, MaskNumbers: s.MaskNumbers, CreditsLow: s.CreditsLow, SpendCapHour: s.SpendCapHour,
		SpendCapDay: s.SpendCapDay, SpendCapCountries: s.SpendCapCountries.Map(), OptOutBlocksOTP: s.OptOutBlocksOTP,
		OptOutReplies: s.OptOutReplies, HelpText: s.HelpText, CreatedAt: stamp(a.CreatedAt),
	}
}

func (s *Server) getAccount(ctx context.Context, c account.Caller, _ *struct{}) (accountBody, error) {
	row, err := s.Admin.Account(ctx, c.Account)
	if err != nil {
		return accountBody{}, err
	}
	return showAccount(row.Account, c.Mode), nil
}

// updateAccountInput has a field for each setting; one that is left out stays as it is. What a setting takes is decided
// where the command line has it decided.
type updateAccountInput struct {
	Body struct {
		Name              *string          `json:"name,omitempty" minLength:"1" maxLength:"100" pattern:"^[^\\x00-\\x1F\\x7F-\\x9F]*[^\\x00-\\x1F\\x7F-\\x9F\\s][^\\x00-\\x1F\\x7F-\\x9F]*$" patternDescription:"1 to 100 characters, without line breaks and other control characters" doc:"Built-in texts mention it. It is the same in both modes, and only a live key can change it." example:"Acme"`
		DefaultLocale     *string          `json:"default_locale,omitempty" maxLength:"100" doc:"BCP 47 tag." example:"en"`
		Origin            *string          `json:"origin,omitempty" maxLength:"300" doc:"Host of your site; empty for none." example:"example.com"`
		AppHash           *string          `json:"app_hash,omitempty" pattern:"^([A-Za-z0-9+/]{11})?$" patternDescription:"11 letters, digits, + and /" doc:"The 11 characters of Android's SMS Retriever hash; empty for none." example:"FA+9qCX9VSu"`
		From              *string          `json:"from,omitempty" maxLength:"16" doc:"E.164, a short code, or 1 to 11 characters with a letter; empty for the carrier's." example:"Acme"`
		OnUnknown         *string          `json:"on_unknown,omitempty" enum:"retry,hold" doc:"retry or hold." example:"retry"`
		MaskNumbers       *bool            `json:"mask_numbers,omitempty" doc:"Show numbers masked." example:"false"`
		CreditsLow        *field.Whole     `json:"credits_low,omitempty" minimum:"0" maximum:"1000000000000" doc:"Credits below which credits.low is reported once; 0: never." example:"1000"`
		SpendCapHour      *field.Whole     `json:"spend_cap_hour,omitempty" minimum:"0" maximum:"1000000000000" doc:"Most credits spent in an hour of UTC; 0: no cap." example:"5000"`
		SpendCapDay       *field.Whole     `json:"spend_cap_day,omitempty" minimum:"0" maximum:"1000000000000" doc:"Most credits spent in a day of UTC; 0: no cap." example:"50000"`
		SpendCapCountries map[string]int64 `json:"spend_cap_countries,omitempty" maxProperties:"260" doc:"Replaces all caps by country: credits a day by ISO 3166-1 code, * for every other country; an empty object ends them." example:"{\"BE\":20000,\"*\":500}"`
		OptOutBlocksOTP   *bool            `json:"opt_out_blocks_otp,omitempty" doc:"Refuse codes to numbers that opted out." example:"false"`
		OptOutReplies     *bool            `json:"opt_out_replies,omitempty" doc:"Answer STOP, START and HELP with a short text." example:"false"`
		HelpText          *string          `json:"help_text,omitempty" maxLength:"320" doc:"What HELP is answered with, without line breaks; empty for the built-in text." example:"Acme: call 0800 123 45"`
	}
}

// settings are those that the request names, as account set takes them.
func (in *updateAccountInput) settings() (set []admin.Setting) {
	b := &in.Body
	set = change(set, "name", b.Name)
	set = change(set, "default_locale", b.DefaultLocale)
	set = change(set, "origin", b.Origin)
	set = change(set, "app_hash", b.AppHash)
	set = change(set, "from", b.From)
	set = change(set, "on_unknown", b.OnUnknown)
	set = change(set, "help_text", b.HelpText)
	set = change(set, "mask_numbers", b.MaskNumbers)
	set = change(set, "opt_out_blocks_otp", b.OptOutBlocksOTP)
	set = change(set, "opt_out_replies", b.OptOutReplies)
	set = change(set, "credits_low", b.CreditsLow)
	set = change(set, "spend_cap_hour", b.SpendCapHour)
	set = change(set, "spend_cap_day", b.SpendCapDay)
	if b.SpendCapCountries != nil {
		set = append(set, admin.Setting{Key: "spend_cap_countries", Value: countryList(b.SpendCapCountries)})
	}

	return set
}

// Resolve implements huma.Resolver: what no schema says is told together with what one says.
func (in *updateAccountInput) Resolve(ctx huma.Context) []error {
	return listed(admin.CheckSettings(requestOf(ctx.Context()).caller, in.settings()))
}

func (s *Server) updateAccount(ctx context.Context, c account.Caller, in *updateAccountInput) (accountBody, error) {
	if err := s.Admin.SetBy(ctx, c, in.settings()); err != nil {
		return accountBody{}, err
	}
	return s.getAccount(ctx, c, nil)
}

// change adds a setting that the request names, as account set takes it.
func change[T string | bool | field.Whole](set []admin.Setting, key string, v *T) []admin.Setting {
	if v == nil {
		return set
	}
	return append(set, admin.Setting{Key: key, Value: fmt.Sprint(*v)})
}

// noSeparators keeps a name of a country from being read as two.
var noSeparators = strings.NewReplacer(",", "?", "=", "?")

// countryList writes caps as account set takes them.
func countryList(caps map[string]int64) string {
	var pairs []string
	for country, credits := range caps {
		pairs = append(pairs, fmt.Sprintf("%s=%d", noSeparators.Replace(country), credits))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
