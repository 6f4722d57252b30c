package smpp

import (
	"math/big"
	"slices"
	"strings"
	"sync/atomic"
)

// How the ids in receipts differ from those in the answers to submits. Some centres answer "3d36a155" and report the
// same message as "1026990421".
const (
	IDAsIs     = "as_is"
	IDHexToDec = "hex_to_dec" // receipts write hexadecimal, answers decimal
	IDDecToHex = "dec_to_hex" // receipts write decimal, answers hexadecimal
)

// idForm is one of the three.
type idForm string

const (
	// maxID is the longest id that is kept. The standard allows 64 characters (clause 5.2.23); some centres send more.
	maxID = 255
	// maxCode is the longest carrier code that is kept.
	maxCode = 64
	// minGuessDigits is how many decimal digits an id must have for its conversion to the other base to be tried
	// without being configured. Shorter ids are so dense that the converted one may belong to another message.
	minGuessDigits = 7
)

// cleanID is an id as it is stored and searched for. One that is too long or not printable becomes empty.
func cleanID(id string) string {
	if id = strings.TrimSpace(id); len(id) > maxID || strings.ContainsFunc(id, unprintable) {
		return ""
	}
	return id
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }

// base is the base in which ids are written.
type base uint8

const (
	baseUndecided base = iota // too few ids to decide
	baseDecimal
	baseHex
)

// enoughIDs is how many ids without a letter are decimal: so many hexadecimal ones would have a letter.
const enoughIDs = 30

// idBase learns the base of ids. It is safe for concurrent use.
type idBase struct {
	digits  atomic.Int32 // ids of digits only, up to enoughIDs
	letters atomic.Bool  // an id had a hexadecimal letter
}

func (b *idBase) learn(id string) {
	switch {
	case id == "" || strings.Trim(id, "0123456789abcdefABCDEF") != "":
	case strings.Trim(id, "0123456789") != "":
		b.letters.Store(true)
	case b.digits.Load() < enoughIDs:
		b.digits.Add(1)
	}
}

func (b *idBase) current() base {
	switch {
	case b.letters.Load():
		return baseHex
	case b.digits.Load() >= enoughIDs:
		return baseDecimal
	}
	return baseUndecided
}

// conversions says which conversions of receipts' ids may be needed, given the bases of both. While these are undecided
// all are tried.
func conversions(answers, receipts base) (toHex, toDecimal bool) {
	return answers != baseDecimal && receipts != baseHex, answers != baseHex && receipts != baseDecimal
}

// ids returns what a receipt's two ids may be in the answer's form, the likeliest first: the id of the TLV has that
// form, the id of the text may be in another base. When both are the same, both are in the other base. converted are
// guesses for centres whose form is not configured; toHex and toDecimal say which to make.
func (f idForm) ids(tlv, text string, toHex, toDecimal bool) (ids, converted []string) {
	tlv, text = cleanID(tlv), cleanID(text)

	add := func(list []string, id string) []string {
		if id == "" || slices.Contains(list, id) {
			return list
		}

		return append(list, id)
	}

	if tlv != text {
		ids = add(ids, tlv)
	}
	if f != IDAsIs {
		return add(ids, f.convert(text)), nil
	}

	ids = add(ids, text)
	for _, id := range ids {
		if toHex {
			converted = add(converted, guess(id, IDDecToHex))
		}
		if toDecimal {
			converted = add(converted, guess(id, IDHexToDec))
		}
	}

	return ids, converted
}

// convert writes a receipt's id in the base of the answers. An id that is not a number in the expected base stays as it
// is.
func (f idForm) convert(id string) string {
	from, to := 10, 16
	if f == IDHexToDec {
		from, to = 16, 10
	}

	// SetString also accepts a sign and underscores, which an id that is a number does not have.
	n, ok := new(big.Int).SetString(id, from)
	if !ok || strings.ContainsAny(id, "+-_") {
		return id
	}
	if out := n.Text(to); len(out) <= maxID {
		return out
	}

	return id
}

// guess is convert for numbers that are long enough, else "". An id with letters of both cases is not a number.
func guess(id string, f idForm) string {
	if id != strings.ToLower(id) && id != strings.ToUpper(id) {
		return ""
	}
	out := f.convert(id)
	decimal := id
	if f == IDHexToDec {
		decimal = out
	}
	if out == id || len(strings.TrimLeft(decimal, "0")) < minGuessDigits {
		return ""
	}

	return out
}
