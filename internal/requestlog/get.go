package requestlog

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

const (
	// nearID is how far the time of a line may be from that of its id: a node's clock may have been set meanwhile.
	nearID = time.Minute
	// getPages and getLines bound what is read to find one line.
	getPages = 20
	getLines = 1000
)

// Get reads the line of a request of an account and mode. Lines have no index by their id, but ids have times.
func Get(ctx context.Context, s *store.Store, of id.Account, mode id.Mode, r id.Request) (store.Request, error) {
	at := r.Time()
	f := Filter{From: at.Add(-nearID), Before: at.Add(nearID)}
	var from Position
	for range getPages {
		lines, next, err := List(ctx, s, of, mode, f, from, getLines)
		if err != nil {
			return store.Request{}, err
		}
		for _, line := range lines {
			if line.ID == r {
				return line, nil
			}
		}
		if next == (Position{}) {
			break
		}
		from = next
	}

	return store.Request{}, fault.NoSuch("request in the log")
}
