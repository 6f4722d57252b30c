package people

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Passkey is a passkey as its user sees it.
type Passkey struct {
	ID                string // in base64, as in the browser
	Name              string
	CreatedAt, UsedAt time.Time
}

// Challenge is what a browser needs for a passkey: Options are for navigator.credentials, State is to be kept in a
// cookie for signin.PendingValid and given back with the answer.
type Challenge struct {
	Options []byte
	State   secret.String
}

// challenge is the content of State.
type challenge struct {
	Kind    string   // register, sign in, step up
	User    [16]byte // zero for a sign-in, as Session is
	Session [16]byte
	At      int64 // microseconds
	Data    webauthn.SessionData
}

const (
	kindRegister = "register"
	kindSignIn   = "sign in"
	kindStepUp   = "step up"
)

// PasskeysAvailable reports whether browsers take passkeys from this server: not when it is opened by an IP address.
func (p *People) PasskeysAvailable() bool {
	_, err := p.relyingParty()
	return err == nil
}

// relyingParty is this server as passkeys know it: they are bound to its host name.
func (p *People) relyingParty() (*webauthn.WebAuthn, error) {
	origin, err := url.Parse(strings.ToLower(p.Origin())) // browsers know names in small letters only
	if err != nil || origin.Host == "" {
		return nil, fault.New(fault.InvalidParams, "passkeys need the address of this server: set public_url")
	}
	if _, err := netip.ParseAddr(origin.Hostname()); err == nil {
		return nil, fault.New(fault.InvalidParams, "browsers take no passkeys from an IP address: set public_url to a name")
	}

	rk := true
	w, err := webauthn.New(&webauthn.Config{
		RPID: origin.Hostname(), RPDisplayName: "SysSecure", RPOrigins: []string{origin.Scheme + "://" + origin.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: &rk, ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "passkeys need public_url to be an address that browsers can open").
			WithCause(err)
	}

	return w, nil
}

// passkeyUser is a user as the library sees one.
type passkeyUser struct {
	row         store.User
	email       string
	credentials []webauthn.Credential
}

// WebAuthnID implements webauthn.User, as the methods below do.
func (u passkeyUser) WebAuthnID() []byte                         { return u.row.Handle }
func (u passkeyUser) WebAuthnName() string                       { return u.email }
func (u passkeyUser) WebAuthnDisplayName() string                { return u.row.Name }
func (u passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (p *People) passkeyUser(row store.User) (u passkeyUser, err error) {
	u.row = row
	if u.email, err = p.email(row); err != nil {
		return u, err
	}
	for _, k := range row.Passkeys {
		c, err := p.credential(row.ID, k)
		if err != nil {
			return u, err
		}
		u.credentials = append(u.credentials, c)
	}

	return u, nil
}

// credential is a passkey as the library sees it.
func (p *People) credential(of id.User, k store.Passkey) (c webauthn.Credential, err error) {
	plain, err := p.open(of, columnPasskey, k.Data)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(plain, &c)
}

// challenge seals what has to be remembered of a challenge. The visit is zero for a sign-in.
func (p *People) challenge(kind string, v Visit, options any, data *webauthn.SessionData) (Challenge, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, err
	}
	state, err := json.Marshal(challenge{kind, v.User, v.SessionID, p.now().UnixMicro(), *data})
	if err != nil {
		return Challenge{}, err
	}

	return Challenge{text, p.sealText("challenge", state)}, nil
}

// challengeOf reads a state that was made for the kind in the same session, within its time.
func (p *People) challengeOf(kind string, v Visit, state secret.String) (c challenge, err error) {
	plain, err := p.openText("challenge", state)
	if err == nil {
		err = json.Unmarshal(plain, &c)
	}
	age := p.now().Sub(time.UnixMicro(c.At))
	elsewhere := c.Kind != kind || c.User != v.User || c.Session != v.SessionID
	if err != nil || elsewhere || age > signin.PendingValid || age < -signin.PendingValid {
		return c, fault.New(fault.Unauthorized, "this took too long; use the passkey again")
	}

	return c, nil
}

// usedKey is the row that says that a challenge was answered.
func (p *People) usedKey(c challenge) store.Key {
	return store.QuotaKey(id.Account{}, p.mac("challenge", c.Data.Challenge))
}

// use marks a challenge as answered; each is answered once.
func (p *People) use(tx *store.Tx, c challenge) error {
	k := p.usedKey(c)
	if store.Exists(tx, k) {
		return errPasskey(errors.New("the challenge was answered already"))
	}
	at := time.UnixMicro(c.At).UTC()
	tx.Put(store.Quota{
		ID: store.QuotaID([]byte(k.ID)), Counted: []guard.Counted{{At: at}}, EndsAt: at.Add(2 * signin.PendingValid),
	})

	return nil
}

func errPasskey(cause error) error {
	return fault.New(fault.Unauthorized, "the passkey was not accepted; try again, or use your password").WithCause(cause)
}

// BeginPasskey makes the challenge for a sign-in, by any passkey of this server. No e-mail address is asked for.
func (p *People) BeginPasskey(context.Context) (Challenge, error) {
	w, err := p.relyingParty()
	if err != nil {
		return Challenge{}, err
	}
	options, data, err := w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}

	return p.challenge(kindSignIn, Visit{}, options, data)
}

