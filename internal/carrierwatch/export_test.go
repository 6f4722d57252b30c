package carrierwatch

import "context"

// Adopt goes on with what nodes that are gone said of their carriers.
func (w *Watch) Adopt(ctx context.Context) { w.adopt(ctx) }
