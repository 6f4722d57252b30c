package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/route"
)

var (
	carrierName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	numberPrefix = regexp.MustCompile(`^\+[1-9][0-9]{0,14}$`)
	sender       = regexp.MustCompile(`^(\+?[0-9]{1,15}|[A-Za-z0-9 ._&-]{0,10}[A-Za-z][A-Za-z0-9 ._&-]{0,10})$`)
)

func (r *reader) check(c *Config) {
	r.server(c)
	r.tls(c.TLS)
	r.names(c.Carriers)
	for i, rule := range c.Routes {
		r.route(i, rule, c.Carriers)
	}
	seen := map[route.Price]int{}
	for i, p := range c.Prices {
		path, label := fmt.Sprintf("price[%d]", i), fmt.Sprintf("price %d: ", i+1)
		r.prefix(path, label, p.Prefix)
		if p.Credits < 0 || p.Credits > 1_000_000_000 {
			r.problem(path+".credits", "%scredits must be 0…1000000000, is %d", label, p.Credits)
		}
		same := route.Price{Channel: p.Channel, Prefix: p.Prefix}
		if first, twice := seen[same]; twice && p.Channel != 0 {
			r.problem(path, "%sprice %d is for the same channel and prefix; keep one", label, first+1)
		}
		seen[same] = i
	}
	r.numbers(c.Numbers)
	r.testNumbers(c)
	r.limits(c.Limits)
	// A text may be scheduled 30 days ahead, and its sender wants to see what became of it.
	if keep := c.Retention.Messages; keep < 32*day || keep > 1100*day {
		r.problem("retention.messages", "retention.messages must be 32d…1100d, is %gd", keep.Hours()/24)
	}
	r.keyed(c)
}

func (r *reader) server(c *Config) {
	if c.Data == "" {
		r.problem("data", "data must name a folder")
	}
	host, ok := hostPort(c.Listen)
	switch {
	case !ok:
		r.problem("listen", "listen must be host:port, such as \"127.0.0.1:8080\", is %q", c.Listen)
	case !loopback(host) && !c.TLS.Enabled() && len(c.TrustedProxies) == 0:
		r.problem("listen", "listen is %q, and plain HTTP is served on loopback or behind a trusted proxy only: give [tls] cert_file and "+
			"key_file, or acme_domains and acme_email for certificates that renew themselves, or name your proxy in trusted_proxies", c.Listen)
	}
	if c.PublicURL != "" {
		if !webAddress(c.PublicURL) || strings.ContainsAny(c.PublicURL, "?#") {
			r.problem("public_url", "public_url must be such as \"https://otp.example.com\", without user or query")
		}
		c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	}
	if db := c.Database.Reveal(); db != "" {
		u, err := url.Parse(db) // its error would repeat the password
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			r.problem("database", "database must be empty for SQLite in data, or such as \"postgres://user:password@host:5432/syssecure\"")
		}
	}
}

func (r *reader) tls(t TLS) {
	switch {
	case t.CertFile != "" && t.KeyFile == "":
		r.problem("tls.cert_file", "tls.cert_file needs tls.key_file beside it")
	case t.CertFile == "" && t.KeyFile != "":
		r.problem("tls.key_file", "tls.key_file needs tls.cert_file beside it")
	}
	switch {
	case t.CertFile != "" && len(t.ACMEDomains) > 0:
		r.problem("tls.acme_domains", "tls.acme_domains and tls.cert_file are both given; keep one of the two ways")
	case len(t.ACMEDomains) > 0 && t.ACMEEmail == "":
		r.problem("tls.acme_domains", "tls.acme_domains needs tls.acme_email, where the authority writes to")
	case len(t.ACMEDomains) == 0 && t.ACMEEmail != "":
		r.problem("tls.acme_email", "tls.acme_email needs tls.acme_domains beside it")
	}
	for _, d := range t.ACMEDomains {
		if d == "" || strings.ContainsAny(d, "/: *") || net.ParseIP(d) != nil {
			r.problem("tls.acme_domains", "tls.acme_domains must be names such as \"otp.example.com\", has %q", d)
		}
	}
}

// reserved are names of carriers that every installation has.
var reserved = []string{"sandbox", "test-number"}

// carrier checks one carrier by itself, with the table that it was read from.
func (r *reader) carrier(c *Carrier, path, label string, t map[string]any) {
	r.required(t, path, label, "name", "kind")
	if c.Name != "" && !carrierName.MatchString(c.Name) {
		r.problem(path+".name", "%sname must have 1 to 64 letters, digits, dots, hyphens or underscores: it is part of an address", label)
	}
	if slices.Contains(reserved, c.Name) {
		r.problem(path+".name", "%sname %s is kept for what this server sends nowhere; choose another", label, c.Name)
	}
	if c.Kind == "" {
		return
	}
	if !slices.Contains(built, c.Kind) {
		if slices.Contains(planned, c.Kind) {
			r.problem(path+".kind", "%skind %s is not built into this version; use %s", label, c.Kind, strings.Join(built, " or "))
		} else {
			r.problem(path+".kind", "%skind must be %s, is %q%s", label, strings.Join(built, " or "), c.Kind, nearest(c.Kind, built))
		}
		return
	}
	r.foreignKeys(c, path, label, t)
	if c.Rate < 0 || c.Rate > 100_000 {
		r.problem(path+".rate", "%srate must be 0…100000 messages a second, 0 being no limit, is %d", label, c.Rate)
	}
	if _, given := t["max_in_flight"]; given {
		r.between(path, label, "max_in_flight", &c.MaxInFlight, 1, 10_000)
	}
	r.answerTimeout(c, path, label, t)
	r.country(c, path, label)
	if c.Kind == "smpp" {
		c.Channel = message.SMS
		r.smpp(c, path, label, t)
	} else {
		r.http(c, path, label, t)
	}
	if c.Channel == message.SMS && c.From != "" && (!sender.MatchString(c.From) || len(c.From) > 11 && !numeric(c.From)) {
		r.problem(path+".from", "%sfrom must be a number, a short code, or at most 11 letters and digits, is %q", label, c.From)
	}
}

