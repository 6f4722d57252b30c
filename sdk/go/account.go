package syssecure

import (
	"context"
	"time"
)

// AccountService shows and changes the settings of the account.
type AccountService struct{ core *core }

// Account is the account of the key.
type Account struct {
	Meta `json:"-"`

	// ID identifies the account.
	ID string `json:"id"`
	// Name is the account's name, as the built-in texts show it.
	Name string `json:"name"`
	// DefaultLocale is the language of messages when there is no text in the requested one, as a BCP 47 tag.
	DefaultLocale string `json:"default_locale"`
	// From is the sender of messages whose request names none.
	From string `json:"from" log:"number"`
	// Origin is the host of your site, by which browsers fill in codes.
	Origin string `json:"origin"`
	// AppHash is the hash of your Android app, by which it finds codes.
	AppHash string `json:"app_hash"`
	// HelpText is the answer to HELP.
	HelpText string `json:"help_text" log:"-"`
	// MaskNumbers says whether phone numbers are shown masked.
	MaskNumbers bool `json:"mask_numbers"`
	// SmartEncoding says whether characters that would make an SMS longer are replaced by similar ones.
	SmartEncoding bool `json:"smart_encoding"`
	// OnUnknown says what to do when a carrier gives no answer: retry or hold.
	OnUnknown string `json:"on_unknown"`
	// OptOutBlocksOTP says whether numbers that opted out are refused codes as well.
	OptOutBlocksOTP bool `json:"opt_out_blocks_otp"`
	// OptOutReplies says whether STOP, START and HELP are answered.
	OptOutReplies bool `json:"opt_out_replies"`
	// CreditsLow is the number of credits below which the event credits.low is sent; 0 for never.
	CreditsLow int64 `json:"credits_low"`
	// SpendCapHour is the most credits that may be spent in one hour (UTC); 0 for no cap.
	SpendCapHour int64 `json:"spend_cap_hour"`
	// SpendCapDay is the most credits that may be spent in one day (UTC); 0 for no cap.
	SpendCapDay int64 `json:"spend_cap_day"`
	// SpendCapCountries are caps for one day by ISO 3166-1 code; * applies to each country that is not listed.
	SpendCapCountries map[string]int64 `json:"spend_cap_countries"`
	// CreatedAt is when the account was made.
	CreatedAt time.Time `json:"created_at"`
}

// Get returns the account of the key.
func (s *AccountService) Get(ctx context.Context, options ...RequestOption) (*Account, error) {
	return call[Account](ctx, s.core, operation{method: "GET", path: "/account"}, options)
}

// AccountUpdateParams are the parameters of [AccountService.Update]. What is nil stays as it is; [Ptr] makes the
// pointers.
type AccountUpdateParams struct {
	// Name is the account's name. Only a live key can change it.
	Name *string `api:"name"`
	// DefaultLocale is the language of messages when there is no text in the requested one, as a BCP 47 tag.
	DefaultLocale *string `api:"default_locale"`
	// From is the sender of messages whose request names none. Empty for the carrier's.
	From *string `api:"from" log:"number"`
	// Origin is the host of your site. Empty for none.
	Origin *string `api:"origin"`
	// AppHash is the hash of your Android app. Empty for none.
	AppHash *string `api:"app_hash"`
	// HelpText is the answer to HELP. Empty for the built-in text.
	HelpText *string `api:"help_text" log:"-"`
	// MaskNumbers says whether phone numbers are shown masked.
	MaskNumbers *bool `api:"mask_numbers"`
	// SmartEncoding says whether characters that would make an SMS longer are replaced by similar ones.
	SmartEncoding *bool `api:"smart_encoding"`
	// OnUnknown says what to do when a carrier gives no answer: retry or hold.
	OnUnknown *string `api:"on_unknown"`
	// OptOutBlocksOTP says whether numbers that opted out are refused codes as well.
	OptOutBlocksOTP *bool `api:"opt_out_blocks_otp"`
	// OptOutReplies says whether STOP, START and HELP are answered.
	OptOutReplies *bool `api:"opt_out_replies"`
	// CreditsLow is the number of credits below which the event credits.low is sent; 0 for never.
	CreditsLow *int64 `api:"credits_low"`
	// SpendCapHour is the most credits that may be spent in one hour (UTC); 0 for no cap.
	SpendCapHour *int64 `api:"spend_cap_hour"`
	// SpendCapDay is the most credits that may be spent in one day (UTC); 0 for no cap.
	SpendCapDay *int64 `api:"spend_cap_day"`
	// SpendCapCountries take the place of all caps by country; an empty map removes them.
	SpendCapCountries map[string]int64 `api:"spend_cap_countries"`
}

// Update changes settings of the account, and returns all. Errors that matter: [ErrBadRequest] with all faults in
// Errors.
func (s *AccountService) Update(
	ctx context.Context, params AccountUpdateParams, options ...RequestOption,
) (*Account, error) {
	return call[Account](ctx, s.core, operation{method: "PATCH", path: "/account", body: params}, options)
}
