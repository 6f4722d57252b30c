package web

import (
	"fmt"
	"sync"
)

// SeatLimits bound what is open at the same time.
type SeatLimits struct{ User, Account, All int }

// Seats count what users have open. They are safe for concurrent use. Make them with NewSeats.
type Seats struct {
	limits SeatLimits

	mu              sync.Mutex
	taken           int
	users, accounts map[string]int
}

// NewSeats makes seats of which all are free.
func NewSeats(l SeatLimits) *Seats {
	return &Seats{limits: l, users: map[string]int{}, accounts: map[string]int{}}
}

// Enter takes a seat, which leave gives back, or says which limit is reached: whose it is, and that many what are open.
// What belongs to no account has an empty one.
func (s *Seats) Enter(user, account, what string) (leave func(), full string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.users[user] >= s.limits.User:
		return nil, fmt.Sprintf("you have %d %s open, which is the limit for a user; close one, or wait for its end",
			s.limits.User, what)
	case account != "" && s.accounts[account] >= s.limits.Account:
		return nil, fmt.Sprintf("%d %s of this account are open, which is the limit for an account; try again soon",
			s.limits.Account, what)
	case s.taken >= s.limits.All:
		return nil, fmt.Sprintf("%d %s of this server are open, which is its limit; try again soon", s.limits.All, what)
	}

	s.taken++
	s.users[user]++
	s.accounts[account]++

	return func() { s.leave(user, account) }, ""
}

func (s *Seats) leave(user, account string) {
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
