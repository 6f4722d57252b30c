// Package whatsapp implements the carrier "whatsapp": codes in WhatsApp, over Meta's Cloud API
// (developers.facebook.com/docs/whatsapp/cloud-api, version 25.0).
//
// Codes are sent by templates that Meta has approved, other texts only as replies: Meta delivers free texts for 24 hours
// after a person wrote. An accepted message may still turn out to be for a number without WhatsApp. Meta has no
// idempotency key, so a request that may have been received ends as Unknown; its receipts name our reference.
package whatsapp

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier sends messages from one number of a WhatsApp Business account. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	config Config
	url    *url.URL
	header http.Header
	secret []byte // of the signatures of callbacks
	verify carrier.Token
	// large has an entry for each large callback that is being read.
	large chan struct{}
}

func newCarrier(common carrier.Common, c Config, to *url.URL, log *slog.Logger) *Carrier {
	return &Carrier{
		Web: carrier.NewWeb(common, c.Channels(), log), config: c, url: to,
		header: http.Header{
			"Authorization": {"Bearer " + c.AccessToken.Reveal()},
			"Content-Type":  {"application/json"},
			"Accept":        {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
		secret: []byte(c.AppSecret.Reveal()), verify: carrier.NewToken(c.VerifyToken),
		large: make(chan struct{}, maxLarge),
	}
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
)

const (
	// maxCodeLength is the longest code of an authentication template, in characters.
	maxCodeLength = 15
	// maxText is the longest text, in characters.
	maxText = 4096
)

// outgoing is the body of a request.
type outgoing struct {
	Product   string    `json:"messaging_product"`
	Recipient string    `json:"recipient_type"`
	To        string    `json:"to"`
	Type      string    `json:"type"`
	Ref       string    `json:"biz_opaque_callback_data"`
	Template  *template `json:"template,omitempty"`
	Text      *text     `json:"text,omitempty"`
}

type text struct {
	Preview bool   `json:"preview_url"`
	Body    string `json:"body"`
}

type template struct {
	Name     string `json:"name"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
	Components []component `json:"components"`
}

type component struct {
	Type       string      `json:"type"`
	SubType    string      `json:"sub_type,omitempty"`
	Index      string      `json:"index,omitempty"`
	Parameters []parameter `json:"parameters"`
}

type parameter struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	code := m.Code.Reveal()
	if utf8.RuneCountInString(code) > maxCodeLength || code == "" && utf8.RuneCountInString(m.Body.Reveal()) > maxText {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "length"}
	}

	call := c.Client().Call(c.url, c.header)
	if err := call.JSON(c.body(m)); err != nil {
		c.Client().Release(call)
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	return c.Submit(ctx, call, func(a webcall.Answer) carrier.Result {
		return read(a, m, time.Now())
	})
}

// body is the request of one message.
func (c *Carrier) body(m carrier.Message) outgoing {
	out := outgoing{
		Product: "whatsapp", Recipient: "individual", To: strings.TrimPrefix(m.To.E164(), "+"), Type: "template", Ref: m.Ref,
	}

	code := m.Code.Reveal()
	switch {
	case code == "":
		out.Type, out.Text = "text", &text{Body: m.Body.Reveal()}
	case m.Template.Name == "":
		out.Template = authentication(c.config.Template, c.language(m.Locale), code)
	case onlyCode(m.Template.Variables):
		out.Template = authentication(m.Template.Name, m.Template.Language, code)
	default:
		out.Template = filled(m.Template)
	}

	return out
}

// onlyCode reports whether a template has no variable but the code, as authentication templates do.
func onlyCode(variables []carrier.Variable) bool {
	return len(variables) == 0 || len(variables) == 1 && variables[0].Name == "code"
}

// authentication fills an authentication template. The code is in it twice: in the text and in the button, which is a URL
// for Meta whether it copies the code or fills it in.
func authentication(name, language, code string) *template {
	out := named(name, language)
	for _, c := range []component{{Type: "body"}, {Type: "button", SubType: "url", Index: "0"}} {
		c.Parameters = []parameter{{"text", code}}
		out.Components = append(out.Components, c)
	}
	return out
}

// filled fills another template with the variables of our text, in their order.
func filled(t carrier.Template) *template {
	body := component{Type: "body"}
	for _, v := range t.Variables {
		body.Parameters = append(body.Parameters, parameter{"text", v.Value.Reveal()})
	}

	out := named(t.Name, t.Language)
	out.Components = []component{body}

	return out
}

func named(name, language string) *template {
	out := &template{Name: name}
	out.Language.Code = language
	return out
}

// language chooses the language of the configured template for a BCP 47 tag: the same, else one of the same language, else
// the usual one.
func (c *Carrier) language(tag string) string {
	wanted := strings.ReplaceAll(tag, "-", "_")
	base, _, _ := strings.Cut(wanted, "_")
	chosen := c.config.TemplateLanguage
	for _, have := range append([]string{chosen}, c.config.TemplateLanguages...) {
		if strings.EqualFold(have, wanted) {
			return have
		}
	}

	for _, have := range append([]string{chosen}, c.config.TemplateLanguages...) {
		if haveBase, _, _ := strings.Cut(have, "_"); strings.EqualFold(haveBase, base) {
			return have
		}
	}

	return chosen
}
