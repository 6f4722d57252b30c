package people

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/store"
)

// Session is a browser in which the user is signed in.
type Session struct {
	ID                        string
	CreatedAt, SeenAt, EndsAt time.Time
	Address, Agent            string
	Current                   bool
}

// Sessions lists where the user is signed in, the newest first.
func (p *People) Sessions(ctx context.Context, v Visit) (out []Session, err error) {
	u, _, err := find[store.User](ctx, p, store.UserKey(v.User))
	if err != nil {
		return nil, err
	}
	rows, err := p.sessions(ctx, v.User)
	for _, s := range rows {
		if rules(s).Valid(u.SessionsFrom, p.now()) {
			out = append(out, Session{
				hex.EncodeToString(s.ID[:]), s.CreatedAt, s.SeenAt, s.EndsAt, s.Address, s.Agent, s.ID == v.SessionID,
			})
		}
	}

	return out, err
}

// SignOut ends the session of the visit.
func (p *People) SignOut(ctx context.Context, v Visit) error {
	return p.end(ctx, v, audit.UserSignedOut, []store.Key{store.SessionKey(v.SessionID)})
}

// EndSession ends one of the user's sessions.
func (p *People) EndSession(ctx context.Context, v Visit, session string) error {
	b, err := hex.DecodeString(session)
	if err != nil || len(b) != len(store.SessionID{}) {
		return fault.NoSuch("session")
	}
	return p.end(ctx, v, audit.SessionEnded, []store.Key{store.SessionKey(store.SessionID(b))})
}

// EndOthers ends all sessions of the user but the one of the visit.
func (p *People) EndOthers(ctx context.Context, v Visit) error {
	rows, err := p.sessions(ctx, v.User)
	if err != nil {
		return err
	}
	var keys []store.Key
	for _, s := range rows {
		if s.ID != v.SessionID {
			keys = append(keys, s.Key())
		}
	}
	if len(keys) == 0 {
		return nil
	}

	return p.end(ctx, v, audit.SessionEnded, keys)
}

func (p *People) end(ctx context.Context, v Visit, action string, keys []store.Key) error {
	note := p.noteSelf(ctx, v, action)
	return p.update(ctx, keys, func(tx *store.Tx) error {
		ended := 0
		for _, k := range keys {
			if s, ok := store.Get[store.Session](tx, k); ok && s.User == v.User {
				tx.Delete(k)
				ended++
			}
		}
		if ended == 0 {
			return fault.NoSuch("session")
		}
		tx.Insert(note)

		return nil
	})
}
