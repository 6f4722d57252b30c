package ops

import (
	"context"

	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/route"
	"github.com/syssecure/syssecure/internal/verifiedrate"
)

// ExplainRoute makes the plan of a message that a server would make now. It sends nothing, and works beside a server or
// without one. The table is that of a server with the configuration, in the mode of the question.
func ExplainRoute(ctx context.Context, b *install.Base, q engine.RouteQuestion, t route.Table) (engine.RoutePlan, error) {
	f := engine.RouteFacts{
		Table: t, Numbers: b.Config.Numbers.Policy(), TestNumbers: b.Config.CodesOfTestNumbers(),
	}
	var err error
	if q.Mode == id.Live {
		if f.States, _, err = Carriers(ctx, b); err != nil {
			return engine.RoutePlan{}, err
		}
		if f.Lately, err = verifiedrate.Lately(ctx, b.Store, b.Now()); err != nil {
			return engine.RoutePlan{}, err
		}
	}

	return q.Explain(f)
}
