package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// KeySize is the size of the master key in bytes.
const KeySize = 32

// KeyID names a master key; it is derived from the key, so that every node with the same key file agrees on it.
type KeyID uint32

// ErrWrongKey is returned when a value was sealed under a key that this ring does not have, or was changed since.
var ErrWrongKey = errors.New("sealed under another master key, or changed in the database")

// Keyring holds the keys derived from the master key, one for each purpose, so that no key serves two ends. It is safe
// for concurrent use.
type Keyring struct {
	id      KeyID
	aead    cipher.AEAD
	code    *MAC
	apiKey  *MAC
	request *MAC
}

// NewMasterKey makes a random master key.
func NewMasterKey() []byte {
	k := make([]byte, KeySize)
	rand.Read(k)
	return k
}

// NewKeyring derives the keys from a 32-byte master key.
func NewKeyring(master []byte) (*Keyring, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("the master key has %d bytes; it must have %d, written in base64", len(master), KeySize)
	}
	derive := func(purpose string) []byte {
		// Only a wrong length can fail, and the length is ours.
		k, err := hkdf.Key(sha256.New, master, nil, "syssecure/"+purpose, KeySize)
		if err != nil {
			panic(err)
		}
		return k
	}
	block, err := aes.NewCipher(derive("seal"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Keyring{
		id: KeyID(binary.BigEndian.Uint32(derive("key-id"))), aead: aead,
		code: NewMAC(derive("code")), apiKey: NewMAC(derive("api-key")), request: NewMAC(derive("request")),
	}, nil
}

// ID names the master key.
func (k *Keyring) ID() KeyID { return k.id }

// Codes is what one-time passwords are derived with.
func (k *Keyring) Codes() *MAC { return k.code }

// Seal encrypts plain and binds it to its place (table, column, row), so that a value moved to another row does not
// open. The result is key id, nonce, ciphertext.
func (k *Keyring) Seal(plain []byte, table, column string, row []byte) []byte {
	out := make([]byte, 4+12, 4+12+len(plain)+16)
	binary.BigEndian.PutUint32(out, uint32(k.id))
	rand.Read(out[4:16])
	return k.aead.Seal(out, out[4:16], plain, k.place(table, column, row))
}

// Open reverses Seal.
func (k *Keyring) Open(sealed []byte, table, column string, row []byte) ([]byte, error) {
	if len(sealed) < 16 || KeyID(binary.BigEndian.Uint32(sealed)) != k.id {
		return nil, ErrWrongKey
	}
	plain, err := k.aead.Open(nil, sealed[4:16], sealed[16:], k.place(table, column, row))
	if err != nil {
		return nil, ErrWrongKey
	}
	return plain, nil
}

func (k *Keyring) place(table, column string, row []byte) []byte {
	return slices.Concat([]byte(table), []byte{0}, []byte(column), []byte{0}, row)
}

// APIKeyMAC is what the database keeps of an API key. It is keyed, so that whoever can write the database still cannot
// mint a key.
func (k *Keyring) APIKeyMAC(key string) []byte {
	sum := k.apiKey.Sum([]byte(key))
	return sum[:]
}

// RequestMAC is the fingerprint of a request under an Idempotency-Key. A plain hash of a verify body would reveal the
// code to whoever reads the database.
func (k *Keyring) RequestMAC(parts ...[]byte) []byte {
	sum := k.request.Sum(parts...)
	return sum[:]
}

// IndexKey makes the keys of contact rows from numbers. It never changes during the life of a database, so it is random
// and kept in the database, wrapped by the master key.
type IndexKey struct {
	key []byte
	mac *MAC
}

func indexKey(key []byte) IndexKey { return IndexKey{key, NewMAC(key)} }

// NewIndexKey makes an index key for a new database.
func NewIndexKey() IndexKey {
	return indexKey(NewMasterKey())
}

// Wrap seals the index key for the database.
func (k *Keyring) Wrap(i IndexKey) []byte { return k.Seal(i.key, "meta", "index_key", nil) }

// Unwrap opens the stored index key. ErrWrongKey here means that the master key file is not the one of this database.
func (k *Keyring) Unwrap(sealed []byte) (IndexKey, error) {
	plain, err := k.Open(sealed, "meta", "index_key", nil)
	return indexKey(plain), err
}

// MAC is the index value of the parts: equal parts give equal values, and nothing can be read back.
func (i IndexKey) MAC(parts ...[]byte) [32]byte { return i.mac.Sum(parts...) }
