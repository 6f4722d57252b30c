// Package httpsms implements the "http" carrier, for any gateway that takes a message as one JSON POST and reports by
// two callbacks, and, by templates, for providers whose requests, answers and callbacks have another form.
//
// It knows neither the store nor the engine.
package httpsms

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier posts messages to one gateway. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	url       *url.URL
	header    http.Header
	token     carrier.Token // of callbacks
	templated *templated    // nil = the plain contract
}

// New makes the carrier and does not connect. It fails when the URL, the channel or the token is missing or invalid.
func New(c Config, log *slog.Logger) (*Carrier, error) {
	common := c.common()
	if err := carrier.Verify(common, &c); err != nil {
		return nil, err
	}
	made := &Carrier{
		Web:   carrier.NewWeb(common, []message.Channel{c.Channel}, log),
		token: carrier.NewToken(c.callbackToken()),
		header: http.Header{
			"Authorization": {"Bearer " + c.Token.Reveal()},
			"Content-Type":  {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
	}
	if c.isTemplated() {
		full := c.withProfile()
		made.templated = full.templated(&common, &setting.Findings{})
		return made, nil
	}

	target, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("carrier %q: the url is invalid; write it as https://host/path", c.Name)
	}
	made.url = target

	return made, nil
}

var _ carrier.SelfTimed = (*Carrier)(nil)

// submit is the published shape of the POST.
type submit struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
	To      string `json:"to"`
	From    string `json:"from"`
	Body    string `json:"body"`
}

func plainBody(m carrier.Message, from string) submit {
	return submit{m.Ref, m.Channel.String(), m.To.E164(), from, m.Body.Reveal()}
}

// Send posts one message and reads the answer, within ctx and the configured time-out.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	if c.templated != nil {
		return c.sendTemplated(ctx, m)
	}
	return c.SubmitJSON(ctx, c.url, c.header, plainBody(m, c.Sender(m)), plainAnswer)
}

func plainAnswer(a webcall.Answer) carrier.Result { return resultOf(a, time.Now()) }

func (c *Carrier) sendTemplated(ctx context.Context, m carrier.Message) carrier.Result {
	call, err := c.templated.request.call(c.Client(), m, c.Sender(m))
	if err != nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	read := plainAnswer
	if rules := c.templated.answer; rules != nil {
		read = func(a webcall.Answer) carrier.Result { return rules.read(a, m.To.E164(), time.Now()) }
	}

	return c.Submit(ctx, call, read)
}
