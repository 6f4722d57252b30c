package carrierwatch

import "context"

// TakeOver continues with what nodes that are gone stored about their carriers.
func (w *Watch) TakeOver(ctx context.Context) { w.takeOver(ctx) }
