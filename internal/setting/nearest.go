package setting

import "fmt"

// Nearest gives " (did you mean "x"?)" when an option is close to the word, or nothing.
func Nearest(word string, options []string) string {
	best, least := "", max(1, min(3, len(word)/3))+1
	for _, o := range options {
		if d := distance(word, o); d < least {
			best, least = o, d
		}
	}
	if best == "" {
		return ""
	}

	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance counts the insertions, deletions and replacements between two words.
func distance(a, b string) int {
	// A word this long is no typing error, and the table below would be large.
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}

	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}

	return row[len(b)]
}
