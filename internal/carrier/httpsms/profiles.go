package httpsms

import (
	"maps"
	"slices"
)

// profile is what a provider's API needs: the settings of a [[carrier]] that gives none itself, and the values that it
// must give.
type profile struct {
	config Config
	values []string
	// from is set when the provider takes no message without a sender.
	from bool
	// signed is set when callbacks have Plivo's signature.
	signed bool
	// probe is an address that checks the credentials by a GET, and sends nothing; empty = there is none. The answer to
	// right
	// ones has the status accepts; 0 = 2xx.
	probe   string
	accepts int
}

// profiles are the ready ones. Kannel's sendsms follows its user guide; the others their providers' documentation.
var profiles = map[string]profile{
	"kannel": {
		values: []string{"username"},
		// Kannel looks at the user before it finds that there is no receiver.
		probe:   "{{api_base}}/cgi-bin/sendsms?username={{values.username}}&password={{token}}",
		accepts: 400,
		config: Config{
			APIBase: "http://127.0.0.1:13013", Method: "GET", Headers: []string{},
			// Kannel fills in %d and %A when it calls back. Its ids are not in its answer, so receipts bring our
			// reference.
			URL: "{{api_base}}/cgi-bin/sendsms?username={{values.username}}&password={{token}}&to={{to}}{{#from}}&from={{from}}{{/from}}" +
				"&text={{text}}&charset=UTF-8&coding={{coding}}{{#validity}}&validity={{validity_minutes}}{{/validity}}" +
				"{{#receipt_url}}&dlr-mask=19&dlr-url={{receipt_url}}%26id%3D{{ref}}%26status%3D%25d%26code%3D%25A{{/receipt_url}}",
			ReceiptID: "id", ReceiptStatus: "status", ReceiptCode: "code",
			ReceiptStatuses: []string{"1=delivered", "2=failed", "4=buffered", "8=buffered", "16=failed:carrier_rejected"},
			InboundFrom:     "from", InboundTo: "to", InboundText: "text", InboundCharset: "charset", InboundID: "id",
		},
	},
	"africastalking": {
		values: []string{"username"},
		probe:  "{{api_base}}/version1/user?username={{values.username}}",
		config: Config{
			APIBase: "https://api.africastalking.com", ContentType: "application/x-www-form-urlencoded",
			URL:     "{{api_base}}/version1/messaging",
			Headers: []string{"apiKey: {{token}}", "Accept: application/json"},
			Body: "username={{values.username}}&to={{to}}&message={{text}}{{#from}}&from={{from}}{{/from}}" +
				"&bulkSMSMode=1",
			IDPath: "/SMSMessageData/Recipients/0/messageId", ErrorPath: "/SMSMessageData/Recipients/0/statusCode",
			// An answer without recipients refuses the sender.
			Errors: []string{
				"100=accepted", "101=accepted", "102=accepted", "=sender_not_allowed", "401=carrier_rejected",
				"402=sender_not_allowed", "403=invalid_destination", "404=not_on_channel", "405=operator",
				"406=blocked_by_recipient", "407=unreachable", "409=blocked_by_recipient", "500=retry", "501=retry",
				"502=carrier_rejected", "HTTP 400=operator",
			},
			ReceiptID: "id", ReceiptStatus: "status", ReceiptCode: "failureReason", ReceiptTo: "phoneNumber",
			ReceiptStatuses: []string{
				"Success=delivered", "Sent=buffered", "Submitted=buffered", "Buffered=buffered", "Failed=failed",
				"Rejected=failed:carrier_rejected", "AbsentSubscriber=failed:unreachable", "Expired=failed:expired_in_transit",
			},
			ReceiptReasons: []string{
				"InsufficientCredit=unreachable", "UserIsInactive=unreachable", "UserAccountSuspended=unreachable",
				"UserInBlackList=blocked_by_recipient", "NotNetworkSubcriber=unreachable",
				"UserNotSubscribedToProduct=carrier_rejected", "UserDoesNotExist=invalid_destination",
				"DoNotDisturbRejection=blocked_by_recipient",
			},
			InboundFrom: "from", InboundTo: "to", InboundText: "text", InboundID: "id",
		},
	},
	"msg91": {
		values: []string{"template"},
		config: Config{
			APIBase: "https://control.msg91.com", URL: "{{api_base}}/api/v5/flow",
			Headers: []string{"authkey: {{token}}", "Accept: application/json"},
			Body: `{"template_id":"{{values.template}}","short_url":"0"{{#from}},"sender":"{{from}}"{{/from}},` +
				`"recipients":[{"mobiles":"{{to_digits}}","text":"{{text}}","otp":"{{code}}"}]}`,
			IDPath: "/message", ErrorPath: "/type", Errors: []string{"success=accepted", "*=operator"},
			ReceiptID: "requestId", ReceiptStatus: "desc", ReceiptCode: "status",
			ReceiptStatuses: []string{
				"DELIVERED=delivered", "SENT=buffered", "SUBMITTED=buffered", "PENDING=buffered", "FAILED=failed",
				"REJECTED=failed:carrier_rejected", "BLOCKED=failed:blocked_by_recipient", "NDNC=failed:blocked_by_recipient",
				"EXPIRED=failed:expired_in_transit",
			},
			InboundFrom: "number", InboundTo: "receiver", InboundText: "content", InboundID: "id",
		},
	},
	"plivo": {
		values: []string{"username"}, from: true, signed: true,
		probe: "{{api_base}}/v1/Account/{{values.username}}/",
		config: Config{
			APIBase: "https://api.plivo.com", URL: "{{api_base}}/v1/Account/{{values.username}}/Message/",
			Headers: []string{"Authorization: Basic {{basic}}", "Accept: application/json"},
			Body: `{"src":"{{from}}","dst":"{{to}}","text":"{{text}}","type":"sms"` +
				`{{#code}},"message_expiry":{{validity}}{{/code}}` +
				`{{#receipt_url}},"url":"{{receipt_url}}?ref={{ref}}","method":"POST"{{/receipt_url}}}`,
			IDPath: "/message_uuid/0", Errors: []string{"HTTP 402=operator"},
			ReceiptID: "MessageUUID", ReceiptStatus: "Status", ReceiptCode: "ErrorCode", ReceiptTo: "To",
			ReceiptStatuses: []string{
				"queued=buffered", "sent=buffered", "delivered=delivered", "read=read", "failed=failed", "undelivered=failed",
				"rejected=failed:carrier_rejected",
			},
			ReceiptReasons: []string{
				"10=carrier_rejected", "20=carrier_error", "30=carrier_rejected", "40=sender_not_allowed",
				"50=invalid_destination", "60=carrier_error", "70=invalid_destination", "80=unreachable", "90=carrier_error",
				"100=not_on_channel", "110=carrier_rejected", "200=opted_out", "201=sender_not_allowed", "300=carrier_error",
				"420=expired_in_transit", "900=carrier_error", "910=carrier_error",
			},
			InboundFrom: "From", InboundTo: "To", InboundText: "Text", InboundID: "MessageUUID",
		},
	},
}

