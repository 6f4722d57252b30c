package smpp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/smpp/pdu"
	"github.com/syssecure/syssecure/internal/webcall"
)

// Sessions implements carrier.Bound. A pair is bound when both of its links are.
func (c *Carrier) Sessions() (bound, wanted int, problem string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	bound, wanted = len(c.bound), c.binds.count()
	if c.cfg.Bind == BindPair {
		bound = min(bound, c.receivers)
	}
	if bound < wanted {
		problem = c.problem
	}

	return bound, wanted, problem
}

func (c *Carrier) countReceivers(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.receivers += n
}

// noteProblem keeps why a link ended or was not bound.
func (c *Carrier) noteProblem(err error) {
	_, problem := c.bindProblem(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problem = problem
}

// checkEnd is the check that follows the others.
const checkEnd = "end of the session"

// bindProblem says which check a link failed on, and in a sentence what to do.
func (c *Carrier) bindProblem(err error) (check, problem string) {
	var rejected *bindError
	certificate := webcall.CertificateProblem(err)
	late := errors.Is(err, context.DeadlineExceeded)
	switch {
	case errors.As(err, &rejected):
		return carrier.CheckCredentials, "the message centre rejects the bind (" + rejected.status.String() + "): " +
			rejected.advice()
	case certificate != "":
		return carrier.CheckCertificate, certificate + "; check that addr names the host of the certificate, and that this " +
			"machine trusts its authority (SSL_CERT_FILE)"
	case webcall.NoTLS(err):
		return carrier.CheckConnection, "no TLS is spoken at " + c.cfg.Addr + "; check the port of addr, and tls"
	case late && errors.Is(err, errConnect):
		return carrier.CheckConnection, "no connection to " + c.cfg.Addr + " in time; check addr, and the firewalls in between"
	case errors.Is(err, errConnect):
		return carrier.CheckConnection, fmt.Sprintf("no connection to %s (%v); check addr, tls, and the firewalls in between",
			c.cfg.Addr, webcall.ConnectProblem(err))
	case late:
		return carrier.CheckCredentials, "the bind was not answered in time; check the port of addr, tls, and whether the " +
			"message centre allows this address"
	}

	return carrier.CheckCredentials, fmt.Sprintf("the link ended (%v); check tls, and whether the message centre allows this "+
		"address and one more session", err)
}

// Test implements carrier.Tester: it binds each kind of link that the carrier uses, one after the other, and unbinds
// it.
func (c *Carrier) Test(ctx context.Context) (checks []carrier.Check) {
	roles := []role{transceiver}
	switch c.cfg.Bind {
	case BindTransmitter:
		roles = []role{transmitter}
	case BindPair:
		roles = []role{transmitter, receiver}
	}

	for i, as := range roles {
		found, ok := c.testLink(ctx, as, i == 0)
		if checks = append(checks, found...); !ok {
			return checks
		}
	}

	return checks
}

// testLink binds and unbinds one link. connection says that its connection is a separate check.
func (c *Carrier) testLink(ctx context.Context, as role, connection bool) (checks []carrier.Check, ok bool) {
	b, err := c.bind(ctx, as)
	failed := ""
	if err != nil {
		var problem string
		failed, problem = c.bindProblem(err)
		checks = append(checks, carrier.Check{Name: failed, Problem: problem})
	}

	if connection && failed != carrier.CheckConnection {
		found := []carrier.Check{{Name: carrier.CheckConnection, Found: c.cfg.Addr + " accepts connections"}}
		if c.cfg.TLS && failed != carrier.CheckCertificate {
			found = append(found, carrier.Check{Name: carrier.CheckCertificate, Found: "it is valid for " + c.serverName()})
		}
		checks = append(found, checks...)
	}
	if err != nil {
		return checks, false
	}

	checks = append(checks, carrier.Check{
		Name: carrier.CheckCredentials, Found: "the message centre accepts the bind as " + as.String(),
	})
	if err := b.unbind(); err != nil {
		return append(checks, carrier.Check{
			Name: checkEnd, Problem: fmt.Sprintf("the unbind was not answered (%v); messages are sent all the same", err),
		}), false
	}

	return append(checks, carrier.Check{Name: checkEnd, Found: "the message centre accepts the unbind"}), true
}

func (c *Carrier) serverName() string {
	if c.cfg.ServerName != "" {
		return c.cfg.ServerName
	}
	host, _, _ := net.SplitHostPort(c.cfg.Addr)

	return host
}

// unbind ends a link that serves nothing, and waits for the answer. Messages that the centre sends meanwhile are not
// acknowledged, so that it sends them again over another link.
func (b *boundLink) unbind() error {
	err := b.conn.SetDeadline(time.Now().Add(unbindWait))
	if err == nil {
		err = b.write(pdu.PDU{Command: pdu.Unbind, Sequence: 2})
	}
	for err == nil {
		var p pdu.PDU
		if p, err = b.reader.Next(); err == nil && p.Command == pdu.UnbindResp {
			break
		}
	}

	return errors.Join(err, b.conn.Close())
}
