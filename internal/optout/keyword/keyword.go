// Package keyword implements the words by which a phone refuses messages (STOP), takes them again (START) or asks for
// help (HELP): how they are recognised in any language, what each one changes, and what the phone is answered.
//
// It is pure: it keeps nothing and has no clock. Package optout stores what it decides.
package keyword

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/unicode/norm"
)

// Kind is what a keyword asks for.
type Kind uint8

// The kinds. Start takes an earlier Stop back and changes nothing for a phone that has not opted out.
const (
	None Kind = iota
	Stop
	Start
	Help
)

// String returns "none", "stop", "start" or "help".
func (k Kind) String() string { return [...]string{"none", "stop", "start", "help"}[k] }

// Match is what was found in a message from a phone.
type Match struct {
	Kind Kind
	// Keyword is written as in the list, such as "STOP"; "" for None.
	Keyword string
	// Everyday: the keyword is an ordinary answer, too, such as "yes". It means nothing unless the phone has opted out.
	Everyday bool
}

// Classify reads a message from a phone. It finds a keyword when the whole message is one, in any case, with or without
// accents, punctuation, emoji and invisible characters. A word written several times is that word ("STOP STOP"); a keyword
// among other words is none ("Stop please", "Don't stop", "Stop by at five").
func Classify(body string) Match {
	if len(body) > maxRead {
		return Match{}
	}
	body = strings.TrimFunc(norm.NFKD.String(body), isAround)
	if len(body) > maxBody {
		return Match{}
	}

	words := slices.Compact(fold(body))

	return keywords().whole[strings.Join(words, " ")]
}

const (
	// maxBody octets hold a keyword of any language; longer messages are not worth folding. maxRead bounds what may stand
	// around them.
	maxBody = 400
	maxRead = 4000
)

//go:embed keywords.toml
var keywordsFile string

// wordList has folded keywords as its keys.
type wordList struct {
	whole map[string]Match
}

// keywords reads the file once. The file is part of the binary and read by a test, so a mistake in it is met in
// development and never in use: that is why it panics.
var keywords = sync.OnceValue(func() wordList {
	list, err := readKeywords(keywordsFile)
	if err != nil {
		panic(err)
	}
	return list
})

func readKeywords(file string) (wordList, error) {
	var languages map[string]struct{ Stop, Start, Everyday, Help []string }
	if err := toml.NewDecoder(strings.NewReader(file)).DisallowUnknownFields().Decode(&languages); err != nil {
		return wordList{}, fmt.Errorf("keywords.toml: %w", err)
	}

	list := wordList{whole: map[string]Match{}}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		l := languages[language]
		err := errors.Join(
			list.add(Match{Kind: Stop}, l.Stop), list.add(Match{Kind: Start}, l.Start),
			list.add(Match{Kind: Start, Everyday: true}, l.Everyday), list.add(Match{Kind: Help}, l.Help),
		)
		if err != nil {
			return wordList{}, fmt.Errorf("keywords.toml: %s: %w", language, err)
		}
	}

	return list, nil
}

// add lists texts as keywords of the kind. The spelling that is listed first is the one that is shown.
func (l wordList) add(kind Match, texts []string) error {
	for _, text := range texts {
		k := key(text)
		other, twice := l.whole[k]
		switch {
		case k == "":
			return fmt.Errorf("%q has no letters", text)
		case twice && (other.Kind != kind.Kind || other.Everyday != kind.Everyday):
			return fmt.Errorf("%q means %v here and %v elsewhere: keep one", text, kind.Kind, other.Kind)
		case !twice:
			kind.Keyword = text
			l.whole[k] = kind
		}
	}

	return nil
}

// key is a folded keyword.
func key(text string) string { return strings.Join(fold(text), " ") }