func (r *reader) foreignKeys(c *Carrier, path, label string, t map[string]any) {
	for _, k := range c.keys() {
		if k.kinds == nil || slices.Contains(k.kinds, c.Kind) {
			continue
		}
		for _, name := range []string{k.name, k.name + "_file"} {
			if _, there := t[name]; there {
				r.problem(join(path, name), "%s%s belongs to kind %s, and this carrier is of kind %s", label, name, strings.Join(k.kinds, ", "), c.Kind)
			}
		}
	}
}

func (r *reader) http(c *Carrier, path, label string, t map[string]any) {
	r.required(t, path, label, "channel", "url", "token")
	if c.URL != "" && !webAddress(c.URL) {
		r.problem(path+".url", "%surl must be such as \"https://sms.example.com/send\", without a user", label)
	}
	if _, there := t["token"]; there && c.Token.Empty() {
		r.problem(path+".token", "%stoken must not be empty: it protects the callbacks", label)
	}
}

func (r *reader) between(path, label, name string, n *int, low, high int) {
	if n != nil && (*n < low || *n > high) {
		r.problem(join(path, name), "%s%s must be %d…%d, is %d", label, name, low, high, *n)
	}
}

func (r *reader) oneOf(path, label, name, value string, options ...string) {
	if !slices.Contains(options, value) {
		r.problem(join(path, name), "%s%s must be %s, is %q%s", label, name, strings.Join(options, " or "), value, nearest(value, options))
	}
}

// names finds carriers that are called the same.
func (r *reader) names(carriers []Carrier) {
	for i, c := range carriers {
		first := slices.IndexFunc(carriers, func(o Carrier) bool { return o.Name == c.Name })
		if c.Name != "" && first < i {
			r.problem(fmt.Sprintf("carrier[%d].name", i), "%sname is taken by carrier %d", carrierLabel(c.Name), first+1)
		}
	}
}

func (r *reader) route(i int, rule route.Rule, carriers []Carrier) {
	path, label := fmt.Sprintf("route[%d]", i), fmt.Sprintf("route %d: ", i+1)
	r.prefix(path, label, rule.Prefix)
	var names []string
	for _, c := range carriers {
		names = append(names, c.Name)
	}
	// nil means that the key is missing or was no list, which is reported already.
	if rule.Carriers != nil && len(rule.Carriers) == 0 {
		r.problem(path+".carriers", "%scarriers must name at least one", label)
	}
	for n, name := range rule.Carriers {
		at := slices.Index(names, name)
		switch {
		case at < 0:
			r.problem(path+".carriers", "%scarriers names %q, which is no [[carrier]]%s", label, name, nearest(name, names))
		case slices.Contains(rule.Carriers[:n], name):
			r.problem(path+".carriers", "%scarriers names %q twice", label, name)
		case rule.Channel != 0 && carriers[at].Channel != 0 && carriers[at].Channel != rule.Channel:
			r.problem(path+".carriers", "%scarriers names %q, which serves %s, not %s", label, name, carriers[at].Channel, rule.Channel)
		}
	}
}

func (r *reader) prefix(path, label, prefix string) {
	if prefix != "" && !numberPrefix.MatchString(prefix) {
		r.problem(path+".prefix", "%sprefix must be + and digits, such as \"+32\", or absent for every number, is %q", label, prefix)
	}
}

// logged is how many instants of sends are kept for each number; a limit beyond it could not be exact.
const logged = 25

func (r *reader) limits(l Limits) {
	for _, rate := range l.SendsPerNumber {
		if rate.N < 1 || rate.N > logged {
			r.problem("limits.sends_per_number",
				"limits.sends_per_number must have rates of 1…%d sends, has %q; an empty list switches the limit off", logged, rate)
		}
		if rate.Per > 24*time.Hour { // the log forgets what is older
			r.problem("limits.sends_per_number", "limits.sends_per_number must have windows of at most 24h, has %q", rate)
		}
	}
	if len(l.SendGaps) > logged {
		r.problem("limits.send_gaps", "limits.send_gaps must have at most %d durations, has %d", logged, len(l.SendGaps))
	}
	for _, gap := range l.SendGaps {
		if gap <= 0 || gap > 24*time.Hour {
			r.problem("limits.send_gaps", "limits.send_gaps must be more than 0 and at most 24h, has %v; an empty list switches the limit off", gap)
		}
	}
	if l.RequestsPerKey.N > 1_000_000 {
		r.problem("limits.requests_per_key", "limits.requests_per_key must be at most 1000000 requests, is %q; an empty string switches the limit off", l.RequestsPerKey)
	}
	if l.Scheduled < 0 || l.Scheduled > 100_000_000 {
		r.problem("limits.scheduled", "limits.scheduled must be 0…100000000 messages, is %d; 0 switches the limit off", l.Scheduled)
	}
	if l.SendWait < 100*time.Millisecond || l.SendWait > 15*time.Second {
		r.problem("limits.send_wait", "limits.send_wait must be 100ms…15s, is %v", l.SendWait)
	}
}

func numeric(s string) bool { return strings.Trim(s, "+0123456789") == "" }

func hostPort(s string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return host, err == nil
}

// webAddress reports whether s is an http or https URL with a host and without a user.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
