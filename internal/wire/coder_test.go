package wire

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/extra"
)

// Unknown fields are written in order, as the version that knows them expects.
func TestCoder_UnknownFieldsInOrder(t *testing.T) {
	var c Coder
	rest := extra.Fields(protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), 9))
	one, three := "a", "c"
	c.Data(&rest, func(c *Coder) {
		Text(c, 1, &one)
		Text(c, 3, &three)
	})
	if got, want := string(c.row[0].B), "\x0a\x01a\x10\x09\x1a\x01c"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
