package sqlite

import (
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Users(after id.User, limit int) ([]store.User, error) {
	return records[store.User](r, store.TableUser, "WHERE id > ?1 ORDER BY id LIMIT ?2", after[:], rowLimit(limit))
}

func (r reader) Members(account id.Account, after id.User, limit int) ([]store.Member, error) {
	return records[store.Member](r, store.TableMember,
		"WHERE account = ?1 AND person > ?2 ORDER BY person LIMIT ?3", account[:], after[:], rowLimit(limit))
}

func (r reader) Sessions(user id.User, limit int) ([]store.Session, error) {
	list, err := records[store.Session](r, store.TableSession,
		"WHERE person = ?1 ORDER BY ends_at DESC, id DESC LIMIT ?2", user[:], rowLimit(limit))
	return store.NewestSessions(list), err
}

func (r reader) Links(account id.Account, limit int) ([]store.Link, error) {
	return records[store.Link](r, store.TableLink,
		"WHERE account = ?1 ORDER BY ends_at DESC, id DESC LIMIT ?2", account[:], rowLimit(limit))
}

func (r reader) Keys(account id.Account, after string, limit int) ([]store.APIKey, error) {
	return records[store.APIKey](r, store.TableAPIKey,
		"WHERE account = ?1 AND id > ?2 ORDER BY id LIMIT ?3", account[:], after, rowLimit(limit))
}

func (r reader) Audits(account id.Account, before id.Audit, limit int) ([]store.Audit, error) {
	below := store.Below(before)
	return records[store.Audit](r, store.TableAudit,
		"WHERE account = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3", account[:], below[:], rowLimit(limit))
}

func (r reader) RequestBatches(
	account id.Account, mode id.Mode, before id.Request, limit int,
) ([]store.RequestBatch, error) {
	below := store.Below(before)
	return records[store.RequestBatch](r, store.TableRequest,
		"WHERE account = ?1 AND mode = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4",
		account[:], int64(mode), below[:], rowLimit(limit))
}
