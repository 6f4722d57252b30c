package httpapi

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/field"
	"github.com/syssecure/syssecure/internal/idempotency"
)

func (s *Server) keyRoutes() {
	const list, one = "/v2/keys", "/v2/keys/{key_id}"
	register(s, op("list-keys", "GET "+list, account.ScopeAdmin, "List API keys"), s.listKeys)
	registerIdempotent(s, op("create-key", "POST "+list, account.ScopeAdmin, "Create an API key"), s.createKey, showIssued)
	registerIdempotent(s, op("rotate-key", "POST "+one+"/rotate", account.ScopeAdmin,
		"Replace an API key", 404), s.rotateKey, showIssued)
	register(s, op("revoke-key", "DELETE "+one, account.ScopeAdmin, "Revoke an API key", 404), s.revokeKey)
}

// keyBody is an API key. Only a new one has its secret.
type keyBody struct {
	ID           string   `json:"id" example:"key_ab12CD34"`
	Name         string   `json:"name,omitempty" doc:"Your name for the key." example:"Shop backend"`
	Mode         string   `json:"mode" enum:"live,test" example:"test"`
	Prefix       string   `json:"prefix" doc:"What the key begins with, by which you recognise it." example:"sk_test_ab12CD34"`
	Scopes       []string `json:"scopes" doc:"What the key may do: send, verify, read, admin; operator for those who run the server." example:"[\"send\",\"verify\"]"`
	Status       string   `json:"status" enum:"active,expiring,expired,revoked" doc:"active: it works. expiring: it was replaced, and works until expires_at. expired and revoked: it does not work any more." example:"active"`
	CreatedAt    string   `json:"created_at" format:"date-time"`
	CreatedBy    string   `json:"created_by,omitempty" doc:"Who created it: the name of a user, the id of a key, or command line." example:"command line"`
	LastUsedAt   string   `json:"last_used_at,omitempty" format:"date-time" doc:"When a request was last made with it, to the minute. Absent when there was none."`
	LastUsedFrom string   `json:"last_used_from,omitempty" doc:"The IP address of that request." example:"203.0.113.7"`
	ExpiresAt    string   `json:"expires_at,omitempty" format:"date-time" doc:"When it ends or ended, because it was replaced."`
	RevokedAt    string   `json:"revoked_at,omitempty" format:"date-time" doc:"When it was revoked."`
	Secret       string   `json:"secret,omitempty" doc:"The whole key, only in the answers that create it. It is not shown again: keep it where your program reads it." example:"sk_test_ab12CD34_your_api_key_here"`
	Replaces     string   `json:"replaces,omitempty" doc:"The id of the key that this one replaces, only in the answer that rotates it." example:"key_ef56GH78"`
}

func showKey(k account.Key, now time.Time) keyBody {
	b := keyBody{
		ID: k.PublicID(), Name: k.Name, Mode: k.Mode.String(), Prefix: k.Prefix(), Status: k.Status(now),
		CreatedAt: stamp(k.CreatedAt), CreatedBy: k.CreatedBy, LastUsedAt: stampOrNone(k.UsedAt),
		LastUsedFrom: k.UsedFrom, ExpiresAt: stampOrNone(k.ExpiresAt), RevokedAt: stampOrNone(k.RevokedAt),
	}
	for _, scope := range k.Scopes {
		b.Scopes = append(b.Scopes, string(scope))
	}

	return b
}

func showIssued(k admin.IssuedKey) keyBody {
	b := showKey(k.Key, k.CreatedAt)
	b.Secret, b.Replaces = k.Secret.Reveal(), k.Replaces
	return b
}

type listKeysInput struct {
	Paging
	Status string `query:"status" enum:"working,active,expiring,expired,revoked" doc:"Only those with this status; working: those that are active or expiring." example:"working"`
	Search string `query:"search" minLength:"1" maxLength:"100" doc:"Only those whose name, prefix or id has this text in it, in capitals or not." example:"Shop"`
}

