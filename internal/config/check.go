package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/setting"
)

var numberPrefix = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)

func (r *reader) check(c *Config) {
	r.server(c)
	r.tls(c.TLS)
	r.names(c.Carriers)

	for i, rule := range c.Routes {
		r.route(i, rule, c.Carriers)
	}

	r.prices(c.Prices)
	r.costs(c.Costs, c.Carriers)
	r.numbers(c.Numbers)
	r.testNumbers(c)
	r.limits(c.Limits)
	r.retention(c.Retention)
	r.keyed(c)
}

func (r *reader) retention(keep Retention) {
	for _, k := range []struct {
		key      string
		keep     time.Duration
		from, to time.Duration
	}{
		// A text may be scheduled 30 days ahead, and its sender wants to see what became of it.
		{"messages", keep.Messages, 32, 1100},
		{"audit", keep.Audit, 30, 3650},
		{"requests", keep.Requests, 1, 90},
	} {
		if k.keep < k.from*day || k.keep > k.to*day {
			path := "retention." + k.key
			r.problem(path, "%s must be %dd…%dd, is %gd", path, k.from, k.to, k.keep.Hours()/24)
		}
	}
}

func (r *reader) prices(prices []route.Price) {
	seen := map[route.Price]int{}
	for i, p := range prices {
		path, label := fmt.Sprintf("price[%d]", i), fmt.Sprintf("price %d: ", i+1)
		r.prefix(path, label, p.Prefix)
		r.credits(path, label, p.Credits)

		same := route.Price{Channel: p.Channel, Prefix: p.Prefix}
		if first, twice := seen[same]; twice && p.Channel != 0 {
			r.problem(path, "%sprice %d is for the same channel and prefix; keep one", label, first+1)
		}
		seen[same] = i
	}
}

// costs are checked as prices are. A cost may name a carrier, whose channels must include the cost's.
func (r *reader) costs(costs []route.Cost, carriers []Carrier) {
	seen, names := map[route.Cost]int{}, namesOf(carriers)
	for i, c := range costs {
		path, label := fmt.Sprintf("cost[%d]", i), fmt.Sprintf("cost %d: ", i+1)
		r.prefix(path, label, c.Prefix)
		r.credits(path, label, c.Credits)

		if c.Carrier != "" {
			switch at := slices.Index(names, c.Carrier); {
			case at < 0:
				r.problem(path+".carrier", "%scarrier is %q, but no [[carrier]] has this name%s", label, c.Carrier,
					setting.Nearest(c.Carrier, names))
			case c.Channel != 0 && !carriers[at].serves(c.Channel):
				r.problem(path+".carrier", "%scarrier is %q, which serves %s, not %s", label, c.Carrier,
					joined(carriers[at].channels(), " and "), c.Channel)
			}
		}

		same := route.Cost{Channel: c.Channel, Prefix: c.Prefix, Carrier: c.Carrier}
		if first, twice := seen[same]; twice && c.Channel != 0 {
			r.problem(path, "%scost %d is for the same channel, prefix and carrier; keep one", label, first+1)
		}
		seen[same] = i
	}
}

func (r *reader) credits(path, label string, credits int64) {
	if credits < 0 || credits > 1_000_000_000 {
		r.problem(path+".credits", "%scredits must be 0…1000000000, is %d", label, credits)
	}
}

func (r *reader) server(c *Config) {
	if c.Data == "" {
		r.problem("data", "data must name a folder")
	}

	host, ok := setting.HostPort(c.Listen)
	switch {
	case !ok:
		r.problem("listen", "listen must be host:port, such as \"127.0.0.1:8080\", is %q", c.Listen)
	case !loopback(host) && !c.TLS.Enabled() && len(c.TrustedProxies) == 0:
		r.problem("listen", "listen is %q, but plain HTTP is served only on loopback or behind a trusted proxy: set "+
			"[tls] cert_file and key_file, or acme_domains and acme_email for certificates that renew themselves, or "+
			"name your proxy in trusted_proxies", c.Listen)
	}

	if c.PublicURL != "" {
		if !setting.WebAddress(c.PublicURL) || strings.ContainsAny(c.PublicURL, "?#") {
			r.problem("public_url", "public_url must be such as \"https://otp.example.com\", without user or query")
		}
		c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	}

	if db := c.Database.Reveal(); db != "" {
		u, err := url.Parse(db) // its error would repeat the password
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			r.problem("database", "database must be empty for SQLite in data, or such as "+
				"\"postgres://user:password@host:5432/syssecure\"")
		}
	}
}

