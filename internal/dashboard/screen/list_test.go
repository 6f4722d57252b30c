package screen

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/people"
)

// TestEmptyList: a list does not say that nothing matches while rows are left that were not searched.
func TestEmptyList(t *testing.T) {
	t.Parallel()
	first := Empty{Title: "No row yet", Href: "/new"}
	for name, c := range map[string]struct {
		filtered    bool
		older       string
		rows        int
		title, href string
		query       string
	}{
		"rows":                      {filtered: true, older: "?before=b", rows: 1},
		"no row yet":                {title: "No row yet", href: "/new"},
		"no match":                  {filtered: true, title: "Nothing matches", href: "?"},
		"no match so far":           {filtered: true, older: "?before=b", title: "Nothing matches so far", href: "?before=b"},
		"no row that may be shown":  {older: "?before=b", title: "Nothing matches so far", href: "?before=b"},
		"rows, and none was hidden": {rows: 2},
		"an older page":             {query: "?before=b", title: "No older rows", href: "/"},
		"an older page of matches":  {filtered: true, query: "?before=b&q=x", title: "No older rows", href: "/?q=x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := &Request{Request: httptest.NewRequest("GET", "/"+c.query, nil)}
			got := q.EmptyList(Filters{Active: c.filtered, Clear: "?"}, c.older, c.rows, "None.", first)
			if got == nil {
				got = &Empty{}
			}
			if got.Title != c.title || got.Href != c.href {
				t.Errorf("the list shows %q, which leads to %q; want %q and %q", got.Title, got.Href, c.title, c.href)
			}
		})
	}
}

// TestRestAfter: a stream that has to search takes a twentieth of a processor, but does not show old rows as live.
func TestRestAfter(t *testing.T) {
	t.Parallel()
	for took, want := range map[time.Duration]time.Duration{
		0: liveEvery, 10 * time.Millisecond: liveEvery, 100 * time.Millisecond: 2 * time.Second,
		time.Second: longestRest,
	} {
		if got := restAfter(took); got != want {
			t.Errorf("after %v it rests %v, want %v", took, got, want)
		}
	}
}

// TestZone_Once: a file has a time in each of its rows, so the zone is read once.
func TestZone_Once(t *testing.T) {
	q := &Request{Visit: people.Visit{Zone: "Europe/Brussels"}}
	if got := q.Zone().String(); got != "Europe/Brussels" {
		t.Fatalf("the zone is %s", got)
	}
	if n := testing.AllocsPerRun(10, func() { q.Zone() }); n != 0 {
		t.Errorf("a time takes %v allocations for its zone", n)
	}
}
