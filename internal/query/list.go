package query

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// How much is read for one page. Some filters have no index, and a page that had to read a million rows would hold up
// other requests; so a page ends early, and says where the next begins.
const (
	scanRows = 1000 // rows whose columns are compared
	readRows = 150  // rows that are read whole
	readSome = 50   // rows read whole at a time
)

// scanPage reads rows until limit of them match, or the bounds above are reached. mustRead says that a row has to be
// read whole to know whether it matches. next is where the next page begins, zero after the last.
func scanPage[R store.Record](q store.ListQuery, limit int, mustRead bool,
	read func(store.ListQuery, *store.Page) ([]R, error), matches func(R) (bool, error)) (out []R, next [16]byte,
	err error,
) {
	p := &store.Page{Scan: scanRows}
	for left := readRows; ; left -= readSome {
		if p.Limit = limit - len(out); mustRead {
			p.Limit = readSome
		}
		p.Next = [16]byte{}
		rows, err := read(q, p)
		if err != nil {
			return nil, next, err
		}

		for i, r := range rows {
			ok, err := matches(r)
			if err != nil {
				return nil, next, err
			}
			if !ok {
				continue
			}
			if out = append(out, r); len(out) == limit && i+1 < len(rows) {
				return out, [16]byte([]byte(r.Key().ID)), nil
			}
		}
		if p.Next == ([16]byte{}) || len(out) == limit || left <= readSome || p.Scan == 0 {
			return out, p.Next, nil
		}
		q.Before = p.Next
	}
}

// Matches reports whether a row was created in the filter's time and has its metadata.
func (f Filter) Matches(created time.Time, metadata []byte) bool {
	if created.Before(f.From) || !f.Before.IsZero() && !created.Before(f.Before) {
		return false
	}
	if len(f.Metadata) == 0 {
		return true
	}
	if bytes.IndexByte(metadata, '\\') < 0 { // without escapes, every string appears in it literally
		for key, value := range f.Metadata {
			if !bytes.Contains(metadata, []byte(key)) || !bytes.Contains(metadata, []byte(value)) {
				return false
			}
		}
	}

	var has map[string]json.RawMessage
	if json.Unmarshal(metadata, &has) != nil {
		return false
	}

	for key, value := range f.Metadata {
		raw, ok := has[key]
		var s string
		if !ok || string(raw) != value && (json.Unmarshal(raw, &s) != nil || s != value) || string(raw) == "null" &&
			value == "" {
			return false
		}
	}

	return true
}

// finalStatuses are the statuses that an OTP's row alone decides.
var finalStatuses = map[string]otp.Status{"verified": otp.Verified, "canceled": otp.Canceled, "failed": otp.Failed}

// ListOTPs is ListMessages for verifications.
func (q *Query) ListOTPs(ctx context.Context, c account.Caller, f Filter, below [16]byte,
	limit int,
) (out []OTP, next [16]byte, err error) {
	want := f.query(c, below)
	if f.To != "" {
		want.Contact = q.Contact(c.Mode, f.To)
	}

	switch f.Status {
	case "", "expired":
	case "verified", "canceled", "failed":
		want.State = uint8(finalStatuses[f.Status])
	default:
		want.State = uint8(otp.Open)
	}

	mustRead := f.mustRead(c) || f.Channel != 0 || f.Template != "" || f.Status != "" && finalStatuses[f.Status] == 0
	err = q.store.View(ctx, func(v store.Reader) error {
		account, err := v.Load(store.AccountKey(c.Account))
		if err != nil {
			return err
		}

		_, next, err = scanPage(want, limit, mustRead, v.OTPs, func(row store.OTP) (bool, error) {
			if !f.Matches(row.CreatedAt, row.Metadata) || f.Template != "" && row.Template != f.Template {
				return false, nil
			}
			if ok, err := q.inCountry(f, row); !ok {
				return false, err
			}
			o, err := q.withMessages(v.Load, account, row)
			if err != nil || !f.matchesOTP(o) {
				return false, err
			}
			out = append(out, o)

			return true, nil
		})

		return err
	})

	return out, next, err
}

func (f Filter) matchesOTP(o OTP) bool {
	return (f.Status == "" || o.State() == f.Status) && (f.Channel == message.Channel(0) || o.Channel() == f.Channel) &&
		f.matchesCarrier(o.Carrier())
}

// inCountry reports whether a verification is to the filter's country, before its messages are read, which takes
// longer.
func (q *Query) inCountry(f Filter, row store.OTP) (bool, error) {
	if f.Country == "" {
		return true, nil
	}
	to, err := q.Number(row.Key(), row.Number)
	return err == nil && f.matchesCountry(to), err
}

// matchesCarrier compares the carrier that a row shows.
func (f Filter) matchesCarrier(carrier string) bool { return f.Carrier == "" || carrier == f.Carrier }

// matchesCountry compares the country of a number, as lists show it and reports count it.
func (f Filter) matchesCountry(to phone.Number) bool {
	return f.Country == "" || phone.Locate(to).Country == f.Country
}