func (s *Server) listKeys(ctx context.Context, c account.Caller, in *listKeysInput) (page[keyBody], error) {
	// The filters are part of the list's name, so that a cursor of other filters is refused.
	name := strings.Join([]string{"keys", in.Status, in.Search}, "\x00")
	before, err := s.openPlainCursor(c, name, &in.Paging)
	if err != nil {
		return page[keyBody]{}, err
	}

	// All at once: an account has few keys, and they are stored in the order of their random ids.
	keys, err := s.Admin.FindKeys(ctx, c, admin.KeyFilter{Status: in.Status, Search: in.Search})
	if err != nil {
		return page[keyBody]{}, err
	}

	keys = slices.DeleteFunc(keys, func(k account.Key) bool {
		at := keyPosition(k)
		return before != [16]byte{} && bytes.Compare(at[:], before[:]) >= 0
	})
	now := s.Admin.Now()

	return pageOf(s, c, name, &in.Paging, keys, keyPosition, func(k account.Key) keyBody { return showKey(k, now) }), nil
}

// keyPosition is where a key stands in the list: its time, then its id.
func keyPosition(k account.Key) (at [16]byte) {
	binary.BigEndian.PutUint64(at[:], uint64(k.CreatedAt.UnixMicro()))
	copy(at[8:], k.ID)
	return at
}

// scopeName is a scope that the API can give.
type scopeName string

type createKeyInput struct {
	Repeatable
	Body struct {
		Name   *string     `json:"name,omitempty" minLength:"1" maxLength:"64" doc:"Your name for the key, by which you recognise it." example:"Shop backend"`
		Scopes []scopeName `json:"scopes,omitempty" minItems:"1" maxItems:"4" enum:"send,verify,read,admin" doc:"What the key may do: only what the key of this request may do, too. Absent means all of that." example:"[\"send\",\"verify\"]"`
	}
}

// Resolve implements huma.Resolver: it adds the faults that no schema finds.
func (in *createKeyInput) Resolve(huma.Context) (errs []error) {
	for i, name := range in.Body.Scopes {
		if slices.Contains(in.Body.Scopes[:i], name) {
			errs = append(errs, fault.Invalid("scopes", "scopes names %s twice; name each scope once", name))
		}
	}
	return errs
}

func (s *Server) createKey(ctx context.Context, c account.Caller, in *createKeyInput,
	idem *idempotency.Request,
) (admin.IssuedKey, *idempotency.Answer, error) {
	name := ""
	if in.Body.Name != nil {
		name = *in.Body.Name
	}
	var scopes []account.Scope
	for _, scope := range in.Body.Scopes {
		scopes = append(scopes, account.Scope(scope))
	}

	var answer *idempotency.Answer
	k, err := s.Admin.IssueKeyBy(ctx, c, name, scopes, s.once(c, idem, &answer))

	return k, answer, err
}

// KeyPath names the key of an operation.
type KeyPath struct {
	ID string `path:"key_id" doc:"The key's id." example:"key_ab12CD34"`
}

func (p KeyPath) parse() (string, error) {
	keyID, ok := admin.ParseKeyID(p.ID)
	if !ok {
		return "", fault.NoSuch("key")
	}
	return keyID, nil
}

type rotateKeyInput struct {
	Repeatable
	KeyPath
	Body *keyOverlapBody
}

type keyOverlapBody struct {
	Overlap *field.Seconds `json:"overlap,omitempty" minimum:"0" maximum:"2592000" default:"86400" doc:"How many seconds the old key still works. 0 ends it immediately. A second rotation never lets a key work longer."`
}

// defaultKeyOverlap is how long a replaced key works when the request does not say.
const defaultKeyOverlap = 24 * time.Hour

func (in rotateKeyInput) resource() string { return in.ID }

func (in *rotateKeyInput) overlap() time.Duration {
	if in.Body == nil || in.Body.Overlap == nil {
		return defaultKeyOverlap
	}
	return time.Duration(*in.Body.Overlap) * time.Second
}

func (s *Server) rotateKey(ctx context.Context, c account.Caller, in *rotateKeyInput,
	idem *idempotency.Request,
) (admin.IssuedKey, *idempotency.Answer, error) {
	keyID, err := in.parse()
	if err != nil {
		return admin.IssuedKey{}, nil, err
	}

	var answer *idempotency.Answer
	k, err := s.Admin.RotateKeyBy(ctx, c, keyID, in.overlap(), s.once(c, idem, &answer))

	return k, answer, err
}

func (s *Server) revokeKey(ctx context.Context, c account.Caller, in *KeyPath) (keyBody, error) {
	keyID, err := in.parse()
	if err != nil {
		return keyBody{}, err
	}

	k, err := s.Admin.RevokeKeyBy(ctx, c, keyID)
	if err != nil {
		return keyBody{}, err
	}

	return showKey(k, s.Admin.Now()), nil
}
