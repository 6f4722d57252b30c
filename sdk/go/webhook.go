package syssecure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader is the header of a webhook that holds its signature.
const SignatureHeader = "X-SysSecure-Signature"

const defaultTolerance = 300 * time.Second

// The reasons of a [WebhookSignatureError].
const (
	ReasonMissingHeader       = "missing_header"
	ReasonMalformedHeader     = "malformed_header"
	ReasonNoSignature         = "no_signature"
	ReasonNoMatch             = "no_match"
	ReasonTimestampOutOfRange = "timestamp_out_of_range"
	ReasonInvalidPayload      = "invalid_payload"
)

// WebhookSignatureError says that a webhook must not be trusted. Answer it with the status 400.
type WebhookSignatureError struct {
	// Reason is one of the reasons of this package, such as no_match.
	Reason string

	text string
}

// Error returns what is wrong, and the reason.
func (e *WebhookSignatureError) Error() string {
	return "syssecure: webhook: " + e.text + " (" + e.Reason + ")"
}

func signatureError(reason, text string) error {
	return &WebhookSignatureError{Reason: reason, text: text}
}

// A WebhookOption changes how a webhook is verified.
type WebhookOption func(*webhookCheck)

type webhookCheck struct {
	secrets   []string
	tolerance time.Duration
	now       time.Time
}

// WithSecrets accepts more secrets, as while a secret is being rotated.
func WithSecrets(secrets ...string) WebhookOption {
	return func(c *webhookCheck) { c.secrets = append(c.secrets, secrets...) }
}

// WithTolerance sets how far the time of a webhook may be from now, in the past and in the future. It is 5 minutes by
// default, and must be above 0.
func WithTolerance(d time.Duration) WebhookOption {
	return func(c *webhookCheck) { c.tolerance = d }
}

// WithTime takes a time for now, as in a test with a webhook that was recorded.
func WithTime(now time.Time) WebhookOption {
	return func(c *webhookCheck) { c.now = now }
}

// VerifyWebhook checks the signature of a webhook. The payload is the body as it arrived, byte for byte; the header is
// the value of [SignatureHeader]; the secret is that of the endpoint, whole, with whsec_. It returns a
// [*WebhookSignatureError] when the webhook must not be trusted, and a [*ConfigurationError] when there is no secret.
func VerifyWebhook(payload []byte, header, secret string, options ...WebhookOption) error {
	c := webhookCheck{secrets: []string{secret}, tolerance: defaultTolerance, now: time.Now()}
	for _, o := range options {
		o(&c)
	}
	if slices.Contains(c.secrets, "") {
		return configurationError("the webhook secret is empty: give the endpoint's secret, which starts with whsec_")
	}
	if c.tolerance <= 0 {
		return configurationError("the tolerance must be above 0, but is %v", c.tolerance)
	}

	return c.verify(payload, header)
}

func (c webhookCheck) verify(payload []byte, header string) error {
	if header == "" {
		return signatureError(ReasonMissingHeader, "there is no "+SignatureHeader)
	}
	stamp, signatures, ok := parseSignature(header)
	if !ok {
		return signatureError(ReasonMalformedHeader, SignatureHeader+" cannot be read")
	}
	if len(signatures) == 0 {
		return signatureError(ReasonNoSignature, SignatureHeader+" has no signature of the scheme v1")
	}

	matches := false
	for _, secret := range c.secrets {
		expected := signature(payload, secret, stamp)
		for _, s := range signatures {
			matches = hmac.Equal(s, expected) || matches
		}
	}
	if !matches {
		return signatureError(ReasonNoMatch, "the signature does not match: "+
			"verify the raw body, as it arrived, with the secret of this endpoint")
	}

	at, _ := strconv.ParseInt(stamp, 10, 64) // at most 12 digits
	if c.now.Sub(time.Unix(at, 0)).Abs() > c.tolerance {
		return signatureError(ReasonTimestampOutOfRange, "the time of the signature is too far from now")
	}

	return nil
}

// parseSignature reads a header such as t=1795381200,v1=2ee2…. It passes over schemes that it does not know.
func parseSignature(header string) (stamp string, signatures [][]byte, ok bool) {
	stamps := 0
	for part := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case found && name == "t":
			stamp = value
			stamps++
		case found && name == "v1":
			s, _ := hex.DecodeString(value) // what is not hexadecimal is too short, and equals nothing
			signatures = append(signatures, s)
		}
	}
	ok = stamps == 1 && len(stamp) >= 1 && len(stamp) <= 12 && strings.Trim(stamp, "0123456789") == ""

	return stamp, signatures, ok
}

func signature(payload []byte, secret, stamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp))
	mac.Write([]byte("."))
	mac.Write(payload)

	return mac.Sum(nil)
}

// SignWebhook returns the header that the server would send with a payload at a time, for tests of a program that
// receives webhooks. It returns a [*ConfigurationError] when the secret is empty or the time is before 1970.
func SignWebhook(payload []byte, secret string, at time.Time) (string, error) {
	if secret == "" {
		return "", configurationError("the webhook secret is empty")
	}
	if at.Unix() < 0 {
		return "", configurationError("the time of a webhook is after 1970")
	}
	stamp := strconv.FormatInt(at.Unix(), 10)

	return fmt.Sprintf("t=%s,v1=%x", stamp, signature(payload, secret, stamp)), nil
}

// ConstructEvent verifies a webhook like [VerifyWebhook], and returns its event.
func ConstructEvent(payload []byte, header, secret string, options ...WebhookOption) (*Event, error) {
	if err := VerifyWebhook(payload, header, secret, options...); err != nil {
		return nil, err
	}
	object, err := decodeObject(payload)
	if err != nil {
		return nil, signatureError(ReasonInvalidPayload, "the payload is not a JSON object")
	}

	if object["event"] == nil {
		return nil, signatureError(ReasonInvalidPayload, "the field event is missing")
	}

	event := &Event{Raw: object}
	if err := (decoder{}).fill(reflect.ValueOf(event).Elem(), object, ""); err != nil {
		return nil, signatureError(ReasonInvalidPayload, err.Error())
	}
	event.At = eventTime(object)

	return event, nil
}

// eventTime returns the one time that an event has. Its name tells what happened, such as delivered_at.
func eventTime(object map[string]any) time.Time {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		text, ok := object[name].(string)
		if !ok || !strings.HasSuffix(name, "_at") {
			continue
		}
		if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
			return t.UTC()
		}
	}

	return time.Time{}
}
