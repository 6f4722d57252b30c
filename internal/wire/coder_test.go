package wire

import (
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/syssecure/syssecure/internal/extra"
)

// An unknown field with a small number goes back to its place, so that the version that knows it finds it in order.
func TestCoder_UnknownFieldsStayInOrder(t *testing.T) {
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
