package people

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/guard"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/store"
)

// budget is how often something may still be guessed. It is a row of the table quota of no account.
type budget struct {
	key   store.Key
	rates []guard.Rate
}

// passwordBudget is the budget of an address, whether or not it has a user, and of one known browser when there is one.
func (p *People) passwordBudget(email string, d device) budget {
	return p.budget("password", email, d, signin.PasswordGuesses)
}

// factorBudget is the budget of a user's codes.
func (p *People) factorBudget(u id.User, d device) budget {
	return p.budget("factor", string(u[:]), d, signin.FactorGuesses)
}

// stepUpBudget is the budget of a signed-in user, so that a stolen session is not enough to try passwords.
func (p *People) stepUpBudget(u id.User) budget {
	return p.budget("step-up", string(u[:]), device{}, signin.PasswordGuesses)
}

func (p *People) budget(kind, of string, d device, rates []guard.Rate) budget {
	return budget{store.QuotaKey(id.Account{}, p.mac("guess", kind, of, string(d.id))), rates}
}

// take takes one guess from the budget in a transaction that named its row. The refusal is a value, because the
// corrected times have to be stored, too.
func (b budget) take(tx *store.Tx, now time.Time) (wait time.Duration, ok bool) {
	row, _ := store.Get[store.Quota](tx, b.key)
	next, wait, ok := signin.Guess(b.log(row), b.rates, now)
	row.ID = store.QuotaID([]byte(b.key.ID))
	row.Counted = make([]guard.Counted, len(next))
	for i, at := range next {
		row.Counted[i] = guard.Counted{At: at}
	}

	longest := b.rates[len(b.rates)-1].Per
	row.EndsAt = now.Add(longest).Truncate(time.Hour).Add(time.Hour)
	tx.Put(row)

	return wait, ok
}

func (budget) log(row store.Quota) []time.Time {
	log := make([]time.Time, len(row.Counted))
	for i, c := range row.Counted {
		log[i] = c.At
	}
	return log
}

// reserve takes one guess before it is compared.
func (p *People) reserve(ctx context.Context, b budget) error {
	now := p.now()
	var wait time.Duration
	var ok bool
	err := p.update(ctx, []store.Key{b.key}, func(tx *store.Tx) error {
		wait, ok = b.take(tx, now)
		return nil
	})
	if err == nil && !ok {
		err = tooMany(wait)
	}

	return err
}

// left refuses early what reserve would refuse, without a write.
func (p *People) left(ctx context.Context, b budget) error {
	row, _, err := find[store.Quota](ctx, p, b.key)
	if err != nil {
		return err
	}
	if _, wait, ok := signin.Guess(b.log(row), b.rates, p.now()); !ok {
		return tooMany(wait)
	}

	return nil
}

func tooMany(wait time.Duration) error {
	f := fault.New(fault.RateLimitExceeded,
		"there were too many attempts; wait a quarter of an hour, use a passkey, or a browser in which you signed in before")
	f.RetryAfter = max(wait, time.Second)
	return f
}

// slotWait is how long a sign-in waits for others.
const slotWait = 4 * time.Second

// maxWaiting is how many attempts of one address, or of one user who is known, may wait for a hash, so that nobody lets
// all others wait.
const maxWaiting = 4

// turn is what an attempt waits for before its hash, and for whom it counts: an address, or the id of a user.
type turn struct {
	slots chan struct{}
	who   string
}

// turnOf is the turn of a user who is known.
func (p *People) turnOf(u store.User) turn { return turn{p.known, u.ID.String()} }

// crowd counts what waits, by whom it counts for.
type crowd struct {
	mu      sync.Mutex
	waiting map[string]int
}

// enter counts an attempt, unless too many wait.
func (c *crowd) enter(who string) (leave func(), ok bool) {
	if by, err := guard.Address(who); err == nil {
		who = by // of IPv6 the network, since a subscriber has all addresses in it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting[who] >= maxWaiting {
		return nil, false
	}
	if c.waiting == nil {
		c.waiting = map[string]int{}
	}
	c.waiting[who]++

	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.waiting[who]--; c.waiting[who] == 0 {
			delete(c.waiting, who)
		}
	}, true
}

// errBusy is the answer when too many sign in at the same time.
func errBusy() error {
	f := fault.New(fault.RateLimitExceeded, "many people sign in at this moment; try again, or use a passkey")
	f.RetryAfter = slotWait
	return f
}

// slot waits until a hash may be computed.
func (p *People) slot(ctx context.Context, of chan struct{}) (release func(), err error) {
	timer := time.NewTimer(slotWait)
	defer timer.Stop()
	select {
	case of <- struct{}{}:
		return func() { <-of }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, errBusy()
	}
}

// compared is the result of a comparison. A right password whose hash has old parameters was hashed again.
type compared struct {
	right bool
	again []byte // sealed; nil when the hash may stay
}

// compare compares a password with that of a user, who may be none, and takes the guess from the budget before.
func (p *People) compare(ctx context.Context, b budget, t turn, u store.User,
	password secret.String,
) (c compared, err error) {
	leave, ok := p.crowd.enter(t.who)
	if !ok {
		return c, errBusy()
	}
	defer leave()
	if err := p.left(ctx, b); err != nil {
		return c, err
	}
	release, err := p.slot(ctx, t.slots)
	if err != nil {
		return c, err
	}
	defer release()

	if err := p.left(ctx, b); err != nil { // others may have spent it meanwhile, and a read is cheaper than a write
		return c, err
	}
	if err := p.reserve(ctx, b); err != nil {
		return c, err
	}
	h, has := p.passwordOf(u)
	c.right = h.Matches(password.Reveal()) && has
	if c.right && h.Old(p.Cost) {
		c.again = p.seal(u.ID, columnPassword, []byte(signin.NewHash(password.Reveal(), newSalt(), p.Cost).String()))
	}

	return c, nil
}

// passwordOf is the hash of a user's password, or one that nothing matches.
func (p *People) passwordOf(u store.User) (h signin.Hash, has bool) {
	plain, err := p.open(u.ID, columnPassword, u.Password)
	if err != nil {
		return signin.NoHash(p.Cost), false
	}
	if h, err = signin.ParseHash(string(plain)); err != nil {
		return signin.NoHash(p.Cost), false
	}

	return h, !u.Disabled
}

// device is a browser in which a user has signed in before; without id it is not known.
type device struct {
	id     []byte
	user   id.User
	issued time.Time
}

const deviceID = 16

// deviceToken is what the browser keeps for DeviceValid.
func (p *People) deviceToken(d device) secret.String {
	plain := append(append([]byte{}, d.user[:]...), d.id...)
	return p.sealText("device", binary.BigEndian.AppendUint64(plain, uint64(d.issued.UnixMicro())))
}

// deviceOf reads the device of a browser, when it is one of the user's that signed in since all sessions were ended.
func (p *People) deviceOf(token secret.String, u store.User, now time.Time) device {
	plain, err := p.openText("device", token)
	if err != nil || len(plain) != 16+deviceID+8 || u.ID.IsZero() || id.User(plain[:16]) != u.ID {
		return device{}
	}

	issued := time.UnixMicro(int64(binary.BigEndian.Uint64(plain[16+deviceID:])))
	if issued.Before(u.SessionsFrom) || now.Sub(issued) > signin.DeviceValid {
		return device{}
	}

	return device{plain[16 : 16+deviceID], u.ID, issued}
}
