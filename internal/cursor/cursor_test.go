package cursor_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/syssecure/syssecure/internal/cursor"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/secret"
)

func keyring(t *testing.T) *secret.Keyring {
	t.Helper()
	k, err := secret.NewKeyring(secret.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func list(parts ...string) (l cursor.List) {
	for _, p := range parts {
		l = append(l, []byte(p))
	}
	return l
}

func TestCursor(t *testing.T) {
	t.Parallel()
	keys, position := keyring(t), []byte("16 bytes of a row")
	good := cursor.Seal(keys, list("account", "live", "messages", "filter"), position)
	for name, c := range map[string]struct {
		keys   *secret.Keyring
		of     cursor.List
		cursor string
		size   int
		ok     bool
	}{
		"its list": {
			keys: keys, of: list("account", "live", "messages", "filter"), cursor: good,
			size: len(position), ok: true,
		},
		"another account": {
			keys: keys, of: list("other", "live", "messages", "filter"), cursor: good, size: len(position),
		},
		"another filter": {keys: keys, of: list("account", "live", "messages", ""), cursor: good, size: len(position)},
		"parts split otherwise": {
			keys: keys, of: list("account", "live", "message", "sfilter"), cursor: good, size: len(position),
		},
		"another master key": {
			keys: keyring(t), of: list("account", "live", "messages", "filter"), cursor: good, size: len(position),
		},
		"a position too short": {
			keys: keys, of: list("account", "live", "messages", "filter"), cursor: good, size: len(position) + 1,
		},
		"a changed letter": {
			keys: keys, of: list("account", "live", "messages", "filter"), cursor: "A" + good[1:], size: len(position),
		},
		"something appended": {
			keys: keys, of: list("account", "live", "messages", "filter"), cursor: good + "AA", size: len(position),
		},
		"other letters": {
			keys: keys, of: list("account", "live", "messages", "filter"), cursor: "é", size: len(position),
		},
		"nothing": {keys: keys, of: list("account", "live", "messages", "filter"), cursor: "", size: len(position)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := cursor.Open(c.keys, c.of, c.cursor, c.size)
			var f *fault.Fault
			if c.ok && (err != nil || !bytes.Equal(got, position)) || !c.ok &&
				(!errors.As(err, &f) || f.Details.Field != "cursor") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
