package template

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
)

// Occasion is what a text is rendered for: the language, and the values.
type Occasion struct {
	Locale, Default string // the wanted locale, and the account's
	Values          Values // Values.Metadata is read from Metadata
	Metadata        []byte // the request's JSON object, may be nil
}

// Text is the text of an occasion, and the tag of its translation. It never fails: for a nil Spec, or a text that an
// earlier version allowed and this one does not, it is the built-in text.
func (s *Spec) Text(o Occasion) (text, tag string) {
	p, tag := s.choose(o)
	return Render(p, o.filling(p)), tag
}

// Spoken is the text of a call. It has no hash and no origin line, which only phones read.
func (s *Spec) Spoken(o Occasion) string {
	o.Values.Origin, o.Values.AppHash = "", ""
	if s == nil || len(s.Voice) == 0 {
		text, _ := s.Text(o)
		return text
	}
	voice := Spec{Translations: s.Voice}
	text, _ := voice.Text(o)

	return text
}

// Variable is a placeholder of a text with its value, as plain text.
type Variable struct{ Name, Value string }

// Variables lists the placeholders of an occasion's text in their order, each once, for carriers that have the text
// themselves.
func (s *Spec) Variables(o Occasion) []Variable {
	p, _ := s.choose(o)
	v := o.filling(p)
	var out []Variable
	seen := map[piece]bool{}
	for _, piece := range p.pieces {
		if piece.kind == literal || seen[piece] {
			continue
		}
		seen[piece] = true
		w := writer{}
		w.piece(piece, v)
		out = append(out, Variable{piece.name(), w.out.String()})
	}

	return out
}

// choose finds the translation for an occasion.
func (s *Spec) choose(o Occasion) (Parsed, string) {
	if s == nil || len(s.Translations) == 0 {
		return Builtin().Text(o.Locale, o.Default, o.Values)
	}
	chosen, found := s.exact(cmp.Or(o.Locale, o.Default))
	if !found {
		tags := make([]string, 0, len(s.Translations))
		for _, t := range s.Translations {
			tags = append(tags, t.Tag)
		}
		chosen, _ = s.exact(Locale(o.Locale, o.Default, tags))
	}
	if p, err := Parse(chosen.Text); err == nil {
		return p, chosen.Tag
	}

	return Builtin().Text(o.Locale, o.Default, o.Values)
}

// exact finds a translation by the same tag. Parsing the tags of all costs more than the rest of a text.
func (s *Spec) exact(tag string) (Translation, bool) {
	for _, t := range s.Translations {
		if t.Tag == tag {
			return t, true
		}
	}
	return Translation{}, false
}

// filling returns the values with the metadata that the text names.
func (o Occasion) filling(p Parsed) Values {
	v := o.Values
	v.Metadata = p.pick(o.Metadata)
	return v
}

// pick reads the values that a text names from a JSON object. A key with dots is tried as it is, then as a path.
// Strings, numbers and booleans are used as they were written; an object, a list and null are empty.
func (p Parsed) pick(raw []byte) map[string]string {
	var all map[string]any
	out := map[string]string(nil)
	for _, piece := range p.pieces {
		if piece.kind != metadata || len(raw) == 0 {
			continue
		}
		if all == nil {
			d := json.NewDecoder(bytes.NewReader(raw))
			d.UseNumber() // 12.50 stays 12.50
			if d.Decode(&all) != nil {
				return nil
			}
			out = map[string]string{}
		}
		out[piece.text] = plain(find(all, piece.text))
	}

	return out
}

func find(all map[string]any, key string) any {
	if v, ok := all[key]; ok {
		return v
	}
	first, rest, nested := strings.Cut(key, ".")
	if inner, ok := all[first].(map[string]any); ok && nested {
		return find(inner, rest)
	}

	return nil
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}

	return ""
}
