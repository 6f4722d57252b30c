package janitor

import (
	"context"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// RotateDays has a database that keeps days apart make room for those to come, and remove those that are over.
func (j *Janitor) RotateDays(ctx context.Context) error {
	return j.Store.RotateDays(ctx, j.Now(), store.Keep{Messages: j.KeepMessages, Events: webhook.Keep})
}