func (r *reader) tls(t TLS) {
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.problem("tls.cert_file", "tls.cert_file needs tls.key_file as well")
	case t.CertFile == "" && t.KeyFile != "":
		r.problem("tls.key_file", "tls.key_file needs tls.cert_file as well")
	}

	switch {
	case t.CertFile != "" && len(t.ACMEDomains) > 0:
		r.problem("tls.acme_domains", "tls.acme_domains and tls.cert_file are both given; keep one of the two ways")
	case len(t.ACMEDomains) > 0 && t.ACMEEmail == "":
		r.problem("tls.acme_domains", "tls.acme_domains needs tls.acme_email, where the authority writes to")
	case len(t.ACMEDomains) == 0 && t.ACMEEmail != "":
		r.problem("tls.acme_email", "tls.acme_email needs tls.acme_domains as well")
	}

	for _, d := range t.ACMEDomains {
		if d == "" || strings.ContainsAny(d, "/: *") || net.ParseIP(d) != nil {
			r.problem("tls.acme_domains", "tls.acme_domains must be names such as \"otp.example.com\", has %q", d)
		}
	}
}

func (r *reader) route(i int, rule route.Rule, carriers []Carrier) {
	path, label := fmt.Sprintf("route[%d]", i), fmt.Sprintf("route %d: ", i+1)
	r.prefix(path, label, rule.Prefix)
	names := namesOf(carriers)

	// Nil means that the key is missing or not a list, which is reported already.
	if rule.Carriers != nil && len(rule.Carriers) == 0 {
		r.problem(path+".carriers", "%scarriers must name at least one", label)
	}

	for n, name := range rule.Carriers {
		at := slices.Index(names, name)
		switch {
		case at < 0:
			r.problem(path+".carriers", "%scarriers names %q, but no [[carrier]] has this name%s",
				label, name, setting.Nearest(name, names))
		case slices.Contains(rule.Carriers[:n], name):
			r.problem(path+".carriers", "%scarriers names %q twice", label, name)
		case rule.Channel != 0 && !carriers[at].serves(rule.Channel):
			r.problem(path+".carriers", "%scarriers names %q, which serves %s, not %s", label, name,
				joined(carriers[at].channels(), " and "), rule.Channel)
		}
	}
}

func (r *reader) prefix(path, label, prefix string) {
	if prefix != "" && !numberPrefix.MatchString(prefix) {
		r.problem(path+".prefix", "%sprefix must be + and digits, such as \"+32\", or absent for every number, is %q",
			label, prefix)
	}
}

// maxLogged is how many times of sends are kept for each number. A limit above it could not be exact.
const maxLogged = 25

// switchOff ends the problems of limits that are lists.
const switchOff = "; an empty list switches the limit off"

func (r *reader) limits(l Limits) {
	const perNumber = "limits.sends_per_number"
	for _, rate := range l.SendsPerNumber {
		if rate.N < 1 || rate.N > maxLogged {
			r.problem(perNumber, perNumber+" must have rates of 1…%d sends, has %q"+switchOff, maxLogged, rate)
		}
		if rate.Per > 24*time.Hour { // the log forgets what is older
			r.problem(perNumber, perNumber+" must have windows of at most 24h, has %q", rate)
		}
	}

	if len(l.SendGaps) > maxLogged {
		r.problem("limits.send_gaps", "limits.send_gaps must have at most %d durations, has %d",
			maxLogged, len(l.SendGaps))
	}

	for _, gap := range l.SendGaps {
		if gap <= 0 || gap > 24*time.Hour {
			r.problem("limits.send_gaps", "limits.send_gaps must be more than 0 and at most 24h, has %v"+switchOff, gap)
		}
	}

	if l.RequestsPerKey.N > 1_000_000 {
		r.problem("limits.requests_per_key", "limits.requests_per_key must be at most 1000000 requests, is %q; "+
			"an empty string switches the limit off", l.RequestsPerKey)
	}
	if l.Scheduled < 0 || l.Scheduled > 100_000_000 {
		r.problem("limits.scheduled", "limits.scheduled must be 0…100000000 messages, is %d; 0 switches the limit off",
			l.Scheduled)
	}
	if l.SendWait < 100*time.Millisecond || l.SendWait > 15*time.Second {
		r.problem("limits.send_wait", "limits.send_wait must be 100ms…15s, is %v", l.SendWait)
	}
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
