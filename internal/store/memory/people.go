package memory

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Users(after id.User, limit int) (out []store.User, err error) {
	err = each(r.b, store.TableUser, func(u store.User) {
		if bytes.Compare(u.ID[:], after[:]) > 0 {
			out = append(out, u)
		}
	})
	slices.SortFunc(out, func(a, b store.User) int { return bytes.Compare(a.ID[:], b.ID[:]) })

	return first(out, limit), err
}

func (r reader) Members(account id.Account, after id.User, limit int) (out []store.Member, err error) {
	err = each(r.b, store.TableMember, func(m store.Member) {
		if m.Account == account && bytes.Compare(m.User[:], after[:]) > 0 {
			out = append(out, m)
		}
	})
	slices.SortFunc(out, func(a, b store.Member) int { return bytes.Compare(a.User[:], b.User[:]) })

	return first(out, limit), err
}

func (r reader) Sessions(user id.User, limit int) (out []store.Session, err error) {
	err = each(r.b, store.TableSession, func(s store.Session) {
		if s.User == user {
			out = append(out, s)
		}
	})
	slices.SortFunc(out, func(a, b store.Session) int {
		return cmp.Or(b.EndsAt.Compare(a.EndsAt), bytes.Compare(b.ID[:], a.ID[:]))
	})

	return store.NewestSessions(first(out, limit)), err
}

func (r reader) Links(account id.Account, limit int) (out []store.Link, err error) {
	err = each(r.b, store.TableLink, func(l store.Link) {
		if l.Account == account {
			out = append(out, l)
		}
	})
	slices.SortFunc(out, func(a, b store.Link) int {
		return cmp.Or(b.EndsAt.Compare(a.EndsAt), bytes.Compare(b.ID[:], a.ID[:]))
	})

	return first(out, limit), err
}

func (r reader) Keys(account id.Account, after string, limit int) (out []store.APIKey, err error) {
	err = each(r.b, store.TableAPIKey, func(k store.APIKey) {
		if k.API.Account == account && k.API.ID > after {
			out = append(out, k)
		}
	})
	slices.SortFunc(out, func(a, b store.APIKey) int { return strings.Compare(a.API.ID, b.API.ID) })

	return first(out, limit), err
}

func (r reader) Audits(account id.Account, before id.Audit, limit int) (out []store.Audit, err error) {
	below := store.Below(before)
	err = each(r.b, store.TableAudit, func(a store.Audit) {
		if a.Account == account && bytes.Compare(a.ID[:], below[:]) < 0 {
			out = append(out, a)
		}
	})
	slices.SortFunc(out, func(a, b store.Audit) int { return bytes.Compare(b.ID[:], a.ID[:]) })

	return first(out, limit), err
}

func (r reader) RequestBatches(
	account id.Account, mode id.Mode, before id.Request, limit int,
) (out []store.RequestBatch, err error) {
	below := store.Below(before)
	err = each(r.b, store.TableRequest, func(b store.RequestBatch) {
		if b.Account == account && b.Mode == mode && bytes.Compare(b.ID[:], below[:]) < 0 {
			out = append(out, b)
		}
	})
	slices.SortFunc(out, func(a, b store.RequestBatch) int { return bytes.Compare(b.ID[:], a.ID[:]) })

	return first(out, limit), err
}
