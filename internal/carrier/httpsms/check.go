package httpsms

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/setting"
)

// isTemplated reports whether any key departs from the plain contract.
func (c *Config) isTemplated() bool {
	for _, text := range []string{
		c.Profile, c.APIBase, c.Method, c.ContentType, c.Body, c.IDPath, c.ErrorPath,
		c.ReceiptList, c.ReceiptID, c.ReceiptTo, c.ReceiptStatus, c.ReceiptCode,
		c.InboundList, c.InboundFrom, c.InboundTo, c.InboundText, c.InboundCharset,
		c.InboundID,
	} {
		if text != "" {
			return true
		}
	}
	lists := len(c.Values) + len(c.Errors) + len(c.ReceiptStatuses) + len(c.ReceiptReasons)

	return lists > 0 || c.Headers != nil
}

func (c *Config) checkTemplates(common *carrier.Common, found *setting.Findings) {
	if c.Profile != "" && profiles[c.Profile].values == nil {
		return // reported with the key's options
	}
	full, p := c.withProfile(), profiles[c.Profile]
	values, err := pairs(c.Values)
	if err != nil {
		found.Problem("values", "values %v", err)
	}
	for _, name := range p.values {
		if values[name] == "" {
			found.Problem("values", "values must have \"%s=…\", because the profile %s needs it", name, c.Profile)
		}
	}
	if p.from && common.From == "" {
		found.Problem("from", "from is missing: %s accepts no message without a sender", c.Profile)
	}
	switch {
	case p.signed && common.PublicURL == "":
		found.Problem("profile", "profile %s needs public_url, which the provider signs with each callback", c.Profile)
	case full.names("receipt_url"):
		common.NeedsPublicURL("the provider", found)
	}
	if c.Profile == "kannel" && common.Receipts && !plainToken.MatchString(c.callbackToken().Reveal()) {
		found.Problem("callback_token", "callback_token must consist of letters, digits, - _ and . only: Kannel reads a %% in "+
			"the address of receipts as a placeholder")
	}

	full.templated(common, found)
	full.checkURL(found, common)
	full.checkFields(found)
}

var plainToken = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)

// names reports whether a template of the request has a placeholder.
func (c *Config) names(name string) bool {
	return strings.Contains(c.URL+c.Body+strings.Join(c.Headers, ""), name+"}}")
}

// checkURL renders the address with a message, because only then it is one. Its host must not depend on the message.
func (c *Config) checkURL(found *setting.Findings, common *carrier.Common) {
	fixed, _, filled := strings.Cut(strings.Replace(c.URL, "{{api_base}}", c.APIBase, 1), "{{")
	compiled, err := compile(c.URL, inURL, c.constants(common, false))
	if c.URL == "" {
		found.Problem("url", "url is missing; write it, or a profile that knows it")
	} else if err == nil {
		var text bytes.Buffer
		compiled.render(&text, valueOf(sampleMessage(), "Acme"))
		if !setting.WebAddress(text.String()) || filled && strings.Count(fixed, "/") < 3 {
			found.Problem("url", "%s", badURL)
		}
	}

	if c.Method == http.MethodGet && c.Body != "" {
		found.Problem("body", "body cannot be sent with GET; put its parameters into url")
	}
}

// checkFields finds paths and pairs of keys that cannot work.
func (c *Config) checkFields(found *setting.Findings) {
	for key, path := range map[string]string{
		"id_path": c.IDPath, "error_path": c.ErrorPath, "receipt_list": c.ReceiptList, "inbound_list": c.InboundList,
	} {
		if path != "" && !strings.HasPrefix(path, "/") {
			found.Problem(key, "%s must be a pointer into JSON that begins with /, such as \"/messages/0/id\", is %q", key, path)
		}
	}

	receipts := c.ReceiptList + c.ReceiptID + c.ReceiptStatus + c.ReceiptCode + c.ReceiptTo
	if receipts != "" && (c.ReceiptID == "" || c.ReceiptStatus == "" || len(c.ReceiptStatuses) == 0) {
		found.Problem("receipt_id", "receipt_id, receipt_status and receipt_statuses must be given together")
	}
	inbound := c.InboundList + c.InboundFrom + c.InboundTo + c.InboundText + c.InboundCharset + c.InboundID
	if inbound != "" && (c.InboundFrom == "" || c.InboundText == "") {
		found.Problem("inbound_from", "inbound_from and inbound_text must be given together")
	}
}

// templated makes everything that does not follow the plain contract, from settings with their profile. It finds what
// is
// wrong with them.
func (c *Config) templated(common *carrier.Common, found *setting.Findings) *templated {
	signed := profiles[c.Profile].signed
	made := &templated{request: c.requestRules(c.constants(common, signed), found)}
	made.probe = c.probe(c.constants(common, signed), made.request.header)
	if signed {
		made.signed = plivoSigned(c.Token, common.PublicURL)
	}

	codes, err := meanings(c.Errors)
	if err != nil {
		found.Problem("errors", "errors %v", err)
	}
	if c.IDPath != "" || c.ErrorPath != "" || len(codes) > 0 {
		made.answer = &answerRules{id: c.IDPath, code: c.ErrorPath, codes: codes}
		if made.answer.id == "" {
			made.answer.id = "/id"
		}
	}

	statuses, err := verdicts(c.ReceiptStatuses)
	if err != nil {
		found.Problem("receipt_statuses", "receipt_statuses %v", err)
	}
	causes, err := reasons(c.ReceiptReasons)
	if err != nil {
		found.Problem("receipt_reasons", "receipt_reasons %v", err)
	}
	if c.ReceiptID != "" {
		made.receipt = &receiptRules{
			list: c.ReceiptList, id: c.ReceiptID, to: c.ReceiptTo, status: c.ReceiptStatus, code: c.ReceiptCode,
			statuses: statuses, codes: causes,
		}
	}
	if c.InboundFrom != "" {
		made.inbound = &inboundRules{
			list: c.InboundList, from: c.InboundFrom, to: c.InboundTo, text: c.InboundText, charset: c.InboundCharset,
			id: c.InboundID,
		}
	}

	return made
}
