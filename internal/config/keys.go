package config

import "github.com/syssecure/syssecure/internal/route"

// key is one key of a table: its name in the file, where its value goes, and, for a carrier, the kinds that have it.
type key struct {
	name  string
	to    any
	kinds []string // nil = every kind
}

func (c *Config) keys() []key {
	return []key{
		{"listen", &c.Listen, nil},
		{"data", &c.Data, nil},
		{"database", &c.Database, nil},
		{"public_url", &c.PublicURL, nil},
		{"trusted_proxies", &c.TrustedProxies, nil},
		{"master_key_file", &c.MasterKeyFile, nil},
	}
}

func (t *TLS) keys() []key {
	return []key{
		{"cert_file", &t.CertFile, nil},
		{"key_file", &t.KeyFile, nil},
		{"acme_domains", &t.ACMEDomains, nil},
		{"acme_email", &t.ACMEEmail, nil},
	}
}

func (w *Webhooks) keys() []key { return []key{{"allow_cidrs", &w.AllowCIDRs, nil}} }

func (r *Retention) keys() []key { return []key{{"messages", &r.Messages, nil}} }

func (l *Limits) keys() []key {
	return []key{
		{"sends_per_number", &l.SendsPerNumber, nil},
		{"send_gaps", &l.SendGaps, nil},
		{"requests_per_key", &l.RequestsPerKey, nil},
		{"send_wait", &l.SendWait, nil},
		{"scheduled", &l.Scheduled, nil},
		{"client_ip", &l.ClientIP, nil},
		{"client_ip_countries", &l.ClientIPCountries, nil},
	}
}

func routeKeys(r *route.Rule) []key {
	return []key{{"channel", &r.Channel, nil}, {"prefix", &r.Prefix, nil}, {"carriers", &r.Carriers, nil}}
}

func priceKeys(p *route.Price) []key {
	return []key{{"channel", &p.Channel, nil}, {"prefix", &p.Prefix, nil}, {"credits", &p.Credits, nil}}
}

func (c *Carrier) keys() []key {
	smpp, http := []string{"smpp"}, []string{"http"}
	return []key{
		{"name", &c.Name, nil},
		{"kind", &c.Kind, nil},
		{"from", &c.From, nil},
		{"receipts", &c.Receipts, nil},
		{"rate", &c.Rate, nil},
		{"max_in_flight", &c.MaxInFlight, nil},
		{"answer_timeout", &c.AnswerTimeout, nil},
		{"country", &c.Country, nil},
		{"addr", &c.Addr, smpp},
		{"tls", &c.TLS, smpp},
		{"system_id", &c.SystemID, smpp},
		{"password", &c.Password, smpp},
		{"system_type", &c.SystemType, smpp},
		{"bind", &c.Bind, smpp},
		{"window", &c.Window, smpp},
		{"connections", &c.Connections, smpp},
		{"source_ton", &c.SourceTON, smpp},
		{"source_npi", &c.SourceNPI, smpp},
		{"dest_ton", &c.DestTON, smpp},
		{"dest_npi", &c.DestNPI, smpp},
		{"service_type", &c.ServiceType, smpp},
		{"address_range", &c.AddressRange, smpp},
		{"charset", &c.Charset, smpp},
		{"validity", &c.Validity, smpp},
		{"enquire_link", &c.EnquireLink, smpp},
		{"receipt_id", &c.ReceiptID, smpp},
		{"long", &c.Long, smpp},
		{"channel", &c.Channel, http},
		{"url", &c.URL, http},
		{"token", &c.Token, http},
	}
}

// section is one table of the file with its keys.
type section struct {
	name string
	keys []key
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

// lists are the arrays of tables. From the environment they come whole, as JSON.
var lists = []string{"carrier", "route", "price", "limit", "test_number"}

// built are the kinds that this version has; planned are those that are to come, and are no spelling mistakes.
var (
	built   = []string{"smpp", "http"}
	planned = []string{"twilio", "vonage", "infobip", "telnyx", "whatsapp", "telegram-gateway", "sip", "twilio-voice"}
)
