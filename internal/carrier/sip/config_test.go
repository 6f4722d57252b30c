package sip

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

func TestConfig_Problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		common carrier.Common
		spoil  func(*Config)
		want   string
	}{
		"nothing":        {common: carrier.Common{From: "+3221234567"}},
		"a user":         {spoil: func(c *Config) { c.Username, c.Password = "u", secret.NewString("p") }},
		"no sender":      {want: "from must be a number"},
		"a name":         {common: carrier.Common{From: "Acme"}, want: "from must be a number"},
		"user and name":  {common: carrier.Common{From: "Acme"}, spoil: func(c *Config) { c.Username, c.Password = "u", secret.NewString("p") }},
		"server":         {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.Server = "sip.example.com" }, want: "server must be host:port"},
		"only a user":    {spoil: func(c *Config) { c.Username = "u" }, want: "username and password go together"},
		"local_addr":     {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.LocalAddr = "eth0" }, want: "local_addr must be"},
		"public_ip":      {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.PublicIP = "example.com" }, want: "public_ip must be"},
		"no range":       {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.RTPPorts = "20000" }, want: "rtp_ports must be"},
		"backwards":      {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.RTPPorts = "20100-20000" }, want: "rtp_ports must be"},
		"too few ports":  {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.MaxCalls = 52 }, want: "51 even ports, and max_calls is 52"},
		"system's ports": {common: carrier.Common{From: "1"}, spoil: func(c *Config) { c.RTPPorts = "80-500" }, want: "rtp_ports must be"},
	} {
		config := Factory.NewSettings().(*Config)
		config.Server = "sip.example.com:5060"
		if c.spoil != nil {
			c.spoil(config)
		}
		var found setting.Findings
		config.Check(&c.common, &found)
		switch err := found.Err(""); {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestConfig_Prompts: recordings that cannot be used stop the start.
func TestConfig_Prompts(t *testing.T) {
	t.Parallel()
	config := Factory.NewSettings().(*Config)
	config.Server = "sip.example.com:5060"
	folder := t.TempDir()
	writeFile(t, folder+"/prompts/en/1.wav", "no WAV")
	common := carrier.Common{Name: "trunk", From: "1", Data: folder}
	if _, err := config.Make(common, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "prompts/en/1.wav") {
		t.Errorf("%v", err)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
