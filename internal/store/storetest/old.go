package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/otp"
	"github.com/syssecure/syssecure/internal/store"
)

// oldRows lists keys of codes and messages between two ids, oldest first, of every mode and purpose.
func oldRows(t *testing.T, open Open) {
	s := begin(t, open(t))
	var messages, codes []store.Key
	for _, a := range []id.Account{other, acme} {
		messages, codes = nil, nil
		for n := range 6 {
			made := start.Add(time.Duration(n) * 24 * time.Hour)
			m := store.Message{Message: message.Message{
				ID: id.NewMessage(made), Account: a, Mode: id.Mode(1 + n%2),
				Type: message.Type(n % 3),
			}}
			o := store.OTP{OTP: otp.OTP{
				ID: id.NewOTP(made), Account: a, Mode: id.Mode(1 + n%2), Status: otp.Verified,
				ExpiresAt: made,
			}}
			messages, codes = append(messages, m.Key()), append(codes, o.Key())
			err := s.Update(t.Context(), a, []store.Key{m.Key(), o.Key()}, func(tx *store.Tx) error {
				tx.Put(o)
				tx.Put(m)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}

	at := func(k store.Key) [16]byte { return [16]byte([]byte(k.ID)) }
	before := [16]byte(id.Message{}.At(start.Add(5 * 24 * time.Hour)))
	view(t, s, func(r store.Reader) error {
		first, err1 := r.Old(store.TableMessage, acme, [16]byte{}, before, 2)
		same(t, "the first messages", first, messages[:2])
		rest, err2 := r.Old(store.TableMessage, acme, at(messages[1]), before, 100)
		same(t, "the messages behind them", rest, messages[2:5])
		old, err3 := r.Old(store.TableOTP, acme, [16]byte{}, before, 100)
		same(t, "codes", old, codes[:5])
		none, err4 := r.Old(store.TableOTP, acme, at(codes[4]), before, 100)
		same(t, "behind the last", len(none), 0)

		return errors.Join(err1, err2, err3, err4)
	})
}
