package smpp

import (
	"math/big"
	"strings"
	"sync/atomic"
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

const (
	// maxID is the longest id that is kept. The standard allows 64 characters (clause 5.2.23); some centres send more.
	maxID = 255
	// maxCode is the longest code of a carrier's own.
	maxCode = 64
	// leastGuess is the least digits of a decimal number that is taken for a hexadecimal one unasked, or the other way
	// round. Below it numbers are so dense that the other base may be another message's.
	leastGuess = 7
)

// cleanID is an id as it is kept and looked for. What no id can be, too long or not printable, becomes empty.
func cleanID(id string) string {
	if id = strings.TrimSpace(id); len(id) > maxID || strings.ContainsFunc(id, unprintable) {
		return ""
	}
	return id
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }

// base is what the ids that came so far are written in.
type base uint8

const (
	baseOpen base = iota // too few came to tell
	baseDecimal
	baseHex
)

// enoughIDs without a letter are decimal: of as many in hexadecimal at least one has one.
const enoughIDs = 30

// idBase learns the base of ids. It is safe for concurrent use.
type idBase struct {
	digits  atomic.Int32 // ids of digits alone, until there are enough
	letters atomic.Bool  // one had a letter of the hexadecimal digits
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

func (b *idBase) is() base {
	switch {
	case b.letters.Load():
		return baseHex
	case b.digits.Load() >= enoughIDs:
		return baseDecimal
	}
	return baseOpen
}

// wanted are the conversions of receipts' ids that may be needed, by what both sides write. As long as neither is clear all
// are tried.
func wanted(answers, receipts base) (toHex, toDecimal bool) {
	return answers != baseDecimal && receipts != baseHex, answers != baseHex && receipts != baseDecimal
}

// ids are what a receipt's two ids may mean, the surest first: that of its TLV repeats the answer's own form, that of its
// text may be in another base. A centre that puts the same word in both has converted both. converted are guesses, for
// centres whose habit is not configured: toHex and toDecimal say which are wanted.
func (f idForm) ids(tlv, text string, toHex, toDecimal bool) (ids, converted []string) {
	tlv, text = cleanID(tlv), cleanID(text)
	add := func(list []string, id string) []string {
		if id == "" {
			return list
		}
		for _, known := range list {
			if known == id {
				return list
			}
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

// convert writes a receipt's id in the base of the answers. An id that is no number of the expected base stays as it is.
func (f idForm) convert(id string) string {
	from, to := 10, 16
	if f == IDHexToDec {
		from, to = 16, 10
	}

	// SetString also takes a sign and underscores, which no id means as a number.
	n, ok := new(big.Int).SetString(id, from)
	if !ok || strings.ContainsAny(id, "+-_") {
		return id
	}
	if out := n.Text(to); len(out) <= maxID {
		return out
	}

	return id
}

// guess is convert for numbers that are long enough; "" for others. No centre writes a number in letters of both cases.
func guess(id string, f idForm) string {
	if id != strings.ToLower(id) && id != strings.ToUpper(id) {
		return ""
	}
	out := f.convert(id)
	decimal := id
	if f == IDHexToDec {
		decimal = out
	}
	if out == id || len(strings.TrimLeft(decimal, "0")) < leastGuess {
		return ""
	}

	return out
}
