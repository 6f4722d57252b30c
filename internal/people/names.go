package people

import (
	"context"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Names writes users as lists of changes do: the name with the address. Users that do not exist are left out.
func (p *People) Names(ctx context.Context, of []id.User) (map[id.User]string, error) {
	keys := make([]store.Key, len(of))
	for i, u := range of {
		keys[i] = store.UserKey(u)
	}
	rows, err := p.Store.Find(ctx, keys...)
	if err != nil {
		return nil, err
	}

	out := map[id.User]string{}
	for i, k := range keys {
		u, ok := store.Get[store.User](rows, k)
		if !ok {
			continue
		}
		email, err := p.email(u)
		if err != nil {
			return nil, err
		}
		if out[of[i]] = email; u.Name != "" {
			out[of[i]] = u.Name + " (" + email + ")"
		}
	}

	return out, nil
}

// FindUser finds a user by the address, in any spelling; false when there is none.
func (p *People) FindUser(ctx context.Context, email string) (id.User, bool, error) {
	address, err := signin.ParseEmail(email)
	if err != nil {
		return id.User{}, false, nil //nolint:nilerr // what is no address is nobody's
	}
	u, ok, err := p.byEmail(ctx, address)

	return u.ID, ok, err
}
