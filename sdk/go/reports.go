package syssecure

import (
	"context"
	"time"
)

// BalanceService shows the credits.
type BalanceService struct{ core *core }

// Balance is the credits of an account.
type Balance struct {
	Meta `json:"-"`

	// Credits can be spent. Those that are held are not among them.
	Credits int64 `json:"credits"`
	// Held are the credits held for messages in progress.
	Held int64 `json:"held"`
}

// Get returns the credits of the account.
func (s *BalanceService) Get(ctx context.Context, options ...RequestOption) (*Balance, error) {
	return call[Balance](ctx, s.core, operation{method: "GET", path: "/balance"}, options)
}

// UsageParams are the parameters of [UsageService.Get]. All are optional.
type UsageParams struct {
	// From is the first day (UTC), such as 2026-04-01.
	From string `api:"from"`
	// To is the last day (UTC). A report has at most 92 days.
	To string `api:"to"`
	// GroupBy says how to group the report: day, country or channel.
	GroupBy []string `api:"group_by"`
}

// ConversionParams are the parameters of [AnalyticsService.Conversion]. All are optional.
type ConversionParams struct {
	// From is the first day (UTC), such as 2026-04-01.
	From string `api:"from"`
	// To is the last day (UTC). A report has at most 92 days.
	To string `api:"to"`
	// GroupBy says how to group the report: day, country, prefix, channel, carrier or template.
	GroupBy []string `api:"group_by"`
	// Country selects codes to numbers of one country, by its ISO 3166-1 code.
	Country string `api:"country"`
	// Channel selects what was sent on one channel.
	Channel Channel `api:"channel"`
	// Carrier selects what was sent over one carrier, by its name on the server.
	Carrier string `api:"carrier"`
	// Template selects codes with one template, by its id; built-in for the built-in text.
	Template string `api:"template"`
}

// UsageService reports messages and their credits.
type UsageService struct{ core *core }

// Usage is a report of messages and their credits.
type Usage struct {
	Meta `json:"-"`

	// From is the first day of the report.
	From string `json:"from"`
	// To is the last day of the report.
	To string `json:"to"`
	// Data has a line for each group with messages.
	Data []*UsageLine `json:"data"`
	// Total has the sums of all groups.
	Total UsageSums `json:"total"`
}

// UsageLine is one group of a report. The fields by which the report is not grouped are empty.
type UsageLine struct {
	// Day is the day (UTC) on which the messages were made.
	Day string `json:"day,omitempty"`
	// Country is the ISO 3166-1 code of the number's country; 001 for international numbers.
	Country string `json:"country,omitempty"`
	// Channel is the channel of the messages.
	Channel Channel `json:"channel,omitempty"`
	// Messages is the number of messages that a carrier accepted.
	Messages int64 `json:"messages"`
	// Segments is the number of their SMS segments.
	Segments int64 `json:"segments"`
	// Credits are the credits charged for them.
	Credits int64 `json:"credits"`
	// Cost is what they cost the operator, in credits; nil unless the key has the scope operator.
	Cost *int64 `json:"cost"`
}

// UsageSums are the sums of a report.
type UsageSums struct {
	// Messages is the number of messages that a carrier accepted.
	Messages int64 `json:"messages"`
	// Segments is the number of their SMS segments.
	Segments int64 `json:"segments"`
	// Credits are the credits charged for them.
	Credits int64 `json:"credits"`
	// Cost is what they cost the operator, in credits; nil unless the key has the scope operator.
	Cost *int64 `json:"cost"`
}

// Get returns a report of messages and their credits.
func (s *UsageService) Get(ctx context.Context, params UsageParams, options ...RequestOption) (*Usage, error) {
	return call[Usage](ctx, s.core, operation{method: "GET", path: "/usage", query: params}, options)
}

// AnalyticsService reports how many codes were verified.
type AnalyticsService struct{ core *core }

// Conversion is a report of how many codes were verified.
type Conversion struct {
	Meta `json:"-"`

	// From is the first day of the report.
	From string `json:"from"`
	// To is the last day of the report.
	To string `json:"to"`
	// Data has a line for each group with codes.
	Data []*ConversionLine `json:"data"`
	// Total has the sums of all groups.
	Total ConversionLine `json:"total"`
}

