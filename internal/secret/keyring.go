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

// ErrWrongKey is returned when a value was sealed under a key that this ring does not have, or was changed afterwards.
var ErrWrongKey = errors.New("sealed under another master key, or changed in the database")

// Keyring holds the keys derived from the master key, one for each purpose. It is safe for concurrent use.
type Keyring struct {
	id      KeyID
	aead    cipher.AEAD
	code    *MAC
	apiKey  *MAC
	request *MAC
	row     *MAC
	people  *MAC
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
		// It can fail only for a length that is too long.
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
		row: NewMAC(derive("row")), people: NewMAC(derive("people")),
	}, nil
}

// ID names the master key.
func (k *Keyring) ID() KeyID { return k.id }

// Rows is the MAC for the database's rows.
func (k *Keyring) Rows() *MAC { return k.row }

// People is the MAC of what the database keeps of e-mail addresses, sessions, links and recovery codes.
func (k *Keyring) People() *MAC { return k.people }

// Codes is the MAC that one-time passwords are derived with.
func (k *Keyring) Codes() *MAC { return k.code }

// Location is where a sealed value is stored. It can be opened only with that location, so a value that was copied to
// another row or account is useless there. The zero Account is for values of no account.
type Location struct {
	Table, Column string
	Account       [16]byte
	Row           []byte // the rest of the row's key
}

// bytes is the location as additional data of the cipher. Only Row has no fixed end, so different locations differ.
func (l Location) bytes() []byte {
	return slices.Concat([]byte(l.Table), []byte{0}, []byte(l.Column), []byte{0}, l.Account[:], l.Row)
}

// Seal encrypts plain for its location. The result is key id, nonce, ciphertext.
func (k *Keyring) Seal(plain []byte, at Location) []byte {
	out := make([]byte, 4+12, 4+12+len(plain)+16)
	binary.BigEndian.PutUint32(out, uint32(k.id))
	rand.Read(out[4:16])
	return k.aead.Seal(out, out[4:16], plain, at.bytes())
}

// Open reverses Seal.
func (k *Keyring) Open(sealed []byte, at Location) ([]byte, error) {
	if len(sealed) < 16 || KeyID(binary.BigEndian.Uint32(sealed)) != k.id {
		return nil, ErrWrongKey
	}
	plain, err := k.aead.Open(nil, sealed[4:16], sealed[16:], at.bytes())
	if err != nil {
		return nil, ErrWrongKey
	}

	return plain, nil
}

// APIKeyMAC is what the database keeps of an API key. It is keyed, so that write access to the database is not enough
// to make a key.
func (k *Keyring) APIKeyMAC(key string) []byte {
	sum := k.apiKey.Sum([]byte(key))
	return sum[:]
}

// RequestMAC is the fingerprint of a request under an Idempotency-Key. From a plain hash of a verify body, a reader of
// the database could find the code.
func (k *Keyring) RequestMAC(parts ...[]byte) []byte {
	sum := k.request.Sum(parts...)
	return sum[:]
}

// IndexKey makes the keys of contact rows from numbers. It never changes during the life of a database, so it is random
// and stored in the database, wrapped by the master key.
type IndexKey struct {
	key []byte
	mac *MAC
}

func indexKey(key []byte) IndexKey { return IndexKey{key, NewMAC(key)} }

// NewIndexKey makes an index key for a new database.
func NewIndexKey() IndexKey {
	return indexKey(NewMasterKey())
}

var indexKeyLocation = Location{Table: "meta", Column: "index_key"}

// Wrap seals the index key for the database.
func (k *Keyring) Wrap(i IndexKey) []byte { return k.Seal(i.key, indexKeyLocation) }

// Unwrap opens the stored index key. ErrWrongKey here means that the master key file is not the one of this database.
func (k *Keyring) Unwrap(sealed []byte) (IndexKey, error) {
	plain, err := k.Open(sealed, indexKeyLocation)
	return indexKey(plain), err
}

// MAC is the index value of the parts: equal parts give equal values, and the parts cannot be recovered from it.
func (i IndexKey) MAC(parts ...[]byte) [32]byte { return i.mac.Sum(parts...) }
