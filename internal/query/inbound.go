package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Inbound is an inbound message as its account sees it.
type Inbound struct {
	store.Inbound
	From phone.Number
	Text string
}

// InboundFilter narrows the list of inbound messages. Zero fields do not.
type InboundFilter struct {
	From phone.Number // any number of the subscriber
	To   string       // as the list shows it
	// Messages received at Since or later, and before Before.
	Since, Before time.Time
}

// maxInboundPage bounds the text in a page, in bytes: a page ends early rather than have more.
const maxInboundPage = 700_000

// ListInbound lists the inbound messages that match, newest first, of those older than the id below. next is where the
// next page begins, zero after the last; a page may be short without being the last, see scanPage.
func (q *Query) ListInbound(ctx context.Context, c account.Caller, f InboundFilter, below [16]byte,
	limit int,
) (out []Inbound, next [16]byte, err error) {
	times := Filter{From: f.Since, Before: f.Before}
	want := times.query(c, below)
	if f.From != "" {
		want.Contact = q.Contact(c.Mode, f.From)
	}

	err = q.store.View(ctx, func(v store.Reader) (err error) {
		var rows []store.Inbound
		rows, next, err = scanPage(want, limit, f.To != "" || times.mustRead(c), v.Inbound,
			func(i store.Inbound) (bool, error) {
				return f.matches(i), nil
			})

		for n, row := range rows {
			if size := len(row.Body); n > 0 && size > textLeft(out) {
				next = rows[n-1].ID
				return err
			}

			i, err := q.unsealInbound(row)
			if err != nil {
				return err
			}
			out = append(out, i)
		}

		return err
	})

	return out, next, err
}

// textLeft is how many more bytes of text a page may have.
func textLeft(page []Inbound) int {
	n := maxInboundPage
	for _, i := range page {
		n -= len(i.Text)
	}
	return n
}

func (f InboundFilter) matches(i store.Inbound) bool {
	return !i.At.Before(f.Since) && (f.Before.IsZero() || i.At.Before(f.Before)) && (f.To == "" || f.To == i.To)
}

func (q *Query) unsealInbound(row store.Inbound) (out Inbound, err error) {
	out.Inbound = row
	if out.From, err = q.Number(row.Key(), row.Number); err != nil {
		return out, err
	}
	text, err := q.keys.Open(row.Body, row.Key().Location("body"))
	out.Text = string(text)
	return out, err
}
