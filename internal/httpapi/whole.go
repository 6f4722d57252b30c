package httpapi

import (
	"encoding/json"
	"fmt"
	"math"
)

// whole is an integer of a request. JSON has one kind of number, and 300.0 is as whole as 300: clients in languages
// without integers write it so, and the document's "integer" allows it, where Go would not.
type whole int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *whole) UnmarshalJSON(b []byte) error {
	var i int64
	if json.Unmarshal(b, &i) == nil {
		*n = whole(i)
		return nil
	}
	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return fmt.Errorf("%s is no whole number", b)
	}
	*n = whole(f)
	return nil
}
