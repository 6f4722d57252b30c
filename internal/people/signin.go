package people

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// Attempt is an attempt to sign in with a password.
type Attempt struct {
	Email    string
	Password secret.String
	Client   Client
}

// SignedIn is what a browser gets when it signed in: the token of its session, or, when a second factor is needed,
// Pending alone, to be passed to SecondFactor.
type SignedIn struct {
	User    id.User
	Token   secret.String
	EndsAt  time.Time
	Device  secret.String // to be kept for signin.DeviceValid
	Pending secret.String
}

// errWrong is the one answer to a wrong address and to a wrong password.
func errWrong() error {
	return fault.New(fault.Unauthorized, "the e-mail address or the password is not right")
}

// errCode is the answer to a wrong code, also to a recovery code that was used.
func errCode() error {
	return fault.New(fault.Unauthorized, "the code is not right, or was used already; wait for the next one")
}

// SignIn compares a password.
func (p *People) SignIn(ctx context.Context, a Attempt) (SignedIn, error) {
	email, err := signin.ParseEmail(a.Email)
	if err != nil {
		return SignedIn{}, err
	}

	u, _, err := p.byEmail(ctx, email)
	if err != nil {
		return SignedIn{}, err
	}

	d := p.deviceOf(a.Client.Device, u, p.now())
	t := p.turnOf(u)
	if d.id == nil {
		t = turn{p.unknown, a.Client.Address}
	}
	b := p.passwordBudget(email, d)
	c, err := p.compare(ctx, b, t, u, a.Password)
	switch {
	case err != nil:
		return SignedIn{}, err
	case !c.right:
		return SignedIn{}, p.refused(ctx, b, u, a.Client)
	case len(u.TOTP) > 0:
		return p.wait(ctx, b, pending{u.ID, u.PasswordAt, p.now()})
	}

	return p.enter(ctx, u, a.Client, []store.Key{b.key}, func(tx *store.Tx, now store.User) (store.User, error) {
		if !now.PasswordAt.Equal(u.PasswordAt) || len(now.TOTP) > 0 {
			return now, errWrong()
		}
		tx.Delete(b.key)
		if c.again != nil {
			now.Password = c.again
		}

		return now, nil
	})
}

// refused notes that a password was wrong. It writes as much when there is no such user, so that the time tells nothing.
func (p *People) refused(ctx context.Context, b budget, u store.User, c Client) error {
	row := p.note(ctx, actorOf(u, c), id.Account{}, audit.UserSignInRefused,
		u.ID.String())
	err := p.update(ctx, []store.Key{b.key}, func(tx *store.Tx) error {
		if q, ok := store.Get[store.Quota](tx, b.key); ok {
			tx.Put(q)
		}
		if !u.ID.IsZero() {
			tx.Insert(row)
		}
		return nil
	})
	if err != nil {
		return err
	}

	return errWrong()
}

// noteRefused notes that a user who is known did not prove who they are.
func (p *People) noteRefused(ctx context.Context, u store.User, c Client) error {
	row := p.note(ctx, actorOf(u, c), id.Account{}, audit.UserSignInRefused, u.ID.String())
	return p.update(ctx, nil, func(tx *store.Tx) error {
		tx.Insert(row)
		return nil
	})
}

// wait is the answer to a right password when a second factor is needed. The password need not be guarded from who knows
// it, so the guess goes back into the budget.
func (p *People) wait(ctx context.Context, b budget, w pending) (SignedIn, error) {
	err := p.update(ctx, []store.Key{b.key}, func(tx *store.Tx) error {
		tx.Delete(b.key)
		return nil
	})
	return SignedIn{User: w.user, Pending: p.pendingToken(w)}, err
}

// pending is a right password that waits for its second factor.
type pending struct {
	user       id.User
	passwordAt time.Time
	at         time.Time
}

func (p *People) pendingToken(w pending) secret.String {
	b := binary.BigEndian.AppendUint64(w.user[:len(w.user):len(w.user)], uint64(w.passwordAt.UnixMicro()))
	return p.sealText("pending", binary.BigEndian.AppendUint64(b, uint64(w.at.UnixMicro())))
}

// pendingOf reads what pendingToken made, within its time.
func (p *People) pendingOf(token secret.String) (pending, error) {
	b, err := p.openText("pending", token)
	if err == nil && len(b) == 32 {
		w := pending{
			id.User(b[:16]), time.UnixMicro(int64(binary.BigEndian.Uint64(b[16:]))),
			time.UnixMicro(int64(binary.BigEndian.Uint64(b[24:]))),
		}
		if age := p.now().Sub(w.at); age <= signin.PendingValid && age >= -signin.PendingValid {
			return w, nil
		}
	}

	return pending{}, fault.New(fault.Unauthorized, "the sign-in took too long; begin again with your password")
}

// SecondFactor completes a sign-in with a code of the authenticator app, or a recovery code.
func (p *People) SecondFactor(ctx context.Context, token secret.String, code secret.String, c Client) (SignedIn, error) {
	w, err := p.pendingOf(token)
	if err != nil {
		return SignedIn{}, err
	}

	u, ok, err := find[store.User](ctx, p, store.UserKey(w.user))
	if err != nil {
		return SignedIn{}, err
	}
	if !ok {
		return SignedIn{}, errWrong()
	}

	b := p.factorBudget(u.ID, p.deviceOf(c.Device, u, p.now()))
	if err := p.checkFactor(ctx, b, u.ID, code, c); err != nil {
		return SignedIn{}, err
	}

	return p.enter(ctx, u, c, nil, func(_ *store.Tx, now store.User) (store.User, error) {
		if !now.PasswordAt.Equal(w.passwordAt) {
			return now, errWrong()
		}
		return now, nil
	})
}

