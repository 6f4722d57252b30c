package config

import (
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/setting"
)

func (c *Config) keys() []setting.Key {
	return []setting.Key{
		{Name: "listen", To: &c.Listen},
		{Name: "data", To: &c.Data},
		{Name: "database", To: &c.Database},
		{Name: "public_url", To: &c.PublicURL},
		{Name: "trusted_proxies", To: &c.TrustedProxies},
		{Name: "master_key_file", To: &c.MasterKeyFile},
	}
}

func (t *TLS) keys() []setting.Key {
	return []setting.Key{
		{Name: "cert_file", To: &t.CertFile},
		{Name: "key_file", To: &t.KeyFile},
		{Name: "acme_domains", To: &t.ACMEDomains},
		{Name: "acme_email", To: &t.ACMEEmail},
	}
}

func (w *Webhooks) keys() []setting.Key {
	return []setting.Key{{Name: "allow_cidrs", To: &w.AllowCIDRs}}
}

func (r *Retention) keys() []setting.Key { return []setting.Key{{Name: "messages", To: &r.Messages}} }

func (l *Limits) keys() []setting.Key {
	return []setting.Key{
		{Name: "sends_per_number", To: &l.SendsPerNumber},
		{Name: "send_gaps", To: &l.SendGaps},
		{Name: "requests_per_key", To: &l.RequestsPerKey},
		{Name: "send_wait", To: &l.SendWait},
		{Name: "scheduled", To: &l.Scheduled},
		{Name: "client_ip", To: &l.ClientIP},
		{Name: "client_ip_countries", To: &l.ClientIPCountries},
	}
}

func routeKeys(r *route.Rule) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &r.Channel, Required: true},
		{Name: "prefix", To: &r.Prefix},
		{Name: "carriers", To: &r.Carriers, Required: true},
		{Name: "strategy", To: &r.Strategy, Options: route.Strategies()},
	}
}

func priceKeys(p *route.Price) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &p.Channel, Required: true},
		{Name: "prefix", To: &p.Prefix},
		{Name: "credits", To: &p.Credits, Required: true},
	}
}

func costKeys(c *route.Cost) []setting.Key {
	return []setting.Key{
		{Name: "channel", To: &c.Channel, Required: true},
		{Name: "prefix", To: &c.Prefix},
		{Name: "carrier", To: &c.Carrier},
		{Name: "credits", To: &c.Credits, Required: true},
	}
}

// section is one table of the file with its keys.
type section struct {
	name string
	keys []setting.Key
}

func (c *Config) sections() []section {
	return []section{
		{"tls", c.TLS.keys()},
		{"webhooks", c.Webhooks.keys()},
		{"retention", c.Retention.keys()},
		{"limits", c.Limits.keys()},
		{"numbers", c.Numbers.keys()},
	}
}

// lists are the arrays of tables. A variable replaces a whole list, as JSON.
var lists = []string{"carrier", "route", "price", "cost", "limit", "test_number"}
