package memory

import (
	"bytes"
	"slices"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func (r reader) Inbound(q store.ListQuery, p *store.Page) ([]store.Inbound, error) {
	var all []store.Inbound
	err := each(r.b, store.TableInbound, func(i store.Inbound) {
		indexed := i.Mode == q.Mode
		if q.Contact != (store.ContactID{}) {
			indexed = i.Contact == q.Contact
		}
		if i.Account == q.Account && indexed && between(q, i.ID) {
			all = append(all, i)
		}
	})

	return page(all, p, func(i store.Inbound) ([16]byte, bool) { return i.ID, q.Wants(i.Mode, i.Contact, q.State) }), err
}

func (r reader) InboundBeyond(account id.Account, mode id.Mode, keep, limit int) (out []store.Key, err error) {
	var all []store.Inbound
	err = each(r.b, store.TableInbound, func(i store.Inbound) {
		if i.Account == account && i.Mode == mode {
			all = append(all, i)
		}
	})

	slices.SortFunc(all, func(a, b store.Inbound) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	for _, i := range first(all[min(keep, len(all)):], limit) {
		out = append(out, i.Key())
	}

	return out, err
}
