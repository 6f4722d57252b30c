package carrier

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Scalar is a JSON string, or a number as it was written. Any other value reads as empty.
type Scalar string

// UnmarshalJSON never fails on a valid JSON value, so that an unexpected field does not hide the others.
func (s *Scalar) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) > 1 && data[0] == '"' && !bytes.ContainsRune(data, '\\') && utf8.Valid(data):
		*s = Scalar(data[1 : len(data)-1]) // fast path
	case len(data) > 0 && data[0] == '"':
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*s = Scalar(text)
	case len(data) > 0 && (data[0] == '-' || data[0] >= '0' && data[0] <= '9'):
		*s = Scalar(data)
	}

	return nil
}
