package config

import (
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/setting"
)

func (c *Config) keys() []setting.Key {
	return []setting.Key{
		{
			Name: "listen", To: &c.Listen, Doc: "host:port of the API and of callbacks",
			More: "Any address other than loopback needs `[tls]` or `trusted_proxies`.",
		},
		{
			Name: "data", To: &c.Data, Doc: "the folder of the embedded database and of the master key",
			More: "Each server needs its own. A relative path is relative to the working directory.",
		},
		{
			Name: "database", To: &c.Database, Doc: "postgres://user:password@host/db to run on PostgreSQL instead",
			More: "See [several nodes](guides/nodes.md).",
		},
		{
			Name: "public_url", To: &c.PublicURL, Doc: "such as https://otp.example.com: what providers call, and links use",
			More: "Without it, receipts of providers with callbacks do not come, and errors have no `doc_url`.",
		},
		{
			Name: "trusted_proxies", To: &c.TrustedProxies, Doc: "such as 10.0.0.5: proxies that may name the client's address",
			More: "They may use plain HTTP. Addresses, or ranges such as `10.0.0.0/24`.",
		},
		{
			Name: "master_key_file", To: &c.MasterKeyFile, Doc: "32 bytes in base64, mode 0600; all nodes need the same",
			Default: "`master.key` in `data`",
			More:    "It cannot be replaced, see [keys and secrets](guides/keys.md).",
		},
	}
}

func (t *TLS) keys() []setting.Key {
	return []setting.Key{
		{
			Name: "cert_file", To: &t.CertFile, Example: `"/etc/syssecure/cert.pem"`, Doc: "the certificate with its chain, in PEM",
			More: "SIGHUP reads it and `key_file` again.",
		},
		{Name: "key_file", To: &t.KeyFile, Example: `"/etc/syssecure/key.pem"`, Doc: "its private key"},
		{
			Name: "acme_domains", To: &t.ACMEDomains, Example: `["otp.example.com"]`, Doc: "names to get certificates for by ACME",
			More: "The server must be reached on port 443 under these names. Not together with `cert_file`.",
		},
		{Name: "acme_email", To: &t.ACMEEmail, Example: `"ops@example.com"`, Doc: "where the authority writes to"},
	}
}

func (w *Webhooks) keys() []setting.Key {
	return []setting.Key{{
		Name: "allow_cidrs", To: &w.AllowCIDRs, Doc: "such as 10.1.0.0/16: private ranges that webhooks may reach",
		More: "Plain HTTP is allowed to these, too. This server, its database and the metadata addresses of clouds are never reached.",
	}}
}

func (r *Retention) keys() []setting.Key {
	return []setting.Key{{
		Name: "messages", To: &r.Messages, Doc: "how long codes and messages are kept: 32d…1100d",
		More: "Credits and statistics stay.",
	}, {
		Name: "audit", To: &r.Audit, Doc: "how long the audit log is kept, which says who changed what: 30d…3650d",
	}, {
		Name: "requests", To: &r.Requests, Doc: "how long the log of requests to the API is kept: 1d…90d",
	}}
}

func (l *Limits) keys() []setting.Key {
	return []setting.Key{
		{
			Name: "sends_per_number", To: &l.SendsPerNumber, Doc: "codes to a number, over all templates and purposes",
			More: "At most 25 in one rate.",
		},
		{
			Name: "send_gaps", To: &l.SendGaps, Doc: "pauses after the first code to a number, the second, and so on",
			More: "The last one applies to all later ones.",
		},
		{Name: "requests_per_key", To: &l.RequestsPerKey, Doc: "requests of an API key, on all nodes together"},
		{
			Name: "send_wait", To: &l.SendWait, Doc: "how long a request waits for a carrier before it answers pending",
		},
		{
			Name: "scheduled", To: &l.Scheduled, Doc: "scheduled messages of an account; 0 = no limit",
			More: "Live and sandbox count separately.",
		},
		{Name: "client_ip", To: &l.ClientIP, Doc: "codes for each client_ip that a request names"},
		{Name: "client_ip_countries", To: &l.ClientIPCountries, Doc: "countries that a client_ip sends to"},
	}
}

func routeKeys(r *route.Rule) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &r.Channel, Required: true, Example: `"sms"`, Doc: channelDoc},
		{Name: "prefix", To: &r.Prefix, Usual: true, Example: `"+32"`, Doc: "without it: every number"},
		{
			Name: "carriers", To: &r.Carriers, Required: true, Example: `["smsc-1", "any-http"]`,
			Doc: "names of carriers of this channel, best first",
		},
		{
			Name: "strategy", To: &r.Strategy, Options: route.Strategies(), Doc: "how they are chosen",
			More: "`verified_rate` sends most messages over the carrier whose codes are verified.",
		},
	}
}

const (
	channelDoc = "whatsapp, sms, telegram or voice"
	creditsDoc = "for each segment, message or call"
)

func priceKeys(p *route.Price) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &p.Channel, Required: true, Example: `"sms"`, Doc: channelDoc},
		{Name: "prefix", To: &p.Prefix, Usual: true, Example: `"+32"`, Doc: "without it: every number"},
		{Name: "credits", To: &p.Credits, Required: true, Example: "8", Doc: creditsDoc},
	}
}

func costKeys(c *route.Cost) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &c.Channel, Required: true, Example: `"sms"`, Doc: channelDoc},
		{Name: "prefix", To: &c.Prefix, Usual: true, Example: `"+32"`, Doc: "the longest prefix counts, as for prices"},
		{
			Name: "carrier", To: &c.Carrier, Usual: true, Example: `"smsc-1"`,
			Doc: "without it: every carrier whose own costs do not have the number",
		},
		{Name: "credits", To: &c.Credits, Required: true, Example: "5", Doc: creditsDoc},
	}
}

// section is one table of the file with its keys. doc and more are for the example and the documentation.
type section struct {
	name, doc, more string
	keys            []setting.Key
}

func (c *Config) sections() []section {
	return []section{
		{"tls", "certificate files, or ACME", "See [TLS](operator.md#tls).", c.TLS.keys()},
		{"webhooks", "where webhooks may go", "See [webhooks](operator.md#webhooks).", c.Webhooks.keys()},
		{
			"retention", "what is kept, and for how long",
			"See [the operator's guide](operator.md#what-is-kept-and-for-how-long).", c.Retention.keys(),
		},
		{
			"limits", "an empty list or string switches a limit off",
			"A limit is written as `\"5/10m\"`: at most 5 in any 10 minutes. See [limits](operator.md#limits).", c.Limits.keys(),
		},
		{"numbers", "exceptions to the numbering plans", "See [numbers](operator.md#numbers).", c.Numbers.keys()},
	}
}

// lists are the arrays of tables. A variable replaces a whole list, as JSON.
var lists = []string{"carrier", "route", "price", "cost", "limit", "test_number"}
