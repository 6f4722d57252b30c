package admin_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/testworld"
)

// full refuses a key because of the bound.
func full(t *testing.T, err error) {
	t.Helper()
	f := refused(t, err, fault.InvalidParams)
	if f.Details.Reason != "limit_reached" || f.Details.Limit != bound.LimitKeys || f.Details.Max != bound.Keys {
		t.Errorf("refused with %+v", f.Details)
	}
}

func active(t *testing.T, w *testworld.World, mode id.Mode) (out []account.Key) {
	t.Helper()
	keys, err := w.Admin.ListKeys(t.Context(), w.Account)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Mode == mode && k.Active(w.Clock.Now()) {
			out = append(out, k)
		}
	}

	return out
}

func TestIssueKey_Bound(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	var first account.Key
	for range bound.Keys {
		first, _ = newKey(t, w, id.Live)
	}
	_, _, err := w.Admin.CreateKey(t.Context(), w.Account, id.Live, nil)
	full(t, err)
	newKey(t, w, id.Test) // the other mode has its own bound

	// An account that is full can rotate, but only so many keys that still work.
	for i := range bound.Keys {
		next, _, err := w.Admin.RotateKey(t.Context(), first.ID, time.Hour)
		if err != nil {
			t.Fatalf("rotation %d: %v", i, err)
		}
		first = next
	}
	_, _, err = w.Admin.RotateKey(t.Context(), first.ID, time.Hour)
	full(t, err)
	if first, _, err = w.Admin.RotateKey(t.Context(), first.ID, 0); err != nil {
		t.Errorf("a rotation at once: %v", err)
	}
	if got := active(t, w, id.Live); len(got) != 2*bound.Keys {
		t.Errorf("%d keys are active", len(got))
	}

	if _, err := w.Admin.RevokeKey(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	newKey(t, w, id.Live)
	w.Clock.Add(time.Hour)
	if got := active(t, w, id.Live); len(got) != bound.Keys {
		t.Errorf("%d keys are active after the overlap", len(got))
	}
}

// Keys that are added at the same time do not exceed the bound.
func TestIssueKey_InParallel(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		for range bound.Keys - 3 {
			newKey(t, w, id.Live)
		}

		var all sync.WaitGroup
		var mu sync.Mutex
		made := 0
		for range 8 {
			all.Go(func() {
				if _, _, err := w.Admin.CreateKey(t.Context(), w.Account, id.Live, nil); err == nil {
					mu.Lock()
					defer mu.Unlock()
					made++
				}
			})
		}
		all.Wait()

		if got := active(t, w, id.Live); made != 3 || len(got) != bound.Keys {
			t.Errorf("%d were made, %d are active", made, len(got))
		}
	})
}