func profileNames() []string { return slices.Sorted(maps.Keys(profiles)) }

// withProfile fills in what the profile says and the carrier does not. Tables are joined, so that a carrier changes
// single
// codes.
func (c *Config) withProfile() Config {
	out, p := *c, profiles[c.Profile].config
	for _, one := range []struct {
		to   *string
		from string
	}{
		{&out.APIBase, p.APIBase},
		{&out.URL, p.URL},
		{&out.Method, p.Method},
		{&out.ContentType, p.ContentType},
		{&out.Body, p.Body},
		{&out.IDPath, p.IDPath},
		{&out.ErrorPath, p.ErrorPath},
		{&out.ReceiptID, p.ReceiptID},
		{&out.ReceiptStatus, p.ReceiptStatus},
		{&out.ReceiptCode, p.ReceiptCode},
		{&out.ReceiptTo, p.ReceiptTo},
		{&out.InboundFrom, p.InboundFrom},
		{&out.InboundTo, p.InboundTo},
		{&out.InboundText, p.InboundText},
		{&out.InboundCharset, p.InboundCharset},
		{&out.InboundID, p.InboundID},
	} {
		if *one.to == "" {
			*one.to = one.from
		}
	}

	if out.Headers == nil {
		out.Headers = p.Headers
	}
	out.Errors = slices.Concat(p.Errors, c.Errors)
	out.ReceiptStatuses = slices.Concat(p.ReceiptStatuses, c.ReceiptStatuses)
	out.ReceiptReasons = slices.Concat(p.ReceiptReasons, c.ReceiptReasons)

	return out
}
