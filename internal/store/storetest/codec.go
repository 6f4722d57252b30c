package storetest

import (
	"bytes"

	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
)

// Keys and Codec are the same for all tests, so that a database can be opened again.
var (
	Keys = func() *secret.Keyring {
		keys, err := secret.NewKeyring(bytes.Repeat([]byte{7}, secret.KeySize))
		if err != nil {
			panic(err) // the key has the right size
		}
		return keys
	}()
	Codec = func() *store.Codec {
		c := store.NewCodec(nil)
		c.Unlock(Keys)
		return c
	}()
)
