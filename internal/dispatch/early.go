package dispatch

import (
	"context"

	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
)

// SameID reports whether any two ids of a receipt and of an answer may be those of one message.
func SameID(receipt, answer []string) bool {
	for _, a := range receipt {
		for _, b := range answer {
			if a != "" && foldID(a) == foldID(b) {
				return true
			}
		}
	}

	return false
}

// EarlyReceipt finds a receipt that a server has stored for a carrier's id although no message has it, with the carrier's
// code. It is for a message that was sent without a server.
func EarlyReceipt(ctx context.Context, s *store.Store, carrierName, id string) (
	kind message.InputKind, code string, found bool, err error,
) {
	k := refKey(carrierName, id)
	rows, err := s.Find(ctx, k)
	if err != nil {
		return 0, "", false, err
	}

	row, _ := store.Get[store.Ref](rows, k)
	early, found := chooseEarlyReceipt(row.Entries, id)

	return early.Kind, early.Code, found, nil
}