// ConversionLine is one group of a report. The fields by which the report is not grouped are empty, and a rate of
// nothing is nil.
type ConversionLine struct {
	// Day is the day (UTC) on which the codes were sent.
	Day string `json:"day,omitempty"`
	// Country is the ISO 3166-1 code of the number's country; 001 for international numbers.
	Country string `json:"country,omitempty"`
	// Prefix is the first digits of the numbers.
	Prefix string `json:"prefix,omitempty"`
	// Channel is the channel of the messages.
	Channel Channel `json:"channel,omitempty"`
	// Carrier is the carrier, by its name on the server.
	Carrier string `json:"carrier,omitempty"`
	// Template is the id of the template; built-in for the built-in text, and other for those that are counted
	// together.
	Template string `json:"template,omitempty"`
	// Codes is the number of codes whose first message a carrier accepted.
	Codes int64 `json:"codes"`
	// Sent is the number of messages with codes that a carrier accepted.
	Sent int64 `json:"sent"`
	// Delivered is how many of them were delivered.
	Delivered int64 `json:"delivered"`
	// Verified is the number of codes that were verified.
	Verified int64 `json:"verified"`
	// ConversionRate is Verified divided by Codes or, for one channel or carrier, by Sent.
	ConversionRate *float64 `json:"conversion_rate"`
	// MedianSeconds is the median time from the creation of a code to its verification.
	MedianSeconds *float64 `json:"median_seconds"`
	// P95Seconds is the time within which 95% of the verified codes were verified.
	P95Seconds *float64 `json:"p95_seconds"`
	// Credits are the credits charged for the messages.
	Credits int64 `json:"credits"`
	// CreditsPerVerified is Credits divided by Verified.
	CreditsPerVerified *float64 `json:"credits_per_verified"`
}

// Conversion returns a report of how many codes were verified.
func (s *AnalyticsService) Conversion(
	ctx context.Context, params ConversionParams, options ...RequestOption,
) (*Conversion, error) {
	op := operation{method: "GET", path: "/analytics/conversion", query: params}
	return call[Conversion](ctx, s.core, op, options)
}

// LookupResult is what the numbering plan says about a phone number.
type LookupResult struct {
	Meta `json:"-"`

	// Number is the number in E.164 format.
	Number string `json:"number" log:"number"`
	// Valid says whether the number is in a range that is in use and that the server serves.
	Valid bool `json:"valid"`
	// Country is the ISO 3166-1 code of the country; 001 for international numbers.
	Country string `json:"country"`
	// Type is what the number is for, such as mobile.
	Type string `json:"type"`
	// National is the number as dialled inside its country.
	National string `json:"national" log:"-"`
	// International is the number as dialled from abroad.
	International string `json:"international" log:"-"`
}

// Lookup returns what the numbering plan says about a phone number in E.164 format. Nothing is sent to it. Errors that
// matter: [ErrInvalidPhone].
func (c *Client) Lookup(ctx context.Context, number string, options ...RequestOption) (*LookupResult, error) {
	op := operation{method: "GET", path: "/lookup/{number}", ids: []string{number}}
	return call[LookupResult](ctx, c.core, op, options)
}

// NumberReport is what happened with a number in the last 24 hours.
type NumberReport struct {
	Meta `json:"-"`

	// Number is the number.
	Number string `json:"number" log:"number"`
	// Country is the ISO 3166-1 code of its country.
	Country string `json:"country"`
	// Mode is test or live.
	Mode string `json:"mode"`
	// Since is where the report begins.
	Since time.Time `json:"since"`
	// Summary is all of it in one sentence.
	Summary string `json:"summary" log:"number"`
	// Verdict is one such as no_request, refused, failed, waiting, delivered, verified or expired.
	Verdict string `json:"verdict"`
	// Findings is what happened, oldest first.
	Findings []*NumberFinding `json:"findings"`
	// Advice is what to do.
	Advice []string `json:"advice" log:"number"`
}

// NumberFinding is something that happened with a number.
type NumberFinding struct {
	// At is when it happened.
	At time.Time `json:"at"`
	// Kind is one such as request, refusal, attempt, receipt, check, result, opt_out or limit.
	Kind string `json:"kind"`
	// Text is what happened, in plain words.
	Text string `json:"text" log:"number"`
	// OTPID is the code that it is about.
	OTPID string `json:"otp_id,omitempty"`
	// MessageID is the message that it is about.
	MessageID string `json:"message_id,omitempty"`
	// Carrier is the carrier, by its name on the server.
	Carrier string `json:"carrier,omitempty"`
	// Channel is the channel.
	Channel string `json:"channel,omitempty"`
	// CarrierCode is the carrier's own code for it.
	CarrierCode string `json:"carrier_code,omitempty"`
}

// ExplainNumber says in plain words what happened with a number in the last 24 hours, and why a code did not arrive.
// Errors that matter: [ErrInvalidPhone] when it is no phone number.
func (c *Client) ExplainNumber(
	ctx context.Context, number string, options ...RequestOption,
) (*NumberReport, error) {
	op := operation{method: "GET", path: "/lookup/{number}/explain", ids: []string{number}}
	return call[NumberReport](ctx, c.core, op, options)
}
