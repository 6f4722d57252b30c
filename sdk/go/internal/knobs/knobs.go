// Package knobs replaces what a client takes from its surroundings. It is for this module's own tests, its fake server
// and the driver of the conformance suite.
package knobs

import (
	"context"
	"net/http"
	"time"
)

// Knobs are the parts to replace. A part that is nil stays as it is.
type Knobs struct {
	// Now is the clock by which an HTTP date in Retry-After is read.
	Now func() time.Time
	// Sleep waits between two attempts. It returns the context's error when that ends first.
	Sleep func(ctx context.Context, d time.Duration) error
	// Random returns a number from 0 up to 1, by which waits are spread.
	Random func() float64
	// Transport wraps the transport that sends the requests.
	Transport func(http.RoundTripper) http.RoundTripper
}
