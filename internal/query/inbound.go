package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Inbound is a text from a phone as the account that it belongs to sees it.
type Inbound struct {
	store.Inbound
	From phone.Number
	Text string
}

// InboundFilter narrows the list of texts from phones. Zero fields do not.
type InboundFilter struct {
	From phone.Number // any number of the subscriber
	To   string       // as it is shown
	// Since is the earliest time of receipt, Before is above the last.
	Since, Before time.Time
}

// maxInboundPage bounds the texts of a page, in octets: a page with more ends early.
const maxInboundPage = 700_000

// ListInbound lists the texts that fit, newest first, below the given id. next is where the rest begins, zero when there is
// none; a page may be short although a rest is left, see gather.
func (q *Query) ListInbound(ctx context.Context, c account.Caller, f InboundFilter, below [16]byte, limit int) (out []Inbound, next [16]byte, err error) {
	times := Filter{From: f.Since, Before: f.Before}
	want := times.query(c, below)
	if f.From != "" {
		want.Contact = q.Contact(c.Mode, f.From)
	}

	err = q.store.View(ctx, func(v store.Reader) (err error) {
		var rows []store.Inbound
		rows, next, err = gather(want, limit, f.To != "" || times.sifts(c), v.Inbound, func(i store.Inbound) (bool, error) {
			return f.fits(i), nil
		})

		for n, row := range rows {
			if size := len(row.Body); n > 0 && size > left(out) {
				next = rows[n-1].ID
				return err
			}

			i, err := q.openInbound(row)
			if err != nil {
				return err
			}
			out = append(out, i)
		}

		return err
	})

	return out, next, err
}

// left is how many octets of text a page still takes.
func left(page []Inbound) int {
	n := maxInboundPage
	for _, i := range page {
		n -= len(i.Text)
	}
	return n
}

func (f InboundFilter) fits(i store.Inbound) bool {
	return !i.At.Before(f.Since) && (f.Before.IsZero() || i.At.Before(f.Before)) && (f.To == "" || f.To == i.To)
}

func (q *Query) openInbound(row store.Inbound) (out Inbound, err error) {
	out.Inbound = row
	if out.From, err = q.Number(row.Key(), row.Number); err != nil {
		return out, err
	}
	text, err := q.keys.Open(row.Body, row.Key().Place("body"))
	out.Text = string(text)
	return out, err
}