// FinishPasskey completes a sign-in by a passkey, which needs no second factor, since it asked for the person's finger,
// face or PIN. No budget limits it: an answer cannot be guessed.
func (p *People) FinishPasskey(ctx context.Context, state secret.String, answer []byte, c Client) (SignedIn, error) {
	ch, err := p.challengeOf(kindSignIn, Visit{}, state)
	if err != nil {
		return SignedIn{}, err
	}

	u, used, err := p.answered(ctx, ch, answer)
	if err != nil {
		return SignedIn{}, err
	}

	s, err := p.enter(ctx, u, c, []store.Key{p.usedKey(ch)}, func(tx *store.Tx, now store.User) (store.User, error) {
		if err := p.use(tx, ch); err != nil {
			return now, err
		}
		return p.withUse(now, used)
	})

	return s, p.noteCopy(ctx, u, c, err)
}

// errCopy is the cause of a refusal that the user should know of.
var errCopy = errors.New("the passkey's counter did not go on, as that of a copy would not")

// noteCopy writes into the audit log that a copy of a passkey was used, and returns the refusal.
func (p *People) noteCopy(ctx context.Context, u store.User, c Client, refusal error) error {
	if !errors.Is(refusal, errCopy) {
		return refusal
	}
	return orElse(p.noteRefused(ctx, u, c), refusal)
}

// answered checks the answer to a challenge, and returns whose passkey it was.
func (p *People) answered(ctx context.Context, c challenge, answer []byte) (store.User, *webauthn.Credential, error) {
	w, err := p.relyingParty()
	if err != nil {
		return store.User{}, nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return store.User{}, nil, errPasskey(err)
	}

	find := func(_, handle []byte) (webauthn.User, error) { return p.byHandle(ctx, handle) }
	found, used, err := w.ValidatePasskeyLogin(find, c.Data, parsed)
	if failed := new(fault.Fault); errors.As(err, &failed) {
		return store.User{}, nil, failed // of the database, which says nothing about the passkey
	} else if err != nil {
		return store.User{}, nil, errPasskey(err)
	}

	return found.(passkeyUser).row, used, nil
}

// byHandle finds the user whose handle a passkey has.
func (p *People) byHandle(ctx context.Context, handle []byte) (webauthn.User, error) {
	plain, err := p.Keys.Open(handle, handleLocation)
	if err != nil || len(plain) != len(id.User{}) {
		return nil, errors.New("the handle is not one of this server")
	}
	u, ok, err := find[store.User](ctx, p, store.UserKey(id.User(plain)))
	if err != nil {
		return nil, err
	}
	if !ok || u.Disabled || !bytes.Equal(u.Handle, handle) {
		return nil, errors.New("there is no such user")
	}

	return p.passkeyUser(u)
}

// withUse stores the counter of a passkey that was used, which must be ahead of the last one, unless it has none. The
// row decides, and not what was read before: a copy may be used at the same time.
func (p *People) withUse(u store.User, used *webauthn.Credential) (store.User, error) {
	i := slices.IndexFunc(u.Passkeys, func(k store.Passkey) bool { return bytes.Equal(k.ID, used.ID) })
	if i < 0 {
		return u, errPasskey(errors.New("the passkey was removed meanwhile"))
	}
	last, err := p.credential(u.ID, u.Passkeys[i])
	if err != nil {
		return u, err
	}
	if last.Authenticator.UpdateCounter(used.Authenticator.SignCount); last.Authenticator.CloneWarning {
		return u, errPasskey(errCopy)
	}
	data, err := json.Marshal(used)
	if err != nil {
		return u, err
	}

	u.Passkeys = slices.Clone(u.Passkeys)
	u.Passkeys[i].Data, u.Passkeys[i].UsedAt = p.seal(u.ID, columnPasskey, data), p.now()

	return u, nil
}

// host is the name by which a browser knows this server, for texts.
func (p *People) host() string {
	origin, err := url.Parse(p.Origin())
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(origin.Host, ":443")
}
