package smpp

import (
	"math/big"
	"strings"
	"sync"
)

// How the ids in receipts differ from those in the answers to submits. Some centres answer with "3d36a155" and report
// the same message as "1026990421".
const (
	IDAsIs     = "as_is"
	IDHexToDec = "hex_to_dec" // receipts write hexadecimal, answers decimal
	IDDecToHex = "dec_to_hex" // receipts write decimal, answers hexadecimal
)

// idForm is one of the three.
type idForm string

func (f idForm) known() bool { return f == IDAsIs || f == IDHexToDec || f == IDDecToHex }

// inAnswer is the id of a submit's answer in the form in which ids are compared.
func (f idForm) inAnswer(id string) string { return f.canonical(id, false) }

// inReceipt is the id of a receipt in that same form.
func (f idForm) inReceipt(id string) string { return f.canonical(id, true) }

// canonical is the one form for both sides: lower case, no leading zeros, and a receipt's id in the base of the answer.
// An id that is no number of the expected base stays as it is. What no id can be, too long or not printable, becomes
// empty, because ids are stored.
func (f idForm) canonical(id string, receipt bool) string {
	if id = strings.TrimSpace(id); len(id) > maxID || !printable(id) {
		return ""
	}
	id = strings.ToLower(id)
	if receipt && f != IDAsIs {
		from, to := 10, 16
		if f == IDHexToDec {
			from, to = 16, 10
		}
		// SetString also takes a sign and underscores, which no id means as a number.
		if n, ok := new(big.Int).SetString(id, from); ok && !strings.ContainsAny(id, "+-_") {
			if converted := n.Text(to); len(converted) <= maxID {
				id = converted
			}
		}
	}
	if short := strings.TrimLeft(id, "0"); short != "" || id == "" {
		return short
	}
	return "0"
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// maxID is the longest id of SMPP 3.4 (clause 5.2.23), and of a carrier's code.
const maxID = 64

// lateIDs remembers the ids of submits whose answer came after the sender had stopped waiting, so that their receipts
// can name the message by our reference. It is bounded; what falls out is only known by its id again.
type lateIDs struct {
	mu   sync.Mutex
	refs map[string]string
}

func (l *lateIDs) add(id, ref string) {
	if id == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refs == nil || len(l.refs) >= maxLate {
		l.refs = map[string]string{}
	}
	l.refs[id] = ref
}

func (l *lateIDs) ref(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refs[id]
}
