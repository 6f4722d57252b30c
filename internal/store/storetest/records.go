package storetest

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

var recordTests = []test{
	{"records with every field set come back", func(t *testing.T, open Open) {
		r := random(t)
		var want []store.Record
		for range 20 {
			want = append(want, anyRecords(r)...)
		}
		roundTrip(t, open, want)
	}},
	{"empty records come back", func(t *testing.T, open Open) { roundTrip(t, open, emptyRecords()) }},
	{"extreme values come back", func(t *testing.T, open Open) { roundTrip(t, open, extremes()) }},
	{"a record replaces the one before in every field", func(t *testing.T, open Open) {
		s := begin(t, open(t))
		r := random(t)
		before, after := anyRecords(r), anyRecords(r)
		for i := range before {
			after[i] = rekeyed(before[i], after[i])
		}

		put(t, s, before...)
		put(t, s, after...)
		compare(t, s, after)
		empty := emptyRecords()
		for i := range empty {
			empty[i] = rekeyed(before[i], empty[i])
		}
		put(t, s, empty...)
		compare(t, s, empty)
	}},
}

// roundTrip stores the records and compares them, before and after a restart.
func roundTrip(t *testing.T, open Open, want []store.Record) {
	t.Helper()
	s := begin(t, open(t))
	put(t, s, want...)
	compare(t, s, want)
	s = again(t, s, open)
	compare(t, s, want)
}

func compare(t *testing.T, s *store.Store, want []store.Record) {
	t.Helper()
	view(t, s, func(r store.Reader) error {
		for _, w := range want {
			rows, err := r.Load(w.Key())
			if err != nil {
				t.Fatalf("load %#v: %v", w, err)
			}
			same(t, "the record of "+w.Key().Table.String(), rows[w.Key()], w)
		}

		return nil
	})
}

// anyRecords makes one record of each type with every field set at random, so that a new field that the codec omits
// fails a test.
func anyRecords(r *rand.Rand) []store.Record {
	return []store.Record{
		filled[store.Account](r), filled[store.APIKey](r), filled[store.Contact](r), filled[store.OTP](r),
		filled[store.Message](r), filled[store.Idempotency](r), filled[store.Entry](r), filled[store.Inbox](r),
		filled[store.Ref](r), filled[store.Meta](r), filled[store.Quota](r),
		filled[store.Template](r), filled[store.Tally](r), filled[store.TallyDay](r), filled[store.LedgerCheck](r),
		filled[store.Endpoint](r), filled[store.Event](r), filled[store.Delivery](r), filled[store.Counts](r),
		filled[store.Inbound](r), filled[store.User](r), filled[store.Login](r), filled[store.Member](r),
		filled[store.Session](r), filled[store.Link](r), filled[store.Audit](r), filled[store.RequestBatch](r),
	}
}

func filled[R store.Record](r *rand.Rand) store.Record {
	var record R
	fill(r, reflect.ValueOf(&record).Elem())
	return record
}

// fill sets v to a random value that is not zero. Times are whole microseconds and durations whole milliseconds, as
// they are stored. Numbers are never negative, since some columns must not be.
func fill(r *rand.Rand, v reflect.Value) {
	switch v.Interface().(type) {
	case extra.Fields:
		b := protowire.AppendTag(nil, protowire.Number(1000+r.IntN(1000)), protowire.BytesType)
		v.SetString(string(protowire.AppendString(b, text(r))))
		return
	case time.Time:
		v.Set(reflect.ValueOf(start.Add(time.Duration(r.Int64N(1e15)) * time.Microsecond)))
		return
	case time.Duration:
		v.SetInt(1 + r.Int64N(1e9)*int64(time.Millisecond))
		v.SetInt(v.Int() / int64(time.Millisecond) * int64(time.Millisecond))
		return
	}

	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(r.IntN(4))) // many zero bytes
		}
		v.Index(r.IntN(v.Len())).SetUint(1 + r.Uint64N(255))
	case reflect.Slice:
		n := 1 + r.IntN(6)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(r, v.Index(i))
		}
	case reflect.String:
		v.SetString(text(r))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(math.MaxInt32)>>r.IntN(31))
	case reflect.Uint8:
		v.SetUint(1 + r.Uint64N(255))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(1 + r.Uint64N(math.MaxUint32))
	default:
		panic("no random " + v.Kind().String() + ": teach fill about it")
	}
}

