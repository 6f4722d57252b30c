package admin

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/store"
)

// maxCredit bounds what is added at once, far below what a balance can be.
const maxCredit = 1_000_000_000_000

// CreditBy adds credits to the caller's account, or takes unspent ones back, as an operator does. A request that comes
// twice with the same key adds them once.
func (a *Admin) CreditBy(ctx context.Context, c account.Caller, credits int64, idem *idempotency.Request,
) (ledger.Balance, *idempotency.Answer, error) {
	if credits == 0 || credits > maxCredit || credits < -maxCredit {
		return ledger.Balance{}, nil, fault.Invalid("credits",
			"credits must be a whole number, not 0, and at most %d", int64(maxCredit))
	}

	now := a.Now()

	return idempotency.Once(ctx, a.Store, c, idem, now, []store.Key{store.AccountKey(c.Account)},
		crediting(ctx, c.Account, credits, now))
}
