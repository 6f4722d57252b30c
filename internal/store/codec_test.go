package store

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
)

// FuzzDecode reads rows made of anything: damage in a file must end in ErrCorrupt, never in a crash, and what is read
// must be written and read again the same.
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
		record, err := Decode(k, anyRow(k, input))
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatalf("got %v", err)
			}
			return
		}
		row := Encode(record)
		if len(row) != len(Defs[k].Columns) {
			t.Fatalf("%s: %d columns", k, len(row))
		}
		key, prefix := record.Key(), KeyRow(record.Key(), nil)
		if key.Table != k || len(prefix) != Defs[k].Keys {
			t.Fatalf("%s: key %v of %d columns", k, key.Table, len(prefix))
		}
		again, err := Decode(k, row)
		if err != nil || !reflect.DeepEqual(Encode(again), row) {
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

// FuzzUnpack reads packed columns that were damaged: the end of the row is right, and the packed column is anything.
func FuzzUnpack(f *testing.F) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	contact := Contact{Number: []byte("n"), Sends: []time.Time{at}, Pending: []Pending{{Template: "t", Purpose: "login", OTP: id.OTP{1}, ExpiresAt: at}}}
	code := OTP{OTP: otp.OTP{Purpose: "login", Length: 6, Messages: []id.Message{{1}, {2}}, CreatedAt: at}, Metadata: []byte("{}")}
	sent := Message{Message: message.Message{
		Plan:     []message.Step{{Channel: message.SMS, Carrier: "smsc", Price: 3, Wait: time.Second}},
		Attempts: []message.Attempt{{Step: 300, Code: "x", At: at, Arrived: 7}}, Deadline: at,
	}}
	for i, r := range []Record{contact, code, sent} {
		row := Encode(r)
		f.Add(byte(i), row[len(row)-1].B)
	}
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		r := []Record{contact, code, sent}[which%3]
		row := Encode(r)
		row[len(row)-1] = Value{B: data}
		got, err := Decode(r.Key().Table, row)
		if err != nil {
			return
		}
		again, err := Decode(r.Key().Table, Encode(got))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("written and read again is another record (%v)\n%#v\n%#v", err, got, again)
		}
	})
}