// text makes a text without a comma, which separates scopes, and without the zero byte, which SQL texts must not have.
func text(r *rand.Rand) string {
	alphabet := []rune("az09-_ '\";%\\\n\tÄß€日本👩‍👩‍👧\u202e\ufffd\U0010ffff")
	var b strings.Builder
	for range 1 + r.IntN(12) {
		b.WriteRune(alphabet[r.IntN(len(alphabet))])
	}
	b.WriteString(strconv.FormatUint(r.Uint64(), 36)) // names are keys: no two are equal
	return b.String()
}

// rekeyed returns to with the key and the immutable columns of from.
func rekeyed(from, to store.Record) store.Record {
	switch f := from.(type) {
	case store.Account:
		r := to.(store.Account)
		r.ID = f.ID
		return r
	case store.APIKey:
		r := to.(store.APIKey)
		r.API.ID = f.API.ID
		return r
	case store.Contact:
		r := to.(store.Contact)
		r.Account, r.ID = f.Account, f.ID
		return r
	case store.OTP:
		r := to.(store.OTP)
		r.Account, r.ID, r.Mode, r.Contact = f.Account, f.ID, f.Mode, f.Contact
		return r
	case store.Message:
		r := to.(store.Message)
		r.Account, r.ID, r.Mode, r.Contact, r.Type, r.SandboxAt = f.Account, f.ID, f.Mode, f.Contact, f.Type, f.SandboxAt
		return r
	case store.Idempotency:
		r := to.(store.Idempotency)
		r.Account, r.MAC = f.Account, f.MAC
		return r
	case store.Entry:
		r := to.(store.Entry)
		r.Account, r.Seq = f.Account, f.Seq
		return r
	case store.Inbox:
		r := to.(store.Inbox)
		r.Account, r.ID = f.Account, f.ID
		return r
	case store.Ref:
		r := to.(store.Ref)
		r.Carrier, r.ID = f.Carrier, f.ID
		return r
	case store.Quota:
		r := to.(store.Quota)
		r.Account, r.ID = f.Account, f.ID
		return r
	case store.Endpoint:
		r := to.(store.Endpoint)
		r.Account, r.ID = f.Account, f.ID
		return r
	case store.Inbound:
		r := to.(store.Inbound)
		r.Account, r.ID, r.Mode, r.Contact = f.Account, f.ID, f.Mode, f.Contact
		return r
	case store.Event:
		r := to.(store.Event)
		r.Account, r.Mode, r.ID = f.Account, f.Mode, f.ID
		return r
	case store.Delivery:
		r := to.(store.Delivery)
		r.Account, r.Target, r.Event = f.Account, f.Target, f.Event
		return r
	case store.Meta:
		r := to.(store.Meta)
		r.Name = f.Name
		return r
	case store.Template:
		r := to.(store.Template)
		r.Account, r.ID = f.Account, f.ID
		return r
	case store.Tally:
		r := to.(store.Tally)
		r.Account, r.Mode, r.Day, r.Slot, r.Cell = f.Account, f.Mode, f.Day, f.Slot, f.Cell
		return r
	case store.TallyDay:
		r := to.(store.TallyDay)
		r.Account, r.Mode, r.Prefixes, r.Day = f.Account, f.Mode, f.Prefixes, f.Day
		return r
	}

	return rekeyedCounted(from, to)
}

// rekeyedCounted is rekeyed for tables of counts.
func rekeyedCounted(from, to store.Record) store.Record {
	switch f := from.(type) {
	case store.Counts:
		r := to.(store.Counts)
		r.Account, r.Mode = f.Account, f.Mode
		return r
	case store.LedgerCheck:
		r := to.(store.LedgerCheck)
		r.Account = f.Account
		return r
	}

	return rekeyedPeople(from, to)
}

