package problem

import (
	"slices"
	"strings"
)

// nearest is the name that somebody meant who wrote another one: the same but for its case and its separators, or one or
// two letters away. It is empty when there is none.
func nearest(name string, names []string) string {
	slices.Sort(names) // so that of two that are as near it is always the same
	best, least := "", 3
	for _, n := range names {
		if plain(n) == plain(name) {
			return n
		}
		if d := distance(plain(name), plain(n)); d < least && 2*d < len(n) {
			best, least = n, d
		}
	}

	return best
}

// plain is a name without what tells expiresIn from expires_in.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// distance is how many bytes have to be put in, left out, changed or swapped with their neighbour to make a into b: the
// optimal string alignment distance. Names are short.
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
