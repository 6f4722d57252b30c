package store

import (
	"reflect"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/otp"
)

// TestRowsOfTheFirstVersionAreRead: what was added behind the packed columns is absent there, and must not make a row
// damaged.
func TestRowsOfTheFirstVersionAreRead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		record Record
		added  int // octets of what was added, when it is empty
	}{
		{Contact{Number: []byte("n"), Sends: []time.Time{at}, OptOut: OptOut{Source: "keyword", Keyword: "STOP", At: at}}, 4},
		{OTP{OTP: otp.OTP{Length: 6, CreatedAt: at, ExpiresAt: at}, Number: []byte("n")}, 3},
	} {
		row := Encode(c.record)
		packed := &row[len(row)-1]
		packed.B = packed.B[:len(packed.B)-c.added]
		got, err := Decode(c.record.Key().Table, row)
		if err != nil || !reflect.DeepEqual(got, c.record) {
			t.Errorf("%s: %v\n got %#v\nwant %#v", c.record.Key().Table, err, got, c.record)
		}
	}
}

// FuzzUnpackQuota reads a packed column that was damaged.
func FuzzUnpackQuota(f *testing.F) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	row := Encode(Quota{Marks: []guard.Mark{{At: at, Item: "BE"}, {At: at.Add(time.Hour)}}, EndsAt: at})
	f.Add(row[len(row)-1].B)
	f.Fuzz(func(t *testing.T, data []byte) {
		row := Encode(Quota{EndsAt: at})
		row[len(row)-1] = Value{B: data}
		got, err := Decode(TableQuota, row)
		if err != nil {
			return
		}
		again, err := Decode(TableQuota, Encode(got))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("written and read again is another record (%v)\n%#v\n%#v", err, got, again)
		}
	})
}
