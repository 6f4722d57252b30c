// Package keyword recognises the words, in many languages, by which a phone opts out (STOP), opts in (START) or asks
// for help (HELP), and decides what each one changes and what the reply is.
//
// It is pure: it stores nothing and has no clock. Package optout carries out what it decides.
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

// The kinds. Start reverses an earlier Stop, and changes nothing for a phone that has not opted out.
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
	// Everyday: the keyword is also an ordinary answer, such as "yes". It means something only if the phone has opted
	// out.
	Everyday bool
}

// Classify reads a message from a phone. It finds a keyword when the whole message is one, in any case, with or without
// accents, punctuation, emoji and invisible characters. A word written several times is that word ("STOP STOP"); a
// keyword among other words is none ("Stop please", "Don't stop", "Stop by at five").
func Classify(body string) Match {
	if len(body) > maxRead {
		return Match{}
	}
	body = strings.TrimFunc(norm.NFKD.String(body), isAround)
	if len(body) > maxBody {
		return Match{}
	}

	words := slices.Compact(fold(body))

	return keywords()[strings.Join(words, " ")]
}

const (
	// maxBody octets are enough for a keyword of any language. maxRead bounds a message with what surrounds the
	// keyword.
	maxBody = 400
	maxRead = 4000
)

//go:embed keywords.toml
var keywordsFile string

// wordList has folded keywords as its keys.
type wordList map[string]Match

// keywords reads the file once. It panics on a mistake, which a test finds: the file is part of the binary.
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
		return nil, fmt.Errorf("keywords.toml: %w", err)
	}

	list := wordList{}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		l := languages[language]
		err := errors.Join(
			list.add(Match{Kind: Stop}, l.Stop), list.add(Match{Kind: Start}, l.Start),
			list.add(Match{Kind: Start, Everyday: true}, l.Everyday), list.add(Match{Kind: Help}, l.Help),
		)
		if err != nil {
			return nil, fmt.Errorf("keywords.toml: %s: %w", language, err)
		}
	}

	return list, nil
}

// add adds keywords of a kind. Of several spellings the first one is shown.
func (l wordList) add(kind Match, texts []string) error {
	for _, text := range texts {
		k := key(text)
		other, twice := l[k]
		switch {
		case k == "":
			return fmt.Errorf("%q has no letters", text)
		case twice && (other.Kind != kind.Kind || other.Everyday != kind.Everyday):
			return fmt.Errorf("%q means %v here and %v elsewhere: keep one", text, kind.Kind, other.Kind)
		case !twice:
			kind.Keyword = text
			l[k] = kind
		}
	}

	return nil
}

// key is a folded keyword.
func key(text string) string { return strings.Join(fold(text), " ") }
