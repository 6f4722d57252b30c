// Package telegram implements the carrier "telegram-gateway": codes in Telegram, over its Gateway API
// (core.telegram.org/gateway/api).
//
// A code takes two requests. checkSendAbility says whether the number can get one, is charged, and gives an id;
// sendVerificationMessage sends under this id, once and free of charge. So a submit is repeated under the same id, and
// Telegram recognises the copy. The ids are in memory only: after a crash, a repeat has another id and may be a copy.
//
// Telegram reports to a callback. What it did not report in time is asked for, see watch.
package telegram

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Carrier sends codes over the Gateway API. It is safe for concurrent use.
type Carrier struct {
	*carrier.Web
	sender   string
	callback string // the address of callbacks; empty = Telegram is asked for receipts
	header   http.Header
	key      [sha256.Size]byte // of the signatures of callbacks
	// aside makes the requests beside submits, so that neither take the connections of the others.
	aside *webcall.Client
	ids   requestIDs
	watch watch

	check, send, status, revoke *url.URL
}

func newCarrier(common carrier.Common, c Config, base *url.URL, log *slog.Logger) *Carrier {
	token := c.Token.Reveal()
	made := &Carrier{
		Web: carrier.NewWeb(common, c.Channels(), log), sender: strings.TrimPrefix(c.SenderUsername, "@"),
		header: http.Header{
			"Authorization": {"Bearer " + token},
			"Content-Type":  {"application/json"},
			"Accept":        {"application/json"},
			"User-Agent":    {"SysSecure"},
		},
		key:    sha256.Sum256([]byte(token)),
		check:  base.JoinPath("checkSendAbility"),
		send:   base.JoinPath("sendVerificationMessage"),
		status: base.JoinPath("checkVerificationStatus"),
		revoke: base.JoinPath("revokeVerificationMessage"),
	}

	made.aside = webcall.New(made.Client().Timeout(), askedAtOnce)
	if address := common.CallbackURL(callback); common.Receipts && takesCallbacks(address) {
		made.callback = address
	}
	made.watch.reported = made.callback != ""

	return made
}

var (
	_ carrier.SelfTimed       = (*Carrier)(nil)
	_ carrier.CallbackHandler = (*Carrier)(nil)
	_ carrier.Runner          = (*Carrier)(nil)
	_ carrier.Revoker         = (*Carrier)(nil)
)

// Close drops idle connections.
func (c *Carrier) Close() {
	c.Web.Close()
	c.aside.Close()
}

// The API's bounds of ttl. It gives back the fee of a code that nobody saw within its ttl, and none without one.
const (
	shortestLife = 30 * time.Second
	longestLife  = time.Hour
)

// lifeOf is the ttl of a message: as long as its code is valid, so that no dead code is delivered.
func lifeOf(m carrier.Message) time.Duration {
	if m.Validity <= 0 {
		return longestLife
	}
	return min(max(m.Validity, shortestLife), longestLife).Truncate(time.Second)
}

// sendable reports whether the API takes a code: it has 4 to 8 digits.
func sendable(code string) bool {
	return len(code) >= 4 && len(code) <= 8 && strings.Trim(code, "0123456789") == ""
}

// Send implements carrier.Carrier. All its requests together take as long as the configured time-out.
func (c *Carrier) Send(ctx context.Context, m carrier.Message) carrier.Result {
	if !sendable(m.Code.Reveal()) {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierRejected, CarrierCode: "code"}
	}
	ctx, cancel := context.WithTimeout(ctx, c.Client().Timeout())
	defer cancel()

	id, known := c.ids.of(m.Ref)
	if !known {
		checked := c.checkAbility(ctx, m)
		if checked.Outcome != carrier.Accepted {
			return checked
		}
		id = checked.IDs[0]
		c.ids.keep(m.Ref, id, time.Now())
	}

	result := c.submit(ctx, m, id)
	if result.Outcome == carrier.Accepted {
		id = result.IDs[0]
	}
	unknown := result.Outcome == carrier.Unknown
	retry := result.Outcome == carrier.Retry
	if !unknown && !(retry && result.CarrierCode != unknownID) {
		c.ids.forget(m.Ref) // else the next submit uses the id again
	}
	if unknown || result.Outcome == carrier.Accepted {
		c.observe(watched{id: id, ref: m.Ref, sentAt: time.Now(), life: lifeOf(m), unknown: unknown})
	}

	return result
}

// observe watches a message until its last report.
func (c *Carrier) observe(m watched) {
	if c.Receipts() && !c.watch.add(m) {
		c.Log().Warn("too many messages wait for a report; Telegram is not asked about the newest", "carrier", c.Name())
	}
}

