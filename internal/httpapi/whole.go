package httpapi

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/problem"
)

// whole is an integer of a request. JSON has one kind of number, and 300.0 is as whole as 300: clients in languages
// without integers write it so, and the document's "integer" allows it, where Go would not.
type whole int64

// seconds is a whole number of them.
type seconds whole

// UnmarshalJSON implements json.Unmarshaler.
func (n *seconds) UnmarshalJSON(b []byte) error { return (*whole)(n).UnmarshalJSON(b) }

// TransformSchema implements huma.SchemaTransformer: refusals name the unit.
func (*seconds) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Extensions = map[string]any{problem.Unit: "seconds"}
	return s
}

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
