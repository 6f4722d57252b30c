package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/secret"
)

// FuzzDecode reads arbitrary rows: damage must be an ErrDamaged, never a panic, and a record that was read must be the
// same after it was written and read again.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	for t := range tables {
		for range 4 {
			seed := make([]byte, 40*len(Defs[t].Columns))
			for i := range seed {
				seed[i] = byte(r.Uint32())
			}
			f.Add(byte(t), seed)
		}
		f.Add(byte(t), []byte{})
	}

	f.Fuzz(func(t *testing.T, table byte, input []byte) {
		k := Table(table) % tables
		record, err := testCodec.Decode(k, signed(k, anyRow(k, input)))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("got %v", err)
			}
			return
		}

		row := testCodec.Encoder().Encode(k, record)
		if len(row) != len(Defs[k].Columns) {
			t.Fatalf("%s: %d columns", k, len(row))
		}

		key, prefix := record.Key(), KeyRow(record.Key(), nil)
		if key.Table != k || len(prefix) != Defs[k].Keys {
			t.Fatalf("%s: key %v of %d columns", k, key.Table, len(prefix))
		}
		if keyOfRow(k, prefix).ID != key.ID {
			t.Fatalf("%s: the key of the key's row is another", k)
		}

		again, err := testCodec.Decode(k, row)
		if err != nil || !reflect.DeepEqual(testCodec.Encoder().Encode(k, again), row) {
			t.Fatalf("%s: read, written and read again is another record (%v)\n%#v\n%#v", k, err, record, again)
		}
	})
}

// anyRow cuts input into the columns of a table: a length, then that many bytes; an odd length is a null.
func anyRow(t Table, input []byte) Row {
	row := make(Row, len(Defs[t].Columns))
	for i, c := range Defs[t].Columns {
		if len(input) == 0 || input[0] == 0xFF {
			row[i] = Value{Null: true}
			input = input[min(1, len(input)):]
			continue
		}

		n := min(int(input[0]%40), len(input)-1)
		b := input[1 : 1+n]
		input = input[1+n:]
		if c.Type == Int {
			var eight [8]byte
			copy(eight[:], b)
			row[i] = Value{N: int64(binary.LittleEndian.Uint64(eight[:]))}
		} else {
			row[i] = Value{B: b}
		}
	}

	return row
}

// FuzzFields reads rows whose columns are right, with arbitrary data.
func FuzzFields(f *testing.F) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	contact := Contact{
		Number: []byte("n"), Sends: []time.Time{at},
		Pending: []Pending{{Template: "t", Purpose: "login", OTP: id.OTP{1}, ExpiresAt: at}},
	}
	code := OTP{
		OTP:      otp.OTP{Purpose: "login", Length: 6, Messages: []id.Message{{1}, {2}}, CreatedAt: at},
		Metadata: []byte("{}"),
	}
	sent := Message{Message: message.Message{
		Plan:     []message.Step{{Channel: message.SMS, Carrier: "smsc", Price: 3, Wait: time.Second}},
		Attempts: []message.Attempt{{Step: 300, CarrierCode: "x", At: at, DeliveredParts: 7}}, Deadline: at,
	}}

	counted := Quota{Counted: []guard.Counted{{At: at, Item: "BE"}, {At: at.Add(time.Hour)}}, EndsAt: at}
	user := User{
		Name: "Ada", Recovery: [][]byte{{1}, {2}}, Accounts: []id.Account{{1}}, Operator: true, SeenAt: at,
		Passkeys: []Passkey{{ID: []byte{1}, Name: "phone", UsedAt: at, Extra: extra.Fields("\x82\x19\x03new")}},
	}
	entry := Audit{Action: "key.created", Changes: []Change{{Field: "name", After: "shop"}}, At: at}
	batch := RequestBatch{From: at, To: at, Requests: []Request{
		{ID: id.Request{1}, At: at, Method: "POST", Status: 429, Took: time.Millisecond, Skipped: 9}, {Replayed: true},
	}}
	link := Link{Kind: 2, Email: []byte("e"), Role: "owner", CreatedAt: at, EndsAt: at}
	session := Session{User: id.User{1}, SteppedUpAt: at, Agent: "a browser", Device: []byte{}, EndsAt: at}

	records := []Record{contact, code, sent, counted, user, entry, batch, link, session}
	data := func(r Record) *Value { row := new(Encoder).Columns(r); return &row[len(row)-1] }
	for i, r := range records {
		f.Add(byte(i), data(r).B)
		f.Add(byte(i), append(bytes.Clone(data(r).B), 0x82, 0x19, 3, 'n', 'e', 'w'))
	}

	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		r := records[int(which)%len(records)]
		table := r.Key().Table
		row := new(Encoder).Columns(r)
		row[len(row)-1] = Value{B: b}
		got, err := testCodec.Decode(table, signed(table, row))
		if err != nil {
			return
		}

		again, err := testCodec.Decode(table, testCodec.Encoder().Encode(table, got))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("written and read again is another record (%v)\n%#v\n%#v", err, got, again)
		}
	})
}

