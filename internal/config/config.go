// Package config reads the operator's configuration, syssecure.toml and the SYSSECURE_ variables, into one struct and
// checks it as a whole.
//
// Each key is described once: keys of the server in keys.go, keys of a carrier by its kind. Reading the file and the
// environment, reporting unknown keys and suggesting names follow from the descriptions. Reading continues after a
// mistake, so that all problems are reported in one run. The only files that it opens are the configuration and the
// secrets that are given as "…_file".
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/secret"
)

// DefaultFile is read when no other file is named, if it exists.
const DefaultFile = "syssecure.toml"

// Config is the whole configuration, with defaults filled in. Relative paths are relative to the working directory.
type Config struct {
	// Listen is host:port of the API, the dashboard and the callbacks.
	Listen string
	// Data is the folder of the database and, by default, of the master key.
	Data string
	// Database is empty for SQLite in Data, or a postgres:// URL, which holds a password.
	Database secret.String
	// PublicURL is what carriers and links use, without a slash at its end; empty when there is none.
	PublicURL string
	// TrustedProxies may name the client's address, and may use plain HTTP.
	TrustedProxies []netip.Prefix
	// MasterKeyFile holds 32 bytes in base64; by default master.key in Data.
	MasterKeyFile string
	TLS           TLS
	Webhooks      Webhooks
	Retention     Retention
	Carriers      []Carrier
	// Routes are in the order of the file: the first match wins. Without routes, every carrier of a channel is tried.
	Routes []route.Rule
	// Prices are credits by channel and longest prefix. A message without a price is free.
	Prices []route.Price
	// Costs are what the operator pays carriers, in credits, by channel, carrier and longest prefix.
	Costs   []route.Cost
	Numbers Numbers
	// TestNumbers get no messages from live keys; their codes are the operator's.
	TestNumbers []TestNumber
	Limits      Limits
	// Keyed are the operator's own limits, see KeyedLimits.
	Keyed []guard.Keyed
	// Warnings are about what is allowed, but may not be what was meant.
	Warnings Problems

	// Sources says where keys were written, for Problem.
	Sources Sources
}

// Sources says where keys were written.
type Sources struct {
	file   string
	lines  map[string]int    // of paths in the file
	origin map[string]string // the variable that gave a path
}

// Problem makes a problem of a key by its path, such as "tls.cert_file" or "carrier[0].password".
func (c *Config) Problem(path, format string, args ...any) Problem {
	return c.Sources.problem(path, fmt.Sprintf(format, args...))
}

// TLS is either a certificate with its key, or names that ACME gets certificates for. The zero value is plain HTTP.
type TLS struct {
	CertFile, KeyFile string
	ACMEDomains       []string
	ACMEEmail         string
}

// Enabled reports whether the server speaks TLS itself.
func (t TLS) Enabled() bool { return t.CertFile != "" || len(t.ACMEDomains) > 0 }

// Webhooks says what webhooks may reach.
type Webhooks struct {
	// AllowCIDRs are ranges that are reached although they are not public.
	AllowCIDRs []netip.Prefix
}

// Retention says how long rows are kept.
type Retention struct {
	// Messages is for codes and messages, with their numbers and texts.
	Messages time.Duration
	// Audit is for the audit log, Requests for the request log.
	Audit, Requests time.Duration
}

// Limits are the limits of every account. An empty list, or the zero Rate, switches a limit off.
type Limits struct {
	SendsPerNumber []guard.Rate
	SendGaps       []time.Duration
	RequestsPerKey guard.Rate
	// ClientIP limits the OTPs of one client_ip, ClientIPCountries the countries that it sends to.
	ClientIP, ClientIPCountries []guard.Rate
	// SendWait is how long a request waits for a carrier before it answers "pending".
	SendWait time.Duration
	// Scheduled is how many messages of an account and mode may wait for their time; 0 = no limit.
	Scheduled int
}

// Load reads the file and then env ("KEY=value", as os.Environ returns it), which wins. An empty path means
// DefaultFile, which may be missing; a file that is named must exist. When the content is wrong, the error is a
// Problems. kinds are all kinds of carriers.
func Load(path string, env []string, kinds map[string]carrier.Factory) (*Config, error) {
	file := path
	if file == "" {
		file = DefaultFile
	}

	data, err := os.ReadFile(file)
	if err != nil && (path != "" || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}

	return parse(file, data, env, kinds)
}

func parse(file string, data []byte, env []string, kinds map[string]carrier.Factory) (*Config, error) {
	r := reader{Sources: Sources{file: file, origin: map[string]string{}}, kinds: kinds}
	tree := r.decode(data)
	if tree == nil {
		return nil, r.problems
	}

	r.overlay(tree, env)
	c := defaults()
	c.Sources = r.Sources
	r.config(c, tree)
	r.check(c)
	if len(r.problems) > 0 {
		r.problems.Sort()
		return nil, r.problems
	}

	r.warnings.Sort()
	c.Warnings = r.warnings
	if c.MasterKeyFile == "" {
		c.MasterKeyFile = filepath.Join(c.Data, "master.key")
	}

	return c, nil
}

const day = 24 * time.Hour

func defaults() *Config {
	return &Config{
		Listen:    "127.0.0.1:8080",
		Data:      "./data",
		Retention: Retention{Messages: 90 * day, Audit: 400 * day, Requests: 7 * day},
		Limits: Limits{
			SendsPerNumber: []guard.Rate{
				{N: 5, Per: 10 * time.Minute}, {N: 10, Per: time.Hour}, {N: 20, Per: 24 * time.Hour},
			},
			SendGaps:          []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute},
			RequestsPerKey:    guard.Rate{N: 100, Per: time.Second},
			ClientIP:          []guard.Rate{{N: 10, Per: time.Hour}},
			ClientIPCountries: []guard.Rate{{N: 3, Per: 24 * time.Hour}},
			SendWait:          5 * time.Second,
			Scheduled:         bound.Scheduled,
		},
	}
}
