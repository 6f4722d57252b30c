package harness

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// places are the values that a case names as ${…}.
type places map[string]string

var place = regexp.MustCompile(`\$\{[^}"]*\}`)

// placeNames are all that there are.
var placeNames = []string{"base", "port", "tls", "ca", "dead", "silent", "sdk", "version"}

// longKey is ${key300}, for example: so many letters.
var longKey = regexp.MustCompile(`^key([1-9][0-9]{0,4})$`)

// script fills the places into the text of a case, and decodes it. Places without a value stay as they are.
func (p places) script(text json.RawMessage) (*script, error) {
	filled, err := p.fill(string(text))
	if err != nil {
		return nil, err
	}
	s := &script{}
	if err := decodeStrictly([]byte(filled), s); err != nil {
		return nil, err
	}
	return s, nil
}

func (p places) fill(text string) (string, error) {
	var unknown error
	filled := place.ReplaceAllStringFunc(text, func(found string) string {
		name := found[2 : len(found)-1]
		if size := longKey.FindStringSubmatch(name); size != nil {
			length, _ := strconv.Atoi(size[1])
			return strings.Repeat("k", length)
		}
		if !slices.Contains(placeNames, name) {
			unknown = fmt.Errorf("there is no %s", found)
			return found
		}
		value, ok := p[name]
		if !ok {
			return found
		}
		// Places stand inside of JSON strings.
		quoted, err := json.Marshal(value)
		if err != nil {
			unknown = err
			return found
		}
		return strings.Trim(string(quoted), `"`)
	})

	return filled, unknown
}