// checkFactor compares a code in one transaction with the count of guesses and with the mark that it was used. A right
// code does not take from the budget.
func (p *People) checkFactor(ctx context.Context, b budget, of id.User, code secret.String, c Client) error {
	now, k := p.now(), store.UserKey(of)
	var answer error
	refused := p.note(ctx, actorOf(store.User{ID: of}, c), id.Account{}, audit.UserSignInRefused, of.String())
	err := p.update(ctx, []store.Key{k, b.key}, func(tx *store.Tx) error {
		answer = nil
		u, ok := store.Get[store.User](tx, k)
		if !ok || u.Disabled {
			answer = errCode()
			return nil
		}

		if wait, ok := b.take(tx, now); !ok {
			answer = tooMany(wait)
			return nil
		}

		used, ok := p.useCode(u, code, now)
		if !ok {
			answer = errCode()
			refused.ActorName = u.Name
			tx.Insert(refused)
			return nil
		}
		tx.Put(used)
		tx.Delete(b.key)

		return nil
	})
	if err != nil {
		return err
	}

	return answer
}

// useCode returns the user after a right code was used.
func (p *People) useCode(u store.User, code secret.String, now time.Time) (store.User, bool) {
	key, err := p.open(u.ID, columnTOTP, u.TOTP)
	if err != nil {
		return u, false
	}
	if step, ok := signin.CheckTOTP(key, code.Reveal(), u.TOTPStep, now); ok {
		u.TOTPStep = step
		return u, true
	}

	plain, ok := signin.ParseRecoveryCode(code.Reveal())
	if !ok {
		return u, false
	}
	mac := p.recoveryMAC(u.ID, plain)
	for i, m := range u.Recovery {
		if secret.Equal(m, mac) {
			u.Recovery = slices.Delete(slices.Clone(u.Recovery), i, i+1)
			return u, true
		}
	}

	return u, false
}

// enter begins a session. check decides by the user's row as it is in the transaction, and returns what is to be stored.
func (p *People) enter(ctx context.Context, u store.User, c Client, keys []store.Key,
	check func(*store.Tx, store.User) (store.User, error),
) (SignedIn, error) {
	s, err := p.begin(ctx, u, c)
	if err != nil {
		return SignedIn{}, err
	}

	k := store.UserKey(u.ID)
	err = p.update(ctx, slices.Concat([]store.Key{k}, keys, s.over), func(tx *store.Tx) error {
		now, ok := store.Get[store.User](tx, k)
		if !ok || now.Disabled {
			return errWrong()
		}
		now, err := check(tx, now)
		if err != nil {
			return err
		}
		now.SeenAt = s.session.CreatedAt
		tx.Put(now)
		s.in(tx)

		return nil
	})
	if err != nil {
		return SignedIn{}, err
	}

	return s.SignedIn, nil
}

// begun is a session that is about to begin.
type begun struct {
	SignedIn
	session store.Session
	over    []store.Key // sessions that end, because there would be too many
	others  []store.Key // all that the user has
	note    store.Audit
}

// begin prepares a session. Who has just signed in has proved who they are.
func (p *People) begin(ctx context.Context, u store.User, c Client) (begun, error) {
	now := p.now()
	d := p.deviceOf(c.Device, u, now)
	if d.id == nil {
		d.id = make([]byte, deviceID)
		rand.Read(d.id)
	}
	d.user, d.issued = u.ID, now
	b := begun{SignedIn: SignedIn{User: u.ID, Token: newToken(), EndsAt: now.Add(signin.SessionOverall)}}
	b.Device = p.deviceToken(d)
	b.session = store.Session{
		ID: p.sessionID(b.Token), User: u.ID, CreatedAt: now, SeenAt: now, EndsAt: b.EndsAt, SteppedUpAt: now,
		Address: short(c.Address), Agent: short(c.Agent), Device: d.id,
	}
	b.note = p.note(ctx, actorOf(u, c), id.Account{}, audit.UserSignedIn,
		u.ID.String())

	others, err := p.sessions(ctx, u.ID)
	if err != nil {
		return begun{}, err
	}
	for i, s := range others {
		b.others = append(b.others, s.Key())
		if i >= MaxSessions-1 || !rules(s).Valid(u.SessionsFrom, now) {
			b.over = append(b.over, s.Key())
		}
	}

	return b, nil
}

// in writes the session.
func (b begun) in(tx *store.Tx) {
	remove(tx, b.over)
	tx.Insert(b.session)
	tx.Insert(b.note)
}

// sessions are those of a user, newest first.
func (p *People) sessions(ctx context.Context, of id.User) (list []store.Session, err error) {
	err = p.Store.View(ctx, func(v store.Reader) error {
		list, err = v.Sessions(of, 4*MaxSessions)
		return err
	})
	return list, err
}

func (p *People) sessionKeys(ctx context.Context, of id.User) (keys []store.Key, err error) {
	list, err := p.sessions(ctx, of)
	for _, s := range list {
		keys = append(keys, s.Key())
	}
	return keys, err
}
