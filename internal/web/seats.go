package web

import "sync"

// seatLimits bound what is open at the same time.
type seatLimits struct{ user, account, all int }

// fullness says whose limit was reached.
type fullness uint8

const (
	notFull fullness = iota
	fullForUser
	fullForAccount
	fullForAll
)

// seats count what users have open. They are safe for concurrent use.
type seats struct {
	limits seatLimits

	mu              sync.Mutex
	taken           int
	users, accounts map[string]int
}

func newSeats(l seatLimits) *seats {
	return &seats{limits: l, users: map[string]int{}, accounts: map[string]int{}}
}

// enter takes a seat, which leave gives back, or says which limit is reached and what it is. What belongs to no account
// has an empty one.
func (s *seats) enter(user, account string) (limit int, of fullness) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.users[user] >= s.limits.user:
		return s.limits.user, fullForUser
	case account != "" && s.accounts[account] >= s.limits.account:
		return s.limits.account, fullForAccount
	case s.taken >= s.limits.all:
		return s.limits.all, fullForAll
	}

	s.taken++
	s.users[user]++
	s.accounts[account]++

	return 0, notFull
}

func (s *seats) leave(user, account string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	less(s.users, user)
	less(s.accounts, account)
}

// less counts one less, and forgets what has none left.
func less(open map[string]int, of string) {
	if open[of]--; open[of] == 0 {
		delete(open, of)
	}
}
