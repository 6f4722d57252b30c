package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// pattern is a regular expression that matches when it is found anywhere.
type pattern struct{ *regexp.Regexp }

func (p *pattern) UnmarshalJSON(text []byte) error {
	var source string
	if err := json.Unmarshal(text, &source); err != nil {
		return err
	}
	re, err := regexp.Compile(source)
	p.Regexp = re
	return err
}

// expected is a value of a header or of the query: a text, several texts, or a pattern.
type expected struct {
	texts   []string
	matches *pattern
}

func (e *expected) UnmarshalJSON(text []byte) error {
	switch text[0] {
	case '"':
		e.texts = make([]string, 1)
		return json.Unmarshal(text, &e.texts[0])
	case '[':
		return json.Unmarshal(text, &e.texts)
	case '{':
		var o struct {
			Matches *pattern `json:"matches"`
		}
		if err := decodeStrictly(text, &o); err != nil {
			return err
		}
		if o.Matches == nil {
			return errors.New(`an object needs "matches"`)
		}
		e.matches = o.Matches
		return nil
	}

	return fmt.Errorf("%s is no text, list of texts or {\"matches\"}", text)
}

// difference says how the values differ from what was expected; it is empty when they do not.
func (e expected) difference(values []string) string {
	if e.matches != nil {
		if len(values) == 1 && e.matches.MatchString(values[0]) {
			return ""
		}
		return fmt.Sprintf("%s, want a match of %s", show(values), e.matches)
	}
	if slices.Equal(values, e.texts) {
		return ""
	}
	return fmt.Sprintf("%s, want %s", show(values), show(e.texts))
}

func show(values []string) string {
	if len(values) == 0 {
		return "is absent"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = fmt.Sprintf("%q", shorten(v))
	}
	return "is " + strings.Join(quoted, " and ")
}
