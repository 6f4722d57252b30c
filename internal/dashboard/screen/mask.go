package screen

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/signin"
)

// Metadata is the metadata of a message as the user may see it. What looks like a phone number in it is masked for who
// may see no numbers: applications put the number of the customer there, too.
func (q *Request) Metadata(raw []byte) []byte {
	if q.May(signin.SeeNumbers) || len(raw) == 0 {
		return raw
	}
	return []byte(maskJSON(string(raw)))
}

// WithoutNumbers is a text of an application as the user may see it, masked as metadata is.
func (q *Request) WithoutNumbers(text string) string {
	if q.May(signin.SeeNumbers) {
		return text
	}
	return maskNumbers(text)
}

// literals are the texts and the numbers of JSON.
var literals = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*`)

// maskJSON masks the phone numbers in the keys, texts and numbers of a JSON value. The rest stays as it was written.
func maskJSON(raw string) string {
	return literals.ReplaceAllStringFunc(raw, func(literal string) string {
		text := literal
		if literal[0] == '"' && json.Unmarshal([]byte(literal), &text) != nil {
			return `"•••••"`
		}
		masked := maskNumbers(text)
		if masked == text {
			return literal
		}
		out, _ := json.Marshal(masked) //nolint:errchkjson // a string
		return string(out)
	})
}

// digits are runs of digits, with what people write between them, such as spaces and dashes of every width, and a plus sign
// before them as it is or as addresses have it.
var digits = regexp.MustCompile(`(?:[+＋]|%2[Bb])?\(?\p{Nd}(?:[\p{Zs}\p{Pd}()./]*\p{Nd}){6,}`)

// maskNumbers masks what looks like a phone number in a text.
func maskNumbers(text string) string {
	var out strings.Builder
	end := 0
	for _, at := range digits.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		number := text[at[0]:at[1]]
		if unicode.IsLetter(before) && !plus.MatchString(number) || unicode.IsLetter(after) || !numberLike(number) {
			continue
		}
		found := []rune(number)
		out.WriteString(text[end:at[0]] + string(found[:3]) + "•••••" + string(found[len(found)-2:]))
		end = at[1]
	}

	return out.String() + text[end:]
}

// plus begins a number with its country.
var plus = regexp.MustCompile(`^(?:[+＋]|%2[Bb])`)

// american is how people in North America write a number without its country.
var american = regexp.MustCompile(`^\(?\d{3}\)?[\p{Zs}\p{Pd}.]?\d{3}[\p{Zs}\p{Pd}.]\d{4}$`)

// numberLike reports whether digits are a phone number rather than an id, a date or an address: with a plus sign or a
// zero before them, so many without a space that they have a country, or in the form of North America.
func numberLike(text string) bool {
	count, spaced := 0, false
	for _, r := range text {
		if unicode.IsDigit(r) {
			count++
		} else if r != '+' && r != '＋' {
			spaced = true
		}
	}
	first := strings.TrimPrefix(text, "(")
	lead, _ := utf8.DecodeRuneInString(first)
	switch {
	case plus.MatchString(first):
		return true
	case lead == '0' || lead == '０' || lead == '٠':
		return count >= 8
	}

	return count >= 10 && !spaced || american.MatchString(text)
}
