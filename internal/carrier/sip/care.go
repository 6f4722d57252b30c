package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/webcall"
)

var (
	_ carrier.Tester    = (*Carrier)(nil)
	_ carrier.Companion = (*Carrier)(nil)
)

// Beside implements carrier.Companion: the socket of a server has the port of local_addr, so this one takes any.
func (c *Carrier) Beside() carrier.Carrier { return c.onAnyPort() }

func (c *Carrier) onAnyPort() *Carrier {
	config := c.config
	if local, err := netip.ParseAddrPort(config.LocalAddr); err == nil {
		config.LocalAddr = netip.AddrPortFrom(local.Addr(), 0).String()
	}
	return newCarrier(c.common, config, c.library, c.log)
}

// checkSocket is the check of the own side.
const checkSocket = "local_addr"

// Test implements carrier.Tester: it asks the trunk for its abilities (OPTIONS, RFC 3261 clause 11). When the trunk
// does not ask
// for the password then, it asks which addresses are registered for the user, which registers none (clause 10.2.3).
func (c *Carrier) Test(ctx context.Context) []carrier.Check {
	ctx, cancel := context.WithTimeout(ctx, 2*c.common.AnswerTimeout)
	defer cancel()
	checks := c.reach(ctx)
	if !carrier.OK(checks) {
		return checks
	}

	beside := c.onAnyPort()
	beside.grace = 0
	a, err := beside.open(carrier.Sink{})
	if err != nil {
		return append(checks, carrier.Check{
			Name: checkSocket, Problem: "no socket can be opened (" + err.Error() + "); check local_addr",
		})
	}
	defer a.close()

	answer, asked, err := a.ask(ctx, sip.OPTIONS)
	if err != nil {
		return append(checks, carrier.Check{Name: carrier.CheckConnection, Problem: c.unreachable(err)})
	}
	if len(checks) == 0 {
		checks = []carrier.Check{{Name: carrier.CheckConnection, Found: c.config.Server + " answers"}}
	}
	if c.config.Username != "" && !asked {
		if answer, asked, err = a.ask(ctx, sip.REGISTER); err != nil {
			return append(checks, carrier.Check{Name: carrier.CheckCredentials, Problem: c.unreachable(err)})
		}
	}

	return append(checks, c.credentials(answer.StatusCode, asked))
}

// reach checks the connection and the certificate of transports that have them.
func (c *Carrier) reach(ctx context.Context) []carrier.Check {
	if c.config.Transport == UDP {
		return nil
	}
	host, _, _ := net.SplitHostPort(c.config.Server)
	var conf *tls.Config
	if c.config.Transport == TLS {
		conf = tlsConfig(host)
	}

	switch failure := webcall.Reach(ctx, c.config.Server, conf); {
	case failure != nil && failure.Certificate:
		return []carrier.Check{{Name: carrier.CheckCertificate, Problem: failure.Cause + certificateAdvice}}
	case failure != nil:
		return []carrier.Check{{Name: carrier.CheckConnection, Problem: "the trunk cannot be reached (" + failure.Cause +
			"); check server, transport and the firewall"}}
	}

	checks := []carrier.Check{{Name: carrier.CheckConnection, Found: c.config.Server + " accepts connections"}}
	if conf != nil {
		checks = append(checks, carrier.Check{Name: carrier.CheckCertificate, Found: "it is valid for " + host})
	}

	return checks
}

const certificateAdvice = "; check that server names the host of the certificate, and that this machine trusts its authority " +
	"(SSL_CERT_FILE)"

func (c *Carrier) unreachable(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return webcall.ConnectProblem(err) + "; check server"
	}
	return c.config.Server + " does not answer; check server, transport and the firewall, and that the trunk knows this " +
		"server's address"
}

// credentials says what an answer means. asked is set when the trunk asked for the password, and got it.
func (c *Carrier) credentials(status int, asked bool) carrier.Check {
	check, code := carrier.Check{Name: carrier.CheckCredentials}, " (SIP "+strconv.Itoa(status)+")"
	_, asks := challenges[status]
	refused := asks || status == sip.StatusForbidden
	switch named := c.config.Username != ""; {
	case refused && !named && asks:
		check.Problem = "the trunk asks for a password" + code + "; set username and password, or have it know this server's " +
			"address"
	case refused && !named:
		check.Problem = "the trunk rejects this server" + code + "; have it know this server's address"
	case refused:
		check.Problem = "the trunk rejects username and password" + code + "; compare them with its console"
	case asked:
		check.Found = "the trunk accepts username and password"
	case named:
		check.Found = "the trunk did not ask for the password" + code + "; --to calls a phone, which shows whether it does for calls"
	default:
		check.Found = "none are configured, and the trunk answers this server" + code
	}

	return check
}

// ask sends a request outside of calls. asked is set when the answer is the one to a password.
func (a *agent) ask(ctx context.Context, method sip.RequestMethod) (answer *sip.Response, asked bool, err error) {
	r := a.outside(method)
	if answer, err = a.patient(ctx, r); err != nil {
		return nil, false, err
	}

	fields, asks := challenges[answer.StatusCode]
	challenge, err := challengeOf(answer)
	if !asks || err != nil || a.c.config.Username == "" {
		return answer, false, nil
	}
	credentials, err := digest.Digest(challenge, digest.Options{
		Method: string(method), URI: r.Recipient.String(), Count: 1,
		Username: a.c.config.Username, Password: a.c.config.Password.Reveal(),
	})
	if err != nil {
		return answer, false, nil
	}

	r.RemoveHeader("Via")
	r.CSeq().SeqNo++
	r.AppendHeader(sip.NewHeader(fields[1], credentials.String()))
	answer, err = a.patient(ctx, r)

	return answer, true, err
}

// outside makes a request that belongs to no call. It has no Contact, so as a REGISTER it registers nothing.
func (a *agent) outside(method sip.RequestMethod) *sip.Request {
	config := a.c.config
	params := sip.NewParams()
	if config.Transport != UDP {
		params.Add("transport", config.Transport)
	}
	r := sip.NewRequest(method, sip.Uri{Scheme: "sip", Host: a.host, Port: a.port, UriParams: params})
	r.SetTransport(sip.NetworkToUpper(config.Transport))

	number, _ := a.c.caller("")
	if method == sip.REGISTER {
		number = config.Username
	}
	own := sip.Uri{Scheme: "sip", User: number, Host: a.host}
	from := sip.FromHeader{Address: own, Params: sip.NewParams()}
	from.Params.Add("tag", sip.GenerateTagN(16))
	r.AppendHeader(&from)
	r.AppendHeader(&sip.ToHeader{Address: own})
	r.AppendHeader(sip.NewHeader("User-Agent", "SysSecure"))
	r.SetBody(nil)

	return r
}

// patient waits for the last answer to a request, as long as for the first answer to a call.
func (a *agent) patient(ctx context.Context, r *sip.Request) (*sip.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, max(a.c.common.AnswerTimeout, time.Second))
	defer cancel()
	return a.client.Do(ctx, r)
}
