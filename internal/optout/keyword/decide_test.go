package keyword

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 4, 25, 12, 0, 0, 0, time.UTC)

func TestDecide(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind         Kind
		out          bool
		told         []Acknowledged
		optOut, optI bool
		reply        bool
	}{
		"nothing":                      {kind: None},
		"stop":                         {kind: Stop, optOut: true, reply: true},
		"stop again":                   {kind: Stop, out: true, reply: true},
		"stop, told a moment ago":      {kind: Stop, out: true, told: []Acknowledged{{Stop, noon.Add(-time.Second)}}},
		"stop, told just below a day":  {kind: Stop, told: []Acknowledged{{Stop, noon.Add(time.Second - 24*time.Hour)}}, optOut: true},
		"stop, told a day ago":         {kind: Stop, told: []Acknowledged{{Stop, noon.Add(-24 * time.Hour)}}, optOut: true, reply: true},
		"start":                        {kind: Start, out: true, optI: true, reply: true},
		"start, told of stop":          {kind: Start, out: true, told: []Acknowledged{{Stop, noon}}, optI: true, reply: true},
		"start, told of it":            {kind: Start, out: true, told: []Acknowledged{{Start, noon}}, optI: true},
		"start without an opt-out":     {kind: Start},
		"help":                         {kind: Help, reply: true},
		"help of one who is opted out": {kind: Help, out: true, reply: true},
		"help, told":                   {kind: Help, told: []Acknowledged{{Help, noon}}},
	} {
		before := slices.Clone(c.told)
		got := Decide(c.kind, c.out, c.told, noon)
		if got.OptOut != c.optOut || got.OptIn != c.optI || got.Reply != c.reply {
			t.Errorf("%s: %+v", name, got)
		}
		if !slices.Equal(c.told, before) {
			t.Errorf("%s: the list given was changed", name)
		}

		mine := slices.IndexFunc(got.Acknowledged, func(t Acknowledged) bool { return t == Acknowledged{c.kind, noon} })
		if c.reply && (mine < 0 || len(got.Acknowledged) > 1+len(before)) {
			t.Errorf("%s: remembered %v", name, got.Acknowledged)
		}
	}
}

// TestDecide_TwoMachinesComeToRest lets a machine answer every text with every word for a day.
func TestDecide_TwoMachinesComeToRest(t *testing.T) {
	t.Parallel()
	out, sent := false, 0
	var told []Acknowledged
	for i := range 10_000 {
		now := noon.Add(time.Duration(i) * 8 * time.Second)
		h := Decide(Kind(i%4), out, told, now)
		out = (out || h.OptOut) && !h.OptIn
		if h.Reply {
			sent++
		}
		told = h.Acknowledged
	}
	if sent != 3 || len(told) != 3 {
		t.Errorf("%d replies in a day, want one for each word; %d remembered", sent, len(told))
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	list, err := readReplies(repliesFile)
	if err != nil || len(list) < 10 {
		t.Fatalf("%d languages, %v", len(list), err)
	}

	for language := range list {
		seen := map[string]bool{}
		for _, word := range []Kind{Stop, Start, Help} {
			text := Reply(word, language, "Acme")
			if !strings.HasPrefix(text, "Acme") || strings.Contains(text, "{") || seen[text] {
				t.Errorf("%s: %v is %q", language, word, text)
			}
			if word == Stop && !strings.Contains(text, "START") || word != Stop && !strings.Contains(text, "STOP") {
				t.Errorf("%s: %v does not say how to undo it: %q", language, word, text)
			}
			if m := Classify(text); m.Kind != None {
				t.Errorf("%s: the text %q is taken for %v when it comes back", language, text, m.Kind)
			}
			seen[text] = true
		}
	}

	for tag, want := range map[string]string{"fr-CA": "fr", "FR": "fr", "xx": "en", "": "en", "pt-BR": "pt"} {
		if got := Reply(Stop, tag, "Acme"); got != strings.Replace(list[want].Stop, "{app}", "Acme", 1) {
			t.Errorf("%q: %q", tag, got)
		}
	}

	for _, file := range []string{"[en", "[en]\nstop = \"x\"", "[en]\nstop = \"{app} x\"\nstart = \"{app} y\""} {
		if _, err := readReplies(file); err == nil {
			t.Errorf("%q is accepted", file)
		}
	}
}

// FuzzDecide: whatever a phone says, and however often, it is told at most once a day of each word.
func FuzzDecide(f *testing.F) {
	f.Add([]byte{1, 2, 3, 1, 255, 2})
	f.Fuzz(func(t *testing.T, steps []byte) {
		now, out := noon, false
		var told []Acknowledged
		last := map[Kind]time.Time{}
		for _, b := range steps {
			now = now.Add(time.Duration(b/4) * time.Hour)
			word := Kind(b % 4)
			h := Decide(word, out, told, now)
			if h.OptOut && h.OptIn || h.OptOut && (out || word != Stop) || h.OptIn && (!out || word != Start) {
				t.Fatalf("%v for one who is opted out = %v: %+v", word, out, h)
			}
			if at, before := last[word]; h.Reply && before && now.Sub(at) < 24*time.Hour {
				t.Fatalf("told of %v after %v", word, now.Sub(at))
			}
			if h.Reply {
				last[word] = now
			}
			out, told = (out || h.OptOut) && !h.OptIn, h.Acknowledged
		}
		if len(told) > 3 {
			t.Fatalf("%d remembered", len(told))
		}
	})
}
