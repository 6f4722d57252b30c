package app

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/cluster"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/store/postgres"
	"github.com/syssecure/syssecure/internal/version"
)

// instance reads the state of the installation, as the API shows it.
func (a *App) instance(started time.Time, epoch int64) func(context.Context) (admin.Instance, error) {
	return func(ctx context.Context) (out admin.Instance, err error) {
		now := a.Base.Now()
		out = admin.Instance{Version: version.Number, Database: "sqlite", StartedAt: started}
		err = a.Base.Store.View(ctx, func(v store.Reader) (err error) {
			out.Accounts, err = v.Size(store.TableAccount)
			return err
		})
		if err != nil {
			return out, err
		}

		var disk unix.Statfs_t
		if unix.Statfs(a.Base.Config.Data, &disk) == nil {
			free := int64(disk.Bavail) * int64(disk.Bsize) //nolint:unconvert // the types differ between systems
			out.DiskFree = &free
		}

		p, remote := a.Base.Backend.(*postgres.Backend)
		if !remote {
			node := admin.InstanceNode{ID: epoch, State: "alive", Version: version.Number, SeenAt: now}
			out.Nodes = []admin.InstanceNode{node}
			return out, nil
		}

		out.Database = "postgres"
		nodes, err := p.Nodes(ctx)
		for _, n := range nodes {
			if !n.Ended.IsZero() {
				continue
			}
			node := admin.InstanceNode{
				ID: n.Epoch, Name: n.Name, State: "alive", Version: n.Version, SeenAt: now.Add(-n.Silent),
			}
			if n.Silent > cluster.SubmitFor {
				node.State = "silent"
			}
			out.Nodes = append(out.Nodes, node)
		}

		return out, err
	}
}
