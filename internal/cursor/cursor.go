// Package cursor implements the cursors of lists: the position after which the next page begins, sealed for one list. A
// cursor that is made up, of another account or of other filters is an error; otherwise it would skip rows silently.
package cursor

import (
	"encoding/base64"
	"encoding/binary"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
)

// List identifies the list of a cursor: the account, the kind of list, and the filters.
type List [][]byte

// Seal makes the cursor of a position.
func Seal(keys *secret.Keyring, of List, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(keys.Seal(position, of.location()))
}

// Open returns the position in a cursor of the list; size is the length of the list's positions.
func Open(keys *secret.Keyring, of List, cursor string, size int) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err == nil {
		sealed, err = keys.Open(sealed, of.location())
	}
	if err != nil || len(sealed) != size {
		return nil, fault.Invalid("cursor",
			"cursor must be the next_cursor of this list's previous page, with the same filters "+
				"and a key of the same account and mode")
	}

	return sealed, nil
}

// location writes the length of each part before it, so that no two lists have the same location.
func (l List) location() secret.Location {
	var b []byte
	for _, part := range l {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return secret.Location{Table: "cursor", Row: b}
}
