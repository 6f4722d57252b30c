package httpsms

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

// requestRules make the request of a message from templates. nil is the plain contract.
type requestRules struct {
	method  string
	url     textTemplate
	fixed   *url.URL // when no placeholder is in the address
	header  http.Header
	headers map[string]textTemplate // those with placeholders
	body    textTemplate            // nil = the plain body
}

const defaultContentType = "application/json"

// constants fill the placeholders that are the same for all messages. Callbacks that are signed need no token in their
// address.
func (c *Config) constants(common *carrier.Common, signed bool) map[string]string {
	values, _ := pairs(c.Values) // Check reports the error
	out := map[string]string{
		"token": c.Token.Reveal(), "api_base": c.APIBase,
		"basic": base64.StdEncoding.EncodeToString([]byte(values["username"] + ":" + c.Token.Reveal())),
	}
	for _, name := range []string{"username", "template"} {
		out["values."+name] = ""
	}
	for name, value := range values {
		out["values."+name] = value
	}

	for _, callback := range []string{"receipts", "inbound"} {
		address := common.CallbackURL(callback)
		if !common.Receipts && callback == "receipts" {
			address = ""
		}
		if address != "" && !signed {
			address += "?token=" + url.QueryEscape(c.callbackToken().Reveal())
		}
		out[strings.TrimSuffix(callback, "s")+"_url"] = address
	}

	return out
}

// requestRules compiles the templates. It finds what is wrong with them.
func (c *Config) requestRules(constants map[string]string, found *setting.Findings) *requestRules {
	rules := &requestRules{method: c.Method, header: http.Header{"User-Agent": {"SysSecure"}}, headers: map[string]textTemplate{}}
	if rules.method == "" {
		rules.method = http.MethodPost
	}
	one := func(key, text string, escape escaper) textTemplate {
		compiled, err := compile(text, escape, constants)
		if err != nil {
			found.Problem(key, "%s %v", key, err)
		}
		return compiled
	}

	rules.url = one("url", c.URL, inURL)
	if fixed, ok := rules.url.constant(); ok {
		rules.fixed, _ = url.Parse(fixed) // checkURL reports the error
	}
	contentType := c.ContentType
	if contentType == "" {
		contentType = defaultContentType
	}
	if c.Body != "" {
		rules.body = one("body", c.Body, inBody(contentType))
	}

	if rules.method != http.MethodGet {
		rules.header.Set("Content-Type", contentType)
	}
	if c.Headers == nil {
		rules.header.Set("Authorization", "Bearer "+c.Token.Reveal())
	}
	for i, line := range c.Headers {
		name, value, ok := strings.Cut(line, ":")
		if name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)); !ok || !isToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			found.Problem("headers", "headers must be a list of \"Name: value\", each on one line; number %d is not", i+1)
			continue
		}
		compiled := one("headers", strings.TrimSpace(value), inHeader)
		if text, fixed := compiled.constant(); fixed {
			rules.header[name] = []string{text}
		} else {
			rules.headers[name] = compiled
		}
	}

	return rules
}

// isToken reports whether a text can be the name of a header (RFC 9110 §5.6.2).
func isToken(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") == ""
}

// call makes the request of one message.
func (r *requestRules) call(client *webcall.Client, m carrier.Message, from string) (*webcall.Call, error) {
	value := valueOf(m, from)
	to, header := r.fixed, r.header
	if to == nil {
		var text bytes.Buffer
		r.url.render(&text, value)
		parsed, err := url.Parse(text.String())
		if err != nil {
			return nil, fmt.Errorf("the address of the message cannot be written: %w", err)
		}
		to = parsed
	}
	if len(r.headers) > 0 {
		header = r.header.Clone()
		for name, template := range r.headers {
			var text bytes.Buffer
			template.render(&text, value)
			header[name] = []string{text.String()}
		}
	}

	call := client.Call(to, header)
	call.Method = r.method
	switch {
	case r.method == http.MethodGet:
	case r.body != nil:
		r.body.render(&call.Out, value)
	default:
		if err := call.JSON(plainBody(m, from)); err != nil {
			client.Release(call)
			return nil, err
		}
	}

	return call, nil
}
