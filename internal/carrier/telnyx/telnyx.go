// Package telnyx implements the carrier "telnyx": SMS over Telnyx's Messaging API (version 2, /v2/messages).
//
// Telnyx has no idempotency key, so a request that may have been received ends as Unknown. Our reference travels in the
// address
// of receipts, which Telnyx repeats in what it signs: so a receipt finds its message even when the answer was lost.
package telnyx

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to Telnyx. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	url     *url.URL
	header  http.Header
	profile string
	key     ed25519.PublicKey // nil = callbacks are refused
	receipt string            // the address of receipts; empty = none are wanted
}

func newCarrier(common carrier.Common, c Config, to *url.URL, log *slog.Logger) *Carrier {
	made := &Carrier{
		Web: carrier.NewWeb(common, c.Channels(), log), url: to, profile: c.MessagingProfileID,
		header: http.Header{
			"Authorization": {"Bearer " + c.APIKey.Reveal()},
			"Content-Type":  {"application/json"},
			"Accept":        {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
	}
	if key, ok := c.publicKey(); ok {
		made.key = key
	}
	if common.Receipts {
		made.receipt = common.CallbackURL(receipts)
	}

	return made
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
)

// request has the names of Telnyx's OpenAPI document.
type request struct {
	From       string `json:"from,omitempty"`
	Profile    string `json:"messaging_profile_id,omitempty"`
	To         string `json:"to"`
	Text       string `json:"text"`
	Type       string `json:"type"`
	WebhookURL string `json:"webhook_url,omitempty"`
	// OwnWebhooks has the receipts come to the profile's address as well.
	OwnWebhooks *bool `json:"use_profile_webhooks,omitempty"`
}

// Send implements carrier.Carrier.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	return c.SubmitJSON(ctx, c.url, c.header, c.request(m), func(a webcall.Answer) carrier.Result {
		return read(a, m.To.E164(), time.Now())
	})
}

func (c *Carrier) request(m carrier.Message) request {
	out := request{
		From: c.Sender(m), Profile: c.profile, To: m.To.E164(), Text: m.Body.Reveal(), Type: "SMS",
	}
	if c.receipt != "" {
		out.WebhookURL, out.OwnWebhooks = carrier.WithRef(c.receipt, m.Ref), new(bool)
	}

	return out
}