// emptyRecords has the minimal record of each table: required blobs are empty, required times are set, all else is
// zero.
func emptyRecords() []store.Record {
	none := []byte{}
	return []store.Record{
		store.Account{Account: account.Account{CreatedAt: start}},
		store.APIKey{API: account.Key{MAC: none, CreatedAt: start}},
		store.Contact{Number: none},
		store.OTP{Number: none, OTP: otp.OTP{CreatedAt: start, ExpiresAt: start}},
		store.Message{Number: none, Message: message.Message{CreatedAt: start}},
		store.Idempotency{MAC: none, Fingerprint: none, CreatedAt: start, EndsAt: start},
		store.Entry{Entry: ledger.Entry{At: start}},
		store.Inbox{Number: none, Body: none, At: start, SandboxAt: start},
		store.Ref{CreatedAt: start},
		store.Meta{Value: none},
		store.Quota{EndsAt: start},
		store.Template{CreatedAt: start},
		store.Tally{},
		store.TallyDay{},
		store.LedgerCheck{At: start},
		store.Endpoint{},
		store.Event{},
		store.Delivery{},
		store.Counts{},
		store.Inbound{StoredAt: start},
		store.User{},
		store.Login{},
		store.Member{},
		store.Session{EndsAt: start},
		store.Link{EndsAt: start},
		store.Audit{At: start},
		store.RequestBatch{To: start},
	}
}

// extremes are records with the extreme values of the types.
func extremes() []store.Record {
	rich := store.Account{Account: account.Account{
		ID: acme, Entries: math.MaxInt64, CallbackSecret: []byte{},
		CreatedAt: start,
	}}
	rich.Balance = ledger.Balance{Credits: math.MaxInt64, Held: math.MaxInt64}
	rich.Name = strings.Repeat("é", 10_000)
	low := store.Entry{Entry: ledger.Entry{
		Account: acme, Seq: math.MaxInt64, Credits: math.MinInt64,
		Held: math.MinInt64, At: time.UnixMicro(-1).UTC(),
	}}
	code := store.OTP{
		OTP:   otp.OTP{Account: acme, ID: number(1), Length: math.MaxInt32, MaxAttempts: math.MaxInt32, CreatedAt: start, ExpiresAt: time.UnixMicro(1).UTC()},
		KeyID: math.MaxUint32, Number: []byte{0}, Metadata: []byte{},
	}

	for i := range 500 {
		code.Messages = append(code.Messages, number(i))
	}

	long := store.Message{
		Message: message.Message{Account: acme, ID: number(2), Hold: math.MaxInt64, Charged: math.MaxInt64, Owner: math.MaxInt64, CreatedAt: start},
		Number:  make([]byte, 1<<20), Metadata: []byte{}, Body: []byte{},
	}

	for i := range 300 {
		long.Plan = append(long.Plan, message.Step{Channel: 255, Carrier: strings.Repeat("c", i), Price: math.MaxInt64, Segments: i, Wait: 24 * time.Hour})
		long.Attempts = append(long.Attempts, message.Attempt{Step: i, Progress: 255, Parts: 64, DeliveredParts: math.MaxUint64})
	}
	nobody := store.Message{
		Message: message.Message{Account: acme, ID: number(3), DueAt: start, CreatedAt: start},
		Number:  []byte{1},
	}
	refused := store.Idempotency{
		Account: acme, MAC: []byte{0, 0, 0}, Fingerprint: []byte{0}, Answer: []byte{},
		Status: 500, CreatedAt: start, EndsAt: start.Add(time.Hour),
	}

	return []store.Record{
		rich, low, code, long, nobody, refused,
		store.Ref{Carrier: "a", CreatedAt: start},
		store.Ref{ID: "a", CreatedAt: start},
	}
}
