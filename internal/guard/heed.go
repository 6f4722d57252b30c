package guard

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"
)

// Told is when a phone was last told that its word was understood.
type Told struct {
	Word Word
	At   time.Time
}

// Heeded is what a word from a phone changes.
type Heeded struct {
	OptOut, OptIn bool
	// Reply: the phone may be told. Told is what to remember when it is.
	Reply bool
	Told  []Told
}

// repliesEvery is how often a phone is told of the same word. With one reply a day for each of three words, two machines
// that answer each other come to rest, whatever they say.
const repliesEvery = 24 * time.Hour

// Heed decides what a word changes for a phone that has opted out or not. Stop and start of what is so already change
// nothing; start without an opt-out is not even answered, for "yes" is one of its keywords.
func Heed(word Word, optedOut bool, told []Told, now time.Time) Heeded {
	out := Heeded{OptOut: word == Stop && !optedOut, OptIn: word == Start && optedOut, Told: told}
	if word == None || word == Start && !optedOut {
		return out
	}
	i := slices.IndexFunc(told, func(t Told) bool { return t.Word == word })
	if i >= 0 && told[i].At.Add(repliesEvery).After(now) {
		return out
	}
	out.Reply = true
	out.Told = append(slices.DeleteFunc(slices.Clone(told), func(t Told) bool { return t.Word == word }), Told{word, now})
	return out
}

//go:embed replies.toml
var repliesFile string

type replyTexts struct{ Stop, Start, Help string }

// replies reads the file once; it is part of the binary and read by a test, like the keywords.
var replies = sync.OnceValue(func() map[string]replyTexts {
	list, err := readReplies(repliesFile)
	if err != nil {
		panic(err)
	}
	return list
})

func readReplies(file string) (map[string]replyTexts, error) {
	var list map[string]replyTexts
	if _, err := toml.Decode(file, &list); err != nil {
		return nil, fmt.Errorf("replies.toml: %w", err)
	}
	for language, texts := range list {
		for _, text := range []string{texts.Stop, texts.Start, texts.Help} {
			if !strings.HasPrefix(text, appMark) {
				return nil, fmt.Errorf("replies.toml: %s: %q does not begin with %s", language, text, appMark)
			}
		}
	}
	return list, nil
}

// appMark is where the account's name stands.
const appMark = "{app}"

// Reply is the text that tells a phone that its word was understood, in the language of a BCP 47 tag or in English. No
// such text is a keyword, so that a machine which sends it back is not heeded.
func Reply(word Word, locale, app string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	texts, ok := replies()[base]
	if !ok {
		texts = replies()["en"]
	}
	text := map[Word]string{Stop: texts.Stop, Start: texts.Start, Help: texts.Help}[word]
	return strings.Replace(text, appMark, app, 1)
}
