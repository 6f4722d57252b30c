// Package field implements the kinds of values that fields of requests have: whole numbers, seconds, metadata, points in
// time. Each reads what clients write, and refuses the rest with a fault that names the field.
package field

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/problem"
)

// Whole is an integer of a request. JSON has one kind of number, and 300.0 is as whole as 300: clients in languages
// without integers write it so, and the document's "integer" allows it, where Go would not.
type Whole int64

// Seconds is a whole number of them.
type Seconds Whole

// UnmarshalJSON implements json.Unmarshaler.
func (n *Seconds) UnmarshalJSON(b []byte) error { return (*Whole)(n).UnmarshalJSON(b) }

// TransformSchema implements huma.SchemaTransformer: refusals name the unit.
func (*Seconds) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Extensions = map[string]any{problem.Unit: "seconds"}
	return s
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Whole) UnmarshalJSON(b []byte) error {
	var i int64
	if json.Unmarshal(b, &i) == nil {
		*n = Whole(i)
		return nil
	}

	var f float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return fmt.Errorf("%s is not a whole number", b)
	}
	*n = Whole(f)

	return nil
}
