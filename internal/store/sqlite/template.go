package sqlite

import (
	"bytes"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]store.Template, error) {
	if before.IsZero() {
		before = id.Template(bytes.Repeat([]byte{0xFF}, len(before)))
	}
	return records[store.Template](r, store.TableTemplate,
		"WHERE account = ?1 AND mode = ?3 AND id < ?2 AND deleted_at IS NULL ORDER BY id DESC LIMIT ?4",
		account[:], before[:], int64(mode), int64(limit))
}