// Making and revoking keys in a loop does not fill the disk.
func TestIssueKey_OldOnesAreRemoved(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	kept, _ := newKey(t, w, id.Live)
	ended := func(i int) account.Key {
		return account.Key{
			ID: fmt.Sprintf("%08d", i), Account: w.Account, Mode: id.Live, RevokedAt: w.Clock.Now().Add(time.Duration(i)),
		}
	}
	err := w.Dispatcher.Config.Store.Update(t.Context(), w.Account, nil, func(tx *store.Tx) error {
		for i := range 1010 {
			tx.Insert(store.APIKey{API: ended(i)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	oldest := ended(0)
	fresh, _ := newKey(t, w, id.Live)
	keys, err := w.Admin.ListKeys(t.Context(), w.Account)
	has := func(id string) bool {
		return slices.ContainsFunc(keys, func(k account.Key) bool { return k.ID == id })
	}
	if err != nil || len(keys) != 1002 || !has(kept.ID) || !has(fresh.ID) || has(oldest.ID) {
		t.Errorf("%d keys are left, the active one is there: %v, the oldest: %v; %v", len(keys), has(kept.ID),
			has(oldest.ID), err)
	}
}

func TestIssueKey_NameAndCreator(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, w *testworld.World) {
		ctx := audit.By(t.Context(), audit.Actor{Kind: audit.User, ID: "usr_1", Name: "ada@example.com"})
		once := w.Admin.Once(w.Account)
		k, err := w.Admin.IssueKey(ctx, admin.KeySpec{Account: w.Account, Mode: id.Test, Name: "Shop"}, once)
		if err != nil {
			t.Fatal(err)
		}
		next, err := w.Admin.RotateKeyBy(t.Context(), w.Test, k.ID, time.Hour, once)
		if err != nil || next.Name != "Shop" || next.Replaces != k.PublicID() || next.CreatedBy != audit.System {
			t.Errorf("the next key is %+v, %v", next.Key, err)
		}

		keys, err := w.Admin.ListKeys(t.Context(), w.Account)
		if err != nil || len(keys) != 2 {
			t.Fatal(keys, err)
		}
		for _, got := range keys {
			if got.Name != "Shop" || got.MAC != nil || got.ID == k.ID && got.CreatedBy != "ada@example.com" {
				t.Errorf("a key is listed as %+v", got)
			}
		}
		for _, name := range []string{"a\nb", "\u202eb", string(make([]rune, 65)), " "} {
			_, err := w.Admin.IssueKey(ctx, admin.KeySpec{Account: w.Account, Mode: id.Test, Name: name}, once)
			if f := refused(t, err, fault.InvalidParams); f.Details.Field != "name" {
				t.Errorf("the name %q is refused with %+v", name, f)
			}
		}
	})
}

// A caller gives no key more than it has, and sees no key of another account or mode.
func TestKeysBy_OtherCallers(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	once := w.Admin.Once(w.Account)
	reader := w.Live
	reader.Scopes = []account.Scope{account.ScopeRead, account.ScopeAdmin}
	k, _ := newKey(t, w, id.Live)
	stranger, err := w.Admin.CreateAccount(t.Context(), "Zenith", 0)
	if err != nil {
		t.Fatal(err)
	}

	for name, err := range map[string]error{
		"more scopes": second(w.Admin.IssueKeyBy(t.Context(), reader, "", []account.Scope{account.ScopeSend}, once)),
		"no scopes":   second(w.Admin.IssueKeyBy(t.Context(), reader, "", []account.Scope{}, once)),
		"a rotation":  second(w.Admin.RotateKeyBy(t.Context(), reader, k.ID, 0, once)),
	} {
		if f := refused(t, err, fault.InvalidParams); f.Details.Field != "scopes" {
			t.Errorf("%s: %+v", name, f)
		}
	}

	for name, c := range map[string]account.Caller{
		"the other mode": w.Test, "another account": testworld.CallerOf(stranger.Account, id.Live),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Admin.RevokeKeyBy(t.Context(), c, k.ID)
			refused(t, err, fault.NotFound)
			refused(t, second(w.Admin.RotateKeyBy(t.Context(), c, k.ID, 0, once)), fault.NotFound)
		})
	}

	// Without scopes it is all that the caller has.
	if got, err := w.Admin.IssueKeyBy(t.Context(), reader, "", nil, once); err != nil ||
		!slices.Equal(got.Scopes, []account.Scope{account.ScopeRead, account.ScopeAdmin}) {
		t.Errorf("scopes %v, %v", got.Scopes, err)
	}
	if got := active(t, w, id.Live); len(got) != 2 {
		t.Errorf("%d keys are active", len(got))
	}
}

func second[T any](_ T, err error) error { return err }

// A rotation that fails changes neither key.
func TestRotateKey_OneTransaction(t *testing.T) {
	t.Parallel()
	w := testworld.New(t, testworld.Options{})
	k, _ := newKey(t, w, id.Live)
	broken := func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error {
		return w.Admin.Once(w.Account)(ctx, keys, func(tx *store.Tx) (any, error) {
			if _, err := change(tx); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("the last write failed")
		})
	}
	if _, err := w.Admin.RotateKeyBy(t.Context(), w.Live, k.ID, time.Hour, broken); err == nil {
		t.Fatal("the rotation succeeded")
	}
	if got := active(t, w, id.Live); len(got) != 1 || !got[0].ExpiresAt.IsZero() {
		t.Errorf("the keys are %+v", got)
	}
}
