package storetest

import (
	"bytes"

	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// Codec is that of every test's database, so that one can be opened again.
var Codec = func() *store.Codec {
	keys, err := secret.NewKeyring(bytes.Repeat([]byte{7}, secret.KeySize))
	if err != nil {
		panic(err) // the key has the right size
	}
	c := store.NewCodec(nil)
	c.Unlock(keys)
	return c
}()