// checkAbility asks whether the number can get a code. Accepted has the id to send under. Whatever else happens,
// nothing
// was sent.
func (c *Carrier) checkAbility(ctx context.Context, m carrier.Message) carrier.Result {
	call, err := c.call(c.Client(), c.check, struct {
		Number string `json:"phone_number"`
	}{m.To.E164()})
	if err != nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	result := c.Submit(ctx, call, func(a webcall.Answer) carrier.Result {
		result, _ := read(a, time.Now())
		return result
	})
	if result.Outcome == carrier.Unknown {
		result.Outcome = carrier.Retry
	}

	return result
}

// verification is the body of sendVerificationMessage.
type verification struct {
	Number   string `json:"phone_number"`
	ID       string `json:"request_id"`
	Sender   string `json:"sender_username,omitempty"`
	Code     string `json:"code"`
	Callback string `json:"callback_url,omitempty"`
	Payload  string `json:"payload"`
	Life     int    `json:"ttl"` // in seconds
}

// submit sends the code under an id that checkAbility gave.
func (c *Carrier) submit(ctx context.Context, m carrier.Message, id string) carrier.Result {
	call, err := c.call(c.Client(), c.send, verification{
		Number: m.To.E164(), ID: id, Sender: c.sender, Code: m.Code.Reveal(), Callback: c.callback, Payload: m.Ref,
		Life: int(lifeOf(m) / time.Second),
	})
	if err != nil {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.CarrierError, CarrierCode: "encoding"}
	}

	result := c.Submit(ctx, call, func(a webcall.Answer) carrier.Result {
		result, _ := read(a, time.Now())
		return result
	})
	if result.CarrierCode == alreadySent || result.CarrierCode == unknownID {
		return c.settle(ctx, id, result)
	}

	return result
}

// settle finds out what became of an earlier submit, after Telegram refused another under its id. An id that is unknown
// to
// Telegram can be used no more.
func (c *Carrier) settle(ctx context.Context, id string, refused carrier.Result) carrier.Result {
	said, now := c.ask(ctx, id)
	switch {
	case said.Outcome == carrier.Accepted && (now.Delivery.Status != "" || refused.CarrierCode == alreadySent):
		return carrier.Result{Outcome: carrier.Accepted, IDs: []string{id}}
	case said.Outcome == carrier.Accepted || said.CarrierCode == unknownID:
		return carrier.Result{
			Outcome: carrier.Retry, Reason: message.CarrierError, CarrierCode: unknownID,
			Cause: "Telegram has forgotten the request for this code; another is made",
		}
	}

	return carrier.Result{
		Outcome: carrier.Unknown, Reason: message.CarrierError, CarrierCode: refused.CarrierCode,
		Cause: "Telegram did not say what became of an earlier submit",
	}
}

// ask asks for the status of a message. The outcome is Accepted when Telegram answered with one.
func (c *Carrier) ask(ctx context.Context, id string) (carrier.Result, requestStatus) {
	return c.request(ctx, c.status, id)
}

// Revoke implements carrier.Revoker. Telegram removes what was not delivered yet, and gives no fee back.
func (c *Carrier) Revoke(ctx context.Context, id, _ string) error {
	if id == "" {
		return nil // only its id names a message to Telegram
	}
	result, _ := c.request(ctx, c.revoke, id)
	if result.Outcome != carrier.Accepted {
		return failure(result)
	}
	c.watch.remove(id)

	return nil
}

// failure is a result that is none of a submit.
type failure carrier.Result

func (f failure) Error() string { return strings.TrimPrefix(f.Cause+" ("+f.CarrierCode+")", " ") }

// request makes a request about a message, beside the submits.
func (c *Carrier) request(ctx context.Context, to *url.URL, id string) (carrier.Result, requestStatus) {
	call, err := c.call(c.aside, to, struct {
		ID string `json:"request_id"`
	}{id})
	if err != nil {
		return carrier.Result{CarrierCode: "encoding"}, requestStatus{}
	}

	defer c.aside.Release(call)
	answer, failed := c.aside.Do(ctx, call)
	if failed != nil {
		return carrier.Result{CarrierCode: "link", Cause: failed.Cause}, requestStatus{}
	}

	return read(answer, time.Now())
}

// call makes a request with a JSON body.
func (c *Carrier) call(client *webcall.Client, to *url.URL, body any) (*webcall.Call, error) {
	call := client.Call(to, c.header)
	err := call.JSON(body)
	if err != nil {
		client.Release(call)
	}
	return call, err
}
