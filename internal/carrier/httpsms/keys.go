package httpsms

import (
	"net/http"
	"slices"

	"github.com/syssecure/syssecure/internal/setting"
)

// Keys implements carrier.Settings.
func (c *Config) Keys() []setting.Key {
	return slices.Concat(c.plainKeys(), c.requestKeys(), c.receiptKeys(), c.inboundKeys())
}

func (c *Config) plainKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "channel", To: &c.Channel, Required: true, Example: `"sms"`,
			Doc: "whatsapp, sms, telegram or voice",
		},
		{
			Name: "url", To: &c.URL, Usual: true, Example: `"http://127.0.0.1:9911/"`, Doc: "takes the POST",
			Default: "required, unless a profile knows it",
			More:    "Redirects are not followed, and a proxy in the environment is not used.",
		},
		{
			Name: "token", To: &c.Token, Required: true, Example: `"change-me"`,
			Doc:  "sent as Bearer, and required on both callbacks",
			More: "Templates have it as `{{token}}`.",
		},
		{
			Name: "callback_token", To: &c.CallbackToken, Default: "the token", Example: `"a-long-random-text"`,
			Doc: "required on both callbacks instead of the token",
		},
	}
}

func (c *Config) requestKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "profile", To: &c.Profile, Options: profileNames(), Default: "none", Example: `"africastalking"`,
			Doc:  "a provider whose templates fill in the keys below",
			More: "Keys that are given replace its own; codes are added to its tables.",
		},
		{
			Name: "api_base", To: &c.APIBase, Default: "the profile's", Example: `"https://api.sandbox.africastalking.com"`,
			Doc: "replaces the host of a profile; `{{api_base}}` in templates",
		},
		{
			Name: "values", To: &c.Values, Default: "none", Example: `["username=acme"]`,
			Doc: "what a profile or template asks for: `{{values.username}}`",
		},
		{
			Name: "method", To: &c.Method, Options: []string{http.MethodGet, http.MethodPost, http.MethodPut}, Default: "`POST`",
			Example: `"POST"`, Doc: "method of the request",
		},
		{
			Name: "headers", To: &c.Headers, Default: "the token as Bearer", Example: `["apiKey: {{token}}"]`,
			Doc: "headers of the request",
		},
		{
			Name: "content_type", To: &c.ContentType, Default: "`application/json`",
			Example: `"application/x-www-form-urlencoded"`,
			Doc:     "type of the body",
			More:    "Placeholders are escaped for JSON, forms and XML.",
		},
		{
			Name: "body", To: &c.Body, Default: "the JSON of gateway.md", Example: `"username={{values.username}}&to={{to}}&message={{text}}"`,
			Doc: "body of the request",
		},
		{
			Name: "id_path", To: &c.IDPath, Default: "`/id`", Example: `"/messages/0/id"`,
			Doc: "where the JSON of an answer has the provider's id",
		},
		{
			Name: "error_path", To: &c.ErrorPath, Default: "none", Example: `"/messages/0/status"`,
			Doc:  "where the JSON of an answer has a code",
			More: "A code that `errors` does not have rejects the message.",
		},
		{
			Name: "errors", To: &c.Errors, Default: "none", Example: `["0=accepted", "7=invalid_destination", "9=operator"]`,
			Doc: "what codes mean: a reason, accepted, retry, throttled or operator",
			More: "`*` is every other code, an empty one an answer without a code, and `HTTP 402` a status without a code of " +
				"this table.",
		},
	}
}

func (c *Config) receiptKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "receipt_list", To: &c.ReceiptList, Default: "none", Example: `"/results"`,
			Doc: "where the JSON of receipts has its list",
		},
		{
			Name: "receipt_id", To: &c.ReceiptID, Default: "none", Example: `"id"`,
			Doc:  "field of a receipt with the provider's id or our reference",
			More: "A field is a name in a form, a query or JSON, or a pointer into JSON, such as `/status/id`.",
		},
		{
			Name: "receipt_status", To: &c.ReceiptStatus, Default: "none", Example: `"status"`,
			Doc: "field of a receipt with its status",
		},
		{
			Name: "receipt_statuses", To: &c.ReceiptStatuses, Default: "none",
			Example: `["1=delivered", "2=failed", "16=failed:carrier_rejected"]`,
			Doc:     "what statuses mean: delivered, read, buffered, failed or failed:reason",
			More:    "Others change nothing and are logged.",
		},
		{
			Name: "receipt_code", To: &c.ReceiptCode, Default: "none", Example: `"err"`,
			Doc: "field of a failed receipt with a code",
		},
		{
			Name: "receipt_reasons", To: &c.ReceiptReasons, Default: "none", Example: `["27=unreachable"]`,
			Doc: "what these codes mean, each a reason",
		},
		{
			Name: "receipt_to", To: &c.ReceiptTo, Default: "none", Example: `"to"`,
			Doc: "field of a receipt with the phone, which the reason opted_out opts out",
		},
	}
}

func (c *Config) inboundKeys() []setting.Key {
	return []setting.Key{
		{
			Name: "inbound_list", To: &c.InboundList, Default: "none", Example: `"/results"`,
			Doc: "where the JSON of texts from phones has its list",
		},
		{
			Name: "inbound_from", To: &c.InboundFrom, Default: "none", Example: `"from"`,
			Doc: "field of a text from a phone with the phone",
		},
		{
			Name: "inbound_to", To: &c.InboundTo, Default: "none", Example: `"to"`,
			Doc: "field with the number that it was sent to",
		},
		{
			Name: "inbound_text", To: &c.InboundText, Default: "none", Example: `"text"`, Doc: "field with the text",
		},
		{
			Name: "inbound_charset", To: &c.InboundCharset, Default: "none", Example: `"charset"`,
			Doc:  "field with the charset of the text, where it is not UTF-8",
			More: "UTF-16BE, windows-1252 and ISO-8859-1 are read.",
		},
		{
			Name: "inbound_id", To: &c.InboundID, Default: "none", Example: `"id"`, Doc: "field with the provider's id of the text",
		},
	}
}
