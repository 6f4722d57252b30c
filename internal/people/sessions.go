package people

import (
	"context"
	"encoding/hex"
	"slices"
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
	_, err := p.end(ctx, v, audit.UserSignedOut, []store.Key{store.SessionKey(v.SessionID)})
	return err
}

// EndSession ends one of the user's sessions.
func (p *People) EndSession(ctx context.Context, v Visit, session string) error {
	b, err := hex.DecodeString(session)
	if err != nil || len(b) != len(store.SessionID{}) {
		return fault.NoSuch("session")
	}
	ended, err := p.end(ctx, v, audit.SessionEnded, []store.Key{store.SessionKey(store.SessionID(b))})
	if err == nil && ended == 0 {
		err = fault.NoSuch("session")
	}

	return err
}

// EndOthers ends all sessions of the user but the one of the visit. It reads them again until there is none, since
// sign-ins at the same time can have made more than one list has.
func (p *People) EndOthers(ctx context.Context, v Visit) error {
	for {
		keys, err := p.sessionKeys(ctx, v.User)
		keys = slices.DeleteFunc(keys, func(k store.Key) bool { return k == store.SessionKey(v.SessionID) })
		if err != nil || len(keys) == 0 {
			return err
		}
		if _, err := p.end(ctx, v, audit.SessionEnded, keys); err != nil {
			return err
		}
	}
}

// end ends those of the sessions that are the user's, and returns how many there were.
func (p *People) end(ctx context.Context, v Visit, action string, keys []store.Key) (ended int, err error) {
	note := p.noteSelf(ctx, v, action)
	err = p.update(ctx, keys, func(tx *store.Tx) error {
		ended = 0
		for _, k := range keys {
			if s, ok := store.Get[store.Session](tx, k); ok && s.User == v.User {
				tx.Delete(k)
				ended++
			}
		}
		if ended > 0 {
			tx.Insert(note)
		}

		return nil
	})

	return ended, err
}