// testCodec has a fixed key.
var testCodec = func() *Codec {
	keys, err := secret.NewKeyring(make([]byte, secret.KeySize))
	if err != nil {
		panic(err) // the key has the right size
	}
	c := NewCodec(nil)
	c.Unlock(keys)
	return c
}()

// signed appends the MAC to a row, in place of the one it has.
func signed(t Table, row Row) Row {
	if !Defs[t].hasMAC() {
		return row
	}
	row = row[:len(Defs[t].Columns)-1]
	var memory []byte
	mac := testCodec.sum(&memory, t, row)
	return append(row, Value{B: mac[:]})
}

// A field that a newer version wrote, in a row or in a part of it, is kept when this one changes something else.
func TestCodec_UnknownFieldsSurvive(t *testing.T) {
	field := func(n protowire.Number, text string) []byte {
		return protowire.AppendString(protowire.AppendTag(nil, n, protowire.BytesType), text)
	}
	step := message.Step{Channel: message.SMS, Carrier: "smsc", Extra: extra.Fields(field(100, "in a step"))}
	tests := map[string]struct {
		add    []byte
		change func(Message) Message
	}{
		"at the end": {
			add: field(1000, "new"), change: func(m Message) Message { m.From = "Acme"; return m },
		},
		"between known ones": {
			add: field(35, "new"), change: func(m Message) Message { m.Sequence = 7; return m },
		},
		"twice": {
			add: append(field(40, "a"), field(40, "b")...), change: func(m Message) Message { return m },
		},
		"after a changed list": {
			add:    field(1000, "new"),
			change: func(m Message) Message { m.Attempts = []message.Attempt{{Step: 1}}; return m },
		},
		"nothing is changed": {
			add: field(1000, "new"), change: func(m Message) Message { return m },
		},
	}

	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Message{Number: []byte("n"), Message: message.Message{ID: id.Message{1}, Plan: []message.Step{step}}}
			row := cloned(new(Encoder).Columns(m))
			row[len(row)-1].B = append(row[len(row)-1].B, tt.add...)

			read, err := testCodec.Decode(TableMessage, signed(TableMessage, row))
			if err != nil {
				t.Fatal(err)
			}

			changed := tt.change(read.(Message))
			written := testCodec.Encoder().Encode(TableMessage, changed)
			data := written[len(written)-2].B
			if !bytes.Contains(data, tt.add) || !bytes.Contains(data, field(100, "in a step")) {
				t.Errorf("an unknown field is lost: %q", data)
			}

			again, err := testCodec.Decode(TableMessage, written)
			if err != nil || !reflect.DeepEqual(again, changed) {
				t.Errorf("read again (%v)\n%+v, want\n%+v", err, again, changed)
			}
		})
	}
}

func TestCodec_LockedReadsOnlyMeta(t *testing.T) {
	locked := NewCodec(func(*DamagedError) { t.Error("a row that cannot be read yet was reported") })
	row := testCodec.Encoder().Encode(TableContact, Contact{Number: []byte("n")})
	if _, err := locked.Decode(TableContact, row); !errors.Is(err, ErrDamaged) {
		t.Errorf("a contact: %v", err)
	}
	if _, ok := locked.Loaded(TableContact, row).(damaged); !ok {
		t.Error("a contact was loaded")
	}

	meta, err := locked.Decode(TableMeta, locked.Encoder().Encode(TableMeta, Meta{Name: "a", Value: []byte("b")}))
	if err != nil || meta.Key() != MetaKey("a") {
		t.Errorf("meta: %v %v", meta, err)
	}
}
