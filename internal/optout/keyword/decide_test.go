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
	ago := func(k Kind, d time.Duration) []Acknowledged { return []Acknowledged{{k, noon.Add(-d)}} }
	for name, c := range map[string]struct {
		kind          Kind
		out           bool
		acked         []Acknowledged
		optOut, optIn bool
		reply         bool
	}{
		"no keyword":                 {kind: None},
		"stop":                       {kind: Stop, optOut: true, reply: true},
		"stop again":                 {kind: Stop, out: true, reply: true},
		"stop, reply a second ago":   {kind: Stop, out: true, acked: ago(Stop, time.Second)},
		"stop, reply within a day":   {kind: Stop, acked: ago(Stop, 24*time.Hour-time.Second), optOut: true},
		"stop, reply a day ago":      {kind: Stop, acked: ago(Stop, 24*time.Hour), optOut: true, reply: true},
		"start":                      {kind: Start, out: true, optIn: true, reply: true},
		"start, reply to stop":       {kind: Start, out: true, acked: ago(Stop, 0), optIn: true, reply: true},
		"start, reply to start":      {kind: Start, out: true, acked: ago(Start, 0), optIn: true},
		"start without an opt-out":   {kind: Start},
		"help":                       {kind: Help, reply: true},
		"help from an opted-out one": {kind: Help, out: true, reply: true},
		"help, reply before":         {kind: Help, acked: ago(Help, 0)},
	} {
		before := slices.Clone(c.acked)
		got := Decide(c.kind, c.out, c.acked, noon)
		if got.OptOut != c.optOut || got.OptIn != c.optIn || got.Reply != c.reply {
			t.Errorf("%s: %+v", name, got)
		}
		if !slices.Equal(c.acked, before) {
			t.Errorf("%s: the argument was changed", name)
		}

		mine := slices.IndexFunc(got.Acknowledged, func(t Acknowledged) bool { return t == Acknowledged{c.kind, noon} })
		if c.reply && (mine < 0 || len(got.Acknowledged) > 1+len(before)) {
			t.Errorf("%s: acknowledged %v", name, got.Acknowledged)
		}
	}
}

// A machine that answers every text with keywords for a day gets three replies.
func TestDecide_Machine(t *testing.T) {
	t.Parallel()
	out, sent := false, 0
	var acked []Acknowledged
	for i := range 10_000 {
		now := noon.Add(time.Duration(i) * 8 * time.Second)
		h := Decide(Kind(i%4), out, acked, now)
		out = (out || h.OptOut) && !h.OptIn
		if h.Reply {
			sent++
		}
		acked = h.Acknowledged
	}
	if sent != 3 || len(acked) != 3 {
		t.Errorf("%d replies in a day, want one for each kind; %d acknowledged", sent, len(acked))
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
				t.Errorf("%s: the reply %q is a keyword: %v", language, text, m.Kind)
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
			t.Errorf("no error for %q", file)
		}
	}
}

// FuzzDecide checks that each kind has at most one reply a day, whatever a phone sends.
func FuzzDecide(f *testing.F) {
	f.Add([]byte{1, 2, 3, 1, 255, 2})
	f.Fuzz(func(t *testing.T, steps []byte) {
		now, out := noon, false
		var acked []Acknowledged
		last := map[Kind]time.Time{}
		for _, b := range steps {
			now = now.Add(time.Duration(b/4) * time.Hour)
			word := Kind(b % 4)
			h := Decide(word, out, acked, now)
			if h.OptOut && h.OptIn || h.OptOut && (out || word != Stop) || h.OptIn && (!out || word != Start) {
				t.Fatalf("%v, opted out %v: %+v", word, out, h)
			}
			if at, before := last[word]; h.Reply && before && now.Sub(at) < 24*time.Hour {
				t.Fatalf("second reply to %v after %v", word, now.Sub(at))
			}
			if h.Reply {
				last[word] = now
			}
			out, acked = (out || h.OptOut) && !h.OptIn, h.Acknowledged
		}
		if len(acked) > 3 {
			t.Fatalf("%d acknowledged", len(acked))
		}
	})
}
