package docs

import (
	"slices"
	"strings"
)

// nearest are the pages whose addresses are most like a path.
func (s *site) nearest(path string) (found []entry) {
	if len(path) > longest {
		path = path[:longest]
	}
	wanted := pairs(strings.TrimPrefix(path, root))
	likeness := map[string]float64{}
	pages := slices.Clone(s.pages)
	for _, p := range pages {
		likeness[p.Path] = alike(wanted, pairs(strings.TrimPrefix(p.Path, root)+" "+p.Title))
	}
	slices.SortStableFunc(pages, func(a, b *page) int {
		switch {
		case likeness[a.Path] > likeness[b.Path]:
			return -1
		case likeness[a.Path] < likeness[b.Path]:
			return 1
		}
		return 0
	})

	for _, p := range pages[:min(5, len(pages))] {
		found = append(found, entry{Title: p.Title, Href: p.Path, Where: p.Group})
	}

	return found
}

// pairs are the neighbouring letters of a text. Unlike whole words, they survive a typing error.
func pairs(text string) map[string]bool {
	text = strings.ToLower(separators.Replace(text))
	out := map[string]bool{}
	for i := range len(text) - 1 {
		if pair := text[i : i+2]; !strings.Contains(pair, " ") {
			out[pair] = true
		}
	}

	return out
}

// alike is the share of pairs that two texts have in common.
func alike(a, b map[string]bool) float64 {
	both := 0
	for pair := range a {
		if b[pair] {
			both++
		}
	}
	if len(a)+len(b) == 0 {
		return 0
	}

	return 2 * float64(both) / float64(len(a)+len(b))
}
