package people

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Columns of sealed values.
const (
	columnEmail    = "email"
	columnPassword = "password"
	columnTOTP     = "totp"
	columnPasskey  = "passkey"
)

// mac is a MAC of people's values, cut to 128 bits as the keys of rows are.
func (p *People) mac(parts ...string) [16]byte {
	all := make([][]byte, len(parts))
	for i, part := range parts {
		all[i] = []byte(part)
	}
	sum := p.Keys.People().Sum(all...)

	return [16]byte(sum[:16])
}

func (p *People) loginID(email string) store.LoginID { return p.mac("login", email) }

func (p *People) sessionID(token secret.String) store.SessionID {
	return p.mac("session", token.Reveal())
}

func (p *People) linkID(token secret.String) store.LinkID { return p.mac("link", token.Reveal()) }

// recoveryMAC is what is stored of a recovery code.
func (p *People) recoveryMAC(u id.User, code string) []byte {
	m := p.mac("recovery", string(u[:]), code)
	return m[:]
}

// seal encrypts a value of a user's row.
func (p *People) seal(u id.User, column string, plain []byte) []byte {
	return p.Keys.Seal(plain, store.UserKey(u).Location(column))
}

func (p *People) open(u id.User, column string, sealed []byte) ([]byte, error) {
	return p.Keys.Open(sealed, store.UserKey(u).Location(column))
}

func (p *People) email(u store.User) (string, error) {
	plain, err := p.open(u.ID, columnEmail, u.Email)
	return string(plain), err
}

// byEmail finds the user of an address. It takes the same two reads when there is none.
func (p *People) byEmail(ctx context.Context, email string) (store.User, bool, error) {
	login, _, err := find[store.Login](ctx, p, store.LoginKey(p.loginID(email)))
	if err != nil {
		return store.User{}, false, err
	}
	return find[store.User](ctx, p, store.UserKey(login.User))
}

// tokenLength is the length of the text of a token: 32 random bytes in base64.
const tokenLength = 43

func newToken() secret.String {
	b := make([]byte, 32)
	rand.Read(b)
	return secret.NewString(base64.RawURLEncoding.EncodeToString(b))
}

// sealText seals a value that a browser keeps for a while. kind keeps such values apart.
func (p *People) sealText(kind string, plain []byte) secret.String {
	sealed := p.Keys.Seal(plain, secret.Location{Table: "people", Column: kind})
	return secret.NewString(base64.RawURLEncoding.EncodeToString(sealed))
}

// maxSealed bounds what is read of a browser's value.
const maxSealed = 8 << 10

func (p *People) openText(kind string, text secret.String) ([]byte, error) {
	if len(text.Reveal()) > maxSealed {
		return nil, secret.ErrWrongKey
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text.Reveal())
	if err != nil {
		return nil, secret.ErrWrongKey
	}

	return p.Keys.Open(sealed, secret.Location{Table: "people", Column: kind})
}

// name checks a person's name.
func name(s string) (string, error) {
	s = strings.TrimSpace(s)
	if !account.ValidName(s) {
		return "", fault.Invalid("name", "name must have 1 to 100 characters, without line breaks or control characters")
	}
	return s, nil
}

// short cuts what a browser says about itself to what a row keeps.
func short(s string) string {
	const most = 200
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// newUser makes a user without a password.
func (p *People) newUser(email, name string, now time.Time) (store.User, store.Login) {
	u := store.User{ID: id.NewUser(now), Login: p.loginID(email), Name: name, CreatedAt: now}
	u.Email = p.seal(u.ID, columnEmail, []byte(email))
	u.Handle = p.Keys.Seal(u.ID[:], handleLocation)

	return u, store.Login{ID: u.Login, User: u.ID}
}

// handleLocation is where the id of a user is sealed that passkeys keep as the user's handle.
var handleLocation = secret.Location{Table: "people", Column: "handle"}

// setPassword puts a new password into a user's row, which ends all earlier sessions.
func (p *People) setPassword(u *store.User, h signin.Hash, now time.Time) {
	u.Password, u.PasswordAt, u.SessionsFrom = p.seal(u.ID, columnPassword, []byte(h.String())), now, now
}

// hash checks and hashes a new password.
func (p *People) hash(ctx context.Context, password secret.String, own ...string) (signin.Hash, error) {
	if err := signin.CheckPassword(password.Reveal(), own...); err != nil {
		return signin.Hash{}, err
	}
	release, err := p.slot(ctx, p.known)
	if err != nil {
		return signin.Hash{}, err
	}
	defer release()

	return signin.NewHash(password.Reveal(), newSalt(), p.Cost), nil
}

func newSalt() (salt [16]byte) {
	rand.Read(salt[:])
	return salt
}
