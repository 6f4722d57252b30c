package field

import (
	"bytes"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/strictjson"
)

// Bounds of metadata.
const (
	maxMetadata      = 4 << 10
	maxMetadataDepth = 5
)

// Metadata is any JSON object. It is kept as it was written, because a large number would not survive a float64.
type Metadata json.RawMessage

// UnmarshalJSON implements json.Unmarshaler. null means no metadata.
func (m *Metadata) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*m = nil
		return nil
	}

	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return err
	}
	*m = compact.Bytes()

	return nil
}

// MarshalJSON implements json.Marshaler. It writes no metadata as an empty object.
func (m Metadata) MarshalJSON() ([]byte, error) {
	if len(m) == 0 {
		return []byte("{}"), nil
	}
	return m, nil
}

// Schema implements huma.SchemaProvider.
func (Metadata) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Description: "Any JSON object of up to 4 KB and 5 levels, for your own use. " +
			"It is returned unchanged, also in webhooks.",
	}
}

// Check reports metadata that is too large or too deep.
func (m Metadata) Check() error {
	if len(m) > maxMetadata {
		return fault.Invalid("metadata", "metadata has %d bytes; it may have at most %d", len(m), maxMetadata)
	}
	if strictjson.Check(m, maxMetadataDepth) != nil {
		return fault.Invalid("metadata", "metadata is nested deeper than %d levels; flatten it", maxMetadataDepth)
	}
	return nil
}
