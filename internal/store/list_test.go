package store

import (
	"errors"
	"slices"
	"testing"
)

// Rows below zero are damaged.
func TestFullPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows, want []int
		limit      int
		reads      []int
	}{
		"none":                  {limit: 2, reads: []int{2}},
		"no limit":              {rows: []int{1}, reads: []int{0}},
		"sound":                 {rows: []int{1, 2, 3}, want: []int{1, 2}, limit: 2, reads: []int{2}},
		"damaged after":         {rows: []int{1, 2, -3}, want: []int{1, 2}, limit: 2, reads: []int{2}},
		"damaged before":        {rows: []int{-1, 2, 3, 4}, want: []int{2, 3}, limit: 2, reads: []int{2, 4}},
		"more damaged further":  {rows: []int{-1, 2, -3, -4, 5, 6}, want: []int{2, 5}, limit: 2, reads: []int{2, 4, 8}},
		"the last page":         {rows: []int{-1, 2}, want: []int{2}, limit: 3, reads: []int{3}},
		"damaged to the end":    {rows: []int{-1, -2, -3}, limit: 2, reads: []int{2, 6}},
		"it ends with the page": {rows: []int{-1, 2}, want: []int{2}, limit: 2, reads: []int{2, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reads []int
			got, err := FullPage(c.limit, func(most int) ([]int, int, error) {
				reads = append(reads, most)
				rows := c.rows[:min(most, len(c.rows))]
				return slices.DeleteFunc(slices.Clone(rows), func(n int) bool { return n < 0 }), len(rows), nil
			})
			if err != nil || !slices.Equal(got, c.want) || !slices.Equal(reads, c.reads) {
				t.Errorf("read %v for %v, %v; want %v for %v", got, reads, err, c.want, c.reads)
			}
		})
	}

	broken := errors.New("broken")
	if _, err := FullPage(1, func(int) ([]int, int, error) { return nil, 1, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// Rows below zero do not leave the list.
func TestPass_ListsEachRowOnce(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string][]int{
		"none":             {},
		"all leave":        {1, 2, 3, 4, 5},
		"all stay":         {-1, -2, -3, -4, -5},
		"some stay":        {-1, 2, -3, -4, -5, -6, -7, 8, 9, -10, 11},
		"the last pages":   {1, 2, 3, -4},
		"a page that ends": {-1, -2, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pass Pass[int]
			var worked []int
			list := slices.Clone(rows)
			for {
				page, err := pass.Page(2, func(most int) ([]int, error) { return list[:min(most, len(list))], nil })
				if err != nil {
					t.Fatal(err)
				}

				worked = append(worked, page...)
				list = slices.DeleteFunc(slices.Clone(list), func(n int) bool { return n > 0 && slices.Contains(page, n) })
				if len(page) < 2 {
					break
				}
			}

			if !slices.Equal(worked, rows) {
				t.Errorf("worked on %v, want %v", worked, rows)
			}
		})
	}
}
