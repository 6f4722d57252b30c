package app

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/egress"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/store/postgres"
)

func (a *App) newHooks(epoch int64, client *egress.Client) *hooks.Hooks {
	return hooks.New(hooks.Config{
		Store: a.Base.Store, Keys: a.Base.Keys, Epoch: epoch, Nodes: a.nodes, Now: a.Base.Now, Rand: random, Log: a.log,
		Post: client.Post, CheckURL: client.CheckURL, Posts: shareFiles(openFiles()).Posts,
	})
}

// random is a number in [0, 1).
func random() float64 {
	var b [8]byte
	rand.Read(b[:])
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53)
}

// newWebhookClient makes the client for customers' addresses. It never connects to our own sockets and the database's,
// not even when the operator allows their range: a webhook to the API would be trusted as this machine is.
func newWebhookClient(c *config.Config, d install.Database, own ...net.Addr) *egress.Client {
	files := shareFiles(openFiles())
	o := egress.Options{Allow: c.Webhooks.AllowCIDRs, Posts: files.Posts, Idle: files.IdlePosts}
	if p, ok := d.(*postgres.Backend); ok {
		o.Database = p.Addresses
	}

	for _, a := range own {
		if at, err := netip.ParseAddrPort(a.String()); err == nil {
			o.Deny = append(o.Deny, at)
		}
	}

	return egress.NewClient(o)
}
