// Package spelling finds the known name that an unknown one was probably meant to be.
package spelling

import (
	"slices"
	"strings"
)

// longest is above the length of every name. It bounds the memory that a distance takes.
const longest = 64

// Nearest returns the name that was probably meant: one that differs in case and separators only, or by a few letters.
// Of several that are equally near it returns the first of the alphabet. It is empty when no name is near.
func Nearest(word string, names []string) string {
	if len(word) > longest {
		return ""
	}

	best, least := "", longest
	for _, n := range slices.Sorted(slices.Values(names)) {
		d := distance(plain(word), plain(n))
		if d < least && (d == 0 || d <= max(2, min(3, len(n)/4)) && 2*d < len(n)) {
			best, least = n, d
		}
	}

	return best
}

// plain is a name in lower case and without separators, so that expiresIn is expires_in.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// distance is the optimal string alignment distance: how many bytes have to be inserted, deleted, replaced or swapped
// with their neighbour to make a into b.
func distance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}

	for i := 1; i <= len(a); i++ {
		row, above, before := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}

			row[j] = min(row[j-1]+1, above[j]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}

	return rows[len(a)%3][len(b)]
}
