// Package cursor implements the cursors of lists: a position that the next page begins behind, sealed for the one list
// that it is of. A cursor that was made up, belongs to another account or has other filters does not open, where it would
// skip rows without a word.
package cursor

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
)

// List is which list a cursor is of: whose, which, and with which filters.
type List [][]byte

// Seal makes the cursor of a position.
func Seal(keys *secret.Keyring, of List, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(keys.Seal(position, of.place()))
}

// Open gives the position in a cursor of the list, whose positions have a size.
func Open(keys *secret.Keyring, of List, cursor string, size int) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil {
		sealed, err = keys.Open(sealed, of.place())
	}
	if err != nil || len(sealed) != size {
		return nil, fault.Invalid("cursor",
			"cursor must be the next_cursor of a page of this list with the same filters and a key of the same account and mode")
	}

	return sealed, nil
}

// place has the length of each part before it, so that no two lists are written alike.
func (l List) place() secret.Location {
	var b []byte
	for _, part := range l {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return secret.Location{Table: "cursor", Row: b}
}
