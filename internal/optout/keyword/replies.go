package keyword

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

//go:embed replies.toml
var repliesFile string

type replyTexts struct{ Stop, Start, Help string }

// replies reads the file once. It panics on a mistake, which a test finds.
var replies = sync.OnceValue(func() map[string]replyTexts {
	list, err := readReplies(repliesFile)
	if err != nil {
		panic(err)
	}
	return list
})

func readReplies(file string) (map[string]replyTexts, error) {
	var list map[string]replyTexts
	if err := toml.NewDecoder(strings.NewReader(file)).DisallowUnknownFields().Decode(&list); err != nil {
		return nil, fmt.Errorf("replies.toml: %w", err)
	}

	for language, texts := range list {
		for _, text := range []string{texts.Stop, texts.Start, texts.Help} {
			if !strings.HasPrefix(text, appPlaceholder) {
				return nil, fmt.Errorf("replies.toml: %s: %q does not begin with %s", language, text, appPlaceholder)
			}
		}
	}

	return list, nil
}

// maxHelp bounds the text for HELP to a few segments, as anybody who got a message can ask for it.
const maxHelp = 320

// CheckHelp checks an account's own text for HELP; empty means the built-in one.
func CheckHelp(text string) error {
	tooLong := utf8.RuneCountInString(text) > maxHelp
	if !utf8.ValidString(text) || tooLong || strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("must have at most %d characters and no line breaks; empty is the built-in text", maxHelp)
	}
	return nil
}

// appPlaceholder is replaced by the account's name.
const appPlaceholder = "{app}"

// Reply is the text that confirms a keyword, in the language of a BCP 47 tag or else in English. No such text is a
// keyword itself, so that a machine which sends it back changes nothing.
func Reply(kind Kind, locale, app string) string {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	texts, ok := replies()[base]
	if !ok {
		texts = replies()["en"]
	}
	text := map[Kind]string{Stop: texts.Stop, Start: texts.Start, Help: texts.Help}[kind]
	return strings.Replace(text, appPlaceholder, app, 1)
}
