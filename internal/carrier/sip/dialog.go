package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// maxPasswords is how often the INVITE is repeated with a password: the second time for a new nonce.
const maxPasswords = 2

// challenges are the fields of a question for a password, and of the answer (RFC 3261 clause 22).
var challenges = map[int][2]string{
	sip.StatusUnauthorized:      {"WWW-Authenticate", "Authorization"},
	sip.StatusProxyAuthRequired: {"Proxy-Authenticate", "Proxy-Authorization"},
}

var errChallenge = errors.New("no challenge that can be answered")

// asksPassword reports whether an answer asks for a password that was not given yet: none was, or its nonce was too
// old.
func (c *call) asksPassword(r *sip.Response) bool {
	_, asks := challenges[r.StatusCode]
	if !asks || c.agent.c.config.Username == "" || c.asked >= maxPasswords {
		return false
	}
	challenge, err := challengeOf(r)

	return err == nil && (c.asked == 0 || challenge.Stale || c.otherRealm(r))
}

// otherRealm reports whether the answer comes from another hop than the one that has the password: a proxy asks by 407,
// the
// server behind it by 401.
func (c *call) otherRealm(r *sip.Response) bool {
	return c.invite.GetHeader(challenges[r.StatusCode][1]) == nil
}

// challengeOf is the first challenge whose algorithm is known.
func challengeOf(r *sip.Response) (*digest.Challenge, error) {
	for _, h := range r.GetHeaders(challenges[r.StatusCode][0]) {
		challenge, err := digest.ParseChallenge(h.Value())
		if err == nil && digest.CanDigest(challenge) {
			challenge.Algorithm = strings.ToUpper(challenge.Algorithm)
			return challenge, nil
		}
	}

	return nil, errChallenge
}

// authenticate sends the INVITE again with the password. The transaction before acknowledges its own answer.
func (c *call) authenticate(ctx context.Context, r *sip.Response) error {
	c.asked++
	challenge, err := challengeOf(r)
	if err != nil {
		return err
	}
	next := c.invite.Clone()
	credentials, err := digest.Digest(challenge, digest.Options{
		Method: string(sip.INVITE), URI: next.Recipient.String(), Count: 1,
		Username: c.agent.c.config.Username, Password: c.agent.c.config.Password.Reveal(),
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(next.Body())), nil },
	})
	if err != nil {
		return err
	}

	field := challenges[r.StatusCode][1]
	next.RemoveHeader(field)
	next.AppendHeader(sip.NewHeader(field, credentials.String()))
	next.RemoveHeader("Via")
	next.CSeq().SeqNo++
	tx, err := c.agent.client.TransactionRequest(ctx, next, sipgo.ClientRequestAddVia)
	if err != nil {
		return err
	}
	c.invite, c.tx, c.tried = next, tx, false

	return nil
}

// inDialog makes a request of the dialog that an answer began (RFC 3261 clause 12.2.1.1).
func (c *call) inDialog(method sip.RequestMethod, r *sip.Response) *sip.Request {
	target := c.invite.Recipient
	if contact := r.Contact(); contact != nil {
		target = contact.Address
	}
	request := sip.NewRequest(method, *target.Clone())
	routes := r.GetHeaders("Record-Route")
	for _, route := range slices.Backward(routes) {
		request.AppendHeader(sip.NewHeader("Route", route.Value()))
	}

	seq := c.invite.CSeq().SeqNo
	if method != sip.ACK {
		seq++
	}
	hops := sip.MaxForwardsHeader(70)
	request.AppendHeader(sip.HeaderClone(c.invite.From()))
	request.AppendHeader(sip.HeaderClone(r.To()))
	request.AppendHeader(sip.HeaderClone(c.invite.CallID()))
	request.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	request.AppendHeader(&hops)
	request.AppendHeader(c.contact())
	request.SetBody(nil)
	c.over(request)
	if source := r.Source(); len(routes) == 0 && behindNAT(target.Host, source) {
		request.SetDestination(source)
	}

	return request
}

// behindNAT reports whether the other side gives an address that is not public, while its answer came from a public
// one.
func behindNAT(contact, source string) bool {
	ip, err := netip.ParseAddr(contact)
	from, _, err2 := net.SplitHostPort(source)
	public, err3 := netip.ParseAddr(from)

	return err == nil && err2 == nil && err3 == nil && ip.IsPrivate() && !public.IsPrivate()
}

// acknowledge sends the ACK of a 2xx, and again for each repetition of it.
func (c *call) acknowledge(r *sip.Response) {
	ack := c.inDialog(sip.ACK, r)
	c.tx.OnRetransmission(func(again *sip.Response) {
		switch {
		case !again.IsSuccess():
		case toTag(again) != toTag(r):
			c.endFork(again)
		default:
			_ = c.agent.client.WriteRequest(ack.Clone(), sipgo.ClientRequestAddVia)
		}
	})
	_ = c.agent.client.WriteRequest(ack.Clone(), sipgo.ClientRequestAddVia)
}

// maxForks is how many more phones of a call are hung up on.
const maxForks = 16

// endFork hangs up on another phone that answered the same INVITE, because the trunk rang several at once (RFC 3261
// clause
// 13.2.2.4). Else it would be paid for until the trunk ends it. A repetition is acknowledged again.
func (c *call) endFork(r *sip.Response) {
	tag := toTag(r)
	c.forksMu.Lock()
	known := slices.Contains(c.forks, tag)
	full := len(c.forks) == maxForks
	if !known && !full {
		c.forks = append(c.forks, tag)
	}
	c.forksMu.Unlock()
	if !known && full {
		return
	}

	_ = c.agent.client.WriteRequest(c.inDialog(sip.ACK, r), sipgo.ClientRequestAddVia)
	if !known {
		c.agent.tasks.Go(func() { c.bye(r) })
	}
}

// toTag is the tag that the phone gave the dialog of an answer.
func toTag(r *sip.Response) string {
	if to := r.To(); to != nil {
		tag, _ := to.Params.Get("tag")
		return tag
	}
	return ""
}

// bye hangs up, and waits a moment for the confirmation.
func (c *call) bye(r *sip.Response) {
	ctx, cancel := context.WithTimeout(context.Background(), byeTimeout)
	defer cancel()
	_, _ = c.agent.client.Do(ctx, c.inDialog(sip.BYE, r), sipgo.ClientRequestAddVia)
}
