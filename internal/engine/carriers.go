package engine

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrierwatch"
)

// Carriers are the live states of the carriers of the caller's mode, which must not be changed. They belong to no account.
func (e *Engine) Carriers(ctx context.Context, c account.Caller) ([]carrierwatch.State, error) {
	return e.dispatch.CarrierStates(ctx, c.Mode)
}
