package chart

import (
	"math"
	"strconv"
	"strings"
)

// Unit is how values are written.
type Unit int

// The units.
const (
	// Count is a number of things: whole, with separators.
	Count Unit = iota
	// Percent is a share of 100, with one digit. Its axis always ends at 100.
	Percent
	// Milliseconds is a time: below a second in milliseconds, else in seconds.
	Milliseconds
	// Credits is money of this server, with up to four digits, as it is charged.
	Credits
)

// Format writes a value.
func (u Unit) Format(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case u == Percent:
		return strconv.FormatFloat(v, 'f', 1, 64) + " %"
	case u == Milliseconds && math.Abs(v) < 1000:
		return strconv.FormatFloat(v, 'f', 0, 64) + " ms"
	case u == Milliseconds:
		return group(strconv.FormatFloat(v/1000, 'f', 1, 64)) + " s"
	case u == Credits:
		return group(strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 4, 64), "0"), "."))
	default:
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	}
}

// group separates the thousands of a decimal number.
func group(decimal string) string {
	whole, fraction, _ := strings.Cut(decimal, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}

	return sign + whole
}
