package sqlite

import (
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Templates(account id.Account, mode id.Mode, before id.Template, limit int) ([]store.Template, error) {
	below := store.Below(before)
	return records[store.Template](r, store.TableTemplate,
		"WHERE account = ?1 AND mode = ?3 AND id < ?2 AND deleted_at IS NULL ORDER BY id DESC LIMIT ?4",
		account[:], below[:], int64(mode), rowLimit(limit))
}
