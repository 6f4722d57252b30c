package janitor

import (
	"context"

	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/webhook"
)

// RotateDays creates and removes partitions in a database that has one for each day.
func (j *Janitor) RotateDays(ctx context.Context) error {
	return j.Store.RotateDays(ctx, j.Now(), store.Retention{Messages: j.KeepMessages, Events: webhook.Keep})
}
