// Package infobip implements the carrier "infobip": SMS over Infobip's SMS API (version 3, /sms/3/messages).
//
// HTTP 200 accepts nothing: the body says how the message ended. Infobip's own ids are used, and our reference travels
// as
// callbackData, which receipts repeat: Infobip refuses a message whose id it has seen, and a message that it refused
// for now
// is submitted again under the same reference.
package infobip

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to Infobip. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	url     *url.URL
	header  http.Header
	token   carrier.Token
	receipt string // the address of receipts, with the token; empty = none are wanted
}

// Infobip discards a message after two days.
const longestValidity = 48 * time.Hour

func newCarrier(common carrier.Common, c Config, to *url.URL, log *slog.Logger) *Carrier {
	made := &Carrier{
		Web: carrier.NewWeb(common, c.Channels(), log), url: to, token: carrier.NewToken(c.CallbackToken),
		header: http.Header{
			"Authorization": {"App " + c.APIKey.Reveal()},
			"Content-Type":  {"application/json"},
			"Accept":        {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
	}
	if common.Receipts {
		made.receipt = common.CallbackURL(receipts) + "?token=" + url.QueryEscape(c.CallbackToken.Reveal())
	}

	return made
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
)

// The request, with the names of Infobip's OpenAPI document.
type (
	request struct {
		Messages []outbound `json:"messages"`
	}
	outbound struct {
		Sender       string        `json:"sender"`
		Destinations []destination `json:"destinations"`
		Content      content       `json:"content"`
		Options      *options      `json:"options,omitempty"`
		Webhooks     webhooks      `json:"webhooks"`
	}
	destination struct {
		To string `json:"to"`
	}
	content struct {
		Text string `json:"text"`
	}
	options struct {
		Validity validity `json:"validityPeriod"`
	}
	validity struct {
		Amount int64  `json:"amount"`
		Unit   string `json:"timeUnit"`
	}
	webhooks struct {
		Delivery     delivery `json:"delivery"`
		ContentType  string   `json:"contentType,omitempty"`
		CallbackData string   `json:"callbackData,omitempty"`
	}
	delivery struct {
		URL    string `json:"url,omitempty"`
		Notify bool   `json:"notify"`
	}
)

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	return c.SubmitJSON(ctx, c.url, c.header, c.request(m), func(a webcall.Answer) carrier.Result {
		return read(a, m.To.E164(), time.Now())
	})
}

func (c *Carrier) request(m carrier.Message) request {
	out := outbound{
		Sender:       strings.TrimPrefix(c.Sender(m), "+"),
		Destinations: []destination{{strings.TrimPrefix(m.To.E164(), "+")}},
		Content:      content{m.Body.Reveal()},
	}
	if c.receipt != "" {
		out.Webhooks = webhooks{delivery{c.receipt, true}, "application/json", m.Ref}
	}
	if m.Validity > 0 {
		life := min(max(m.Validity, time.Second), longestValidity)
		out.Options = &options{validity{int64(life / time.Second), "SECONDS"}}
	}

	return request{[]outbound{out}}
}
