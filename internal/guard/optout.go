package guard

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/unicode/norm"
)

// Word is what a message from a phone asks for.
type Word uint8

// The words. Start takes an earlier Stop back and means nothing to a phone that has not opted out: "yes" is one of its
// keywords.
const (
	None Word = iota
	Stop
	Start
	Help
)

// String returns "none", "stop", "start" or "help".
func (w Word) String() string { return [...]string{"none", "stop", "start", "help"}[w] }

// Classify reads a message from a phone. It finds a word when the whole message is one of the keywords, in any case,
// with or without accents, whatever punctuation or emoji stand around it, or when the message has at most six words,
// begins with one of the few keywords that mean stop in a sentence too, and goes on with words that add nothing to it
// ("Stop texting me please"). "Don't stop" and "Stop by at five" are no opt-outs. The keyword is returned as it is
// written in the list, e.g. "STOP"; it is "" for None.
func Classify(body string) (word Word, keyword string) {
	body = strings.TrimFunc(body, isAround)
	if len(body) > maxBody {
		return None, ""
	}
	folded := fold(body)
	list := keywords()
	if k, ok := list.whole[folded]; ok {
		return k.word, k.text
	}
	words := strings.Fields(folded)
	if len(words) < 2 || len(words) > maxWords {
		return None, ""
	}
	text, ok := list.first[strings.TrimFunc(words[0], isAround)]
	for _, w := range words[1:] {
		w = strings.TrimFunc(w, isAround)
		_, again := list.first[w]
		ok = ok && (again || list.more[w] || w == "")
	}
	if !ok {
		return None, ""
	}
	return Stop, text
}

const (
	maxWords = 6
	// maxBody octets hold six words of any language; longer messages are not worth folding.
	maxBody = 400
)

//go:embed optout.toml
var keywordsFile string

type entry struct {
	word Word
	text string
}

// wordList has folded keywords as its keys.
type wordList struct {
	whole map[string]entry
	first map[string]string
	more  map[string]bool
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
	var languages map[string]struct{ Stop, First, More, Start, Help []string }
	if _, err := toml.Decode(file, &languages); err != nil {
		return wordList{}, fmt.Errorf("optout.toml: %w", err)
	}
	list := wordList{whole: map[string]entry{}, first: map[string]string{}, more: map[string]bool{}}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		l := languages[language]
		for word, texts := range [...][]string{Stop: l.Stop, Start: l.Start, Help: l.Help} {
			if err := list.add(Word(word), texts); err != nil {
				return wordList{}, fmt.Errorf("optout.toml: %s: %w", language, err)
			}
		}
		for _, text := range l.First {
			list.first[fold(text)] = text
		}
		for _, text := range l.More {
			list.more[fold(text)] = true
		}
	}
	return list, nil
}

func (l wordList) add(word Word, texts []string) error {
	for _, text := range texts {
		key := fold(text)
		other, twice := l.whole[key]
		switch {
		case key == "":
			return fmt.Errorf("%q has no letters", text)
		case twice && other.word != word:
			return fmt.Errorf("%q means %v here and %v elsewhere: keep one", text, word, other.word)
		case !twice:
			l.whole[key] = entry{word, text}
		}
	}
	return nil
}

// fold makes spellings of a word equal: compatibility forms, case, accents, the Turkish i with and without its dot, and
// the space between words. Only marks that are left out in haste go; those of Indian scripts and Thai are letters.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case isAccent(r) || r == 'ـ' || unicode.Is(unicode.Cf, r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(plain(unicode.ToLower(r)))
	}
	return b.String()
}

// plain undoes what NFKD leaves: letters with a stroke or without a dot, and the sigma at the end of a word.
func plain(r rune) rune {
	switch r {
	case 'ı':
		return 'i'
	case 'đ':
		return 'd'
	case 'ł':
		return 'l'
	case 'ø':
		return 'o'
	case 'ς':
		return 'σ'
	}
	return r
}

// isAccent finds the marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036F || unicode.Is(unicode.Mn, r) && r >= 0x0591 && r <= 0x0670
}

// isAround finds what may stand before and behind a word without changing it: anything but letters, digits and their
// marks.
func isAround(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) || isEmojiMark(r) }

// isEmojiMark finds the marks that emoji are built with, which would otherwise count as part of a word.
func isEmojiMark(r rune) bool { return r == 0x20E3 || r >= 0xFE00 && r <= 0xFE0F }
