package dispatch

import (
	"fmt"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

func TestFoldID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "abc": "abc", "ABC": "abc", "0012": "12", "000": "0", "-": "", "0-0a": "a", "beb0afe1-570a": "beb0afe1570a", "É": "É",
	} {
		if got := foldID(in); got != want || foldID(got) != got {
			t.Errorf("%q becomes %q and then %q, want %q", in, got, foldID(got), want)
		}
	}
}

// ofMessage is an entry for the n-th message.
func ofMessage(n byte, carrierID string) store.RefEntry {
	return store.RefEntry{ID: carrierID, Message: id.Message{n}}
}

func TestChooseRef(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entries []store.RefEntry
		id      string
		want    byte // 0 = none
	}{
		"none":                           {nil, "a", 0},
		"the same":                       {[]store.RefEntry{ofMessage(1, "0012"), ofMessage(2, "12")}, "12", 2},
		"another case":                   {[]store.RefEntry{ofMessage(1, "3D36A155")}, "3d36a155", 1},
		"leading zeros and hyphens":      {[]store.RefEntry{ofMessage(1, "00ab-cd")}, "abcd", 1},
		"ambiguous":                      {[]store.RefEntry{ofMessage(1, "0012"), ofMessage(2, "012")}, "12", 0},
		"ambiguous but for an exact one": {[]store.RefEntry{ofMessage(1, "0012"), ofMessage(2, "012"), ofMessage(3, "12")}, "12", 3},
		"mixed case":                     {[]store.RefEntry{ofMessage(1, "aBcD12"), ofMessage(2, "AbCd12")}, "aBcD12", 1},
		"mixed case, the only one":       {[]store.RefEntry{ofMessage(2, "E0Cabc")}, "e0cABC", 2},
		"mixed case, ambiguous":          {[]store.RefEntry{ofMessage(1, "aBcD12"), ofMessage(2, "AbCd12")}, "AbcD12", 0},
		"mixed case, one is alike":       {[]store.RefEntry{ofMessage(1, "aBcD12"), ofMessage(2, "AbCd-12")}, "AbCd12", 2},
		"mixed case, with a hyphen":      {[]store.RefEntry{ofMessage(2, "AbCd-12")}, "AbCd12", 2},
		"an early receipt is no message": {[]store.RefEntry{{ID: "12"}, ofMessage(2, "012")}, "12", 2},
		"one part under two spellings":   {[]store.RefEntry{ofMessage(1, "0012"), ofMessage(1, "012")}, "12", 1},
		"upper case of a mixed one":      {[]store.RefEntry{ofMessage(1, "AbCd12")}, "ABCD12", 1},
		"upper case of two mixed ones":   {[]store.RefEntry{ofMessage(1, "AbCd12"), ofMessage(2, "aBcD12")}, "ABCD12", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := chooseRef(c.entries, c.id)
			if ok != (c.want != 0) || ok && got.Message != (id.Message{c.want}) {
				t.Errorf("%+v, %v; want message %d", got, ok, c.want)
			}
		})
	}
}

func TestChooseEarlyReceipt(t *testing.T) {
	t.Parallel()
	entries := []store.RefEntry{
		{ID: "0012", Code: "first"}, {ID: "12", Code: "second"}, {ID: "aBcD12", Code: "third"}, ofMessage(1, "x"),
	}
	for in, want := range map[string]string{"12": "second", "0012": "first", "00012": "first", "AbCd12": "", "x": ""} {
		var fold []store.RefEntry
		for _, e := range entries {
			if foldID(e.ID) == foldID(in) {
				fold = append(fold, e)
			}
		}
		if got, ok := chooseEarlyReceipt(fold, in); ok != (want != "") || got.Code != want {
			t.Errorf("%s: %+v, %v; want %q", in, got, ok, want)
		}
	}
}

// The newest entries of a fold are kept, within bounds of number and age.
func TestWithRef_Bounds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	var row store.Ref
	for i := range 2 * maxRefEntries {
		e := ofMessage(byte(i+1), fmt.Sprintf("%0*d", i+1, 7))
		e.CreatedAt = now
		row = withRef(row, e, store.RefEntry{})
	}
	last := row.Entries[len(row.Entries)-1]
	if len(row.Entries) != maxRefEntries || last.Message != (id.Message{2 * maxRefEntries}) || !row.CreatedAt.Equal(now) {
		t.Errorf("%d entries, the last %+v", len(row.Entries), last)
	}

	again := ofMessage(200, row.Entries[3].ID)
	again.CreatedAt = now
	row = withRef(row, again, store.RefEntry{})
	if len(row.Entries) != maxRefEntries || row.Entries[maxRefEntries-1].Message != again.Message {
		t.Errorf("after the same id again: %d entries", len(row.Entries))
	}

	late := ofMessage(201, "7")
	late.CreatedAt = now.Add(bound.KeepRefs)
	if row = withRef(row, late, store.RefEntry{}); len(row.Entries) != 1 {
		t.Errorf("%d entries are kept beyond their time", len(row.Entries))
	}
}

// FuzzChooseRef checks that an exact id is always found.
func FuzzChooseRef(f *testing.F) {
	f.Add("aBcD12", "AbCd12", "abcd12")
	f.Add("0-1", "01", "1")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var row store.Ref
		for n, one := range []string{a, b, c} {
			if foldID(one) == foldID(a) {
				row = withRef(row, ofMessage(byte(n+1), one), store.RefEntry{})
			}
		}

		last := map[string]id.Message{}
		for _, e := range row.Entries {
			last[e.ID] = e.Message
		}

		for one, want := range last {
			if got, ok := chooseRef(row.Entries, one); !ok || got.Message != want {
				t.Errorf("%q is for %v, %v; want %v", one, got.Message, ok, want)
			}
		}
	})
}
