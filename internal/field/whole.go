// Package field implements the types of request fields: whole numbers, seconds, metadata and times. Each refuses a
// value that it cannot read with a fault that names the field.
package field

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/problem"
)

// Whole is an integer in a request. It accepts 300.0 as 300, which JSON Schema's "integer" allows but Go does not:
// clients in languages without integers write it so.
type Whole int64

// Seconds is a whole number of seconds.
type Seconds Whole

// UnmarshalJSON implements json.Unmarshaler.
func (n *Seconds) UnmarshalJSON(b []byte) error { return (*Whole)(n).UnmarshalJSON(b) }

// TransformSchema implements huma.SchemaTransformer: error messages then name the unit.
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
