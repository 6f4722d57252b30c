package httpapi

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
)

// Bounds of lists and reports, whose answers may be large. What is not let in waits, for a moment.
const (
	// listsMade is how many are read and made at once: more would use memory, and no more of the machine.
	listsMade = 4
	// listsOfAccount is how many of one account are made or being read by their clients: one that reads slowly keeps the
	// whole answer in memory, and takes a place of its own account.
	listsOfAccount = 16
	// listWait is how long a request waits for a place.
	listWait = 10 * time.Second
)

// listGate holds the places. The zero value is ready.
type listGate struct {
	once sync.Once
	made chan struct{}

	mu sync.Mutex
	by map[id.Account]*listPlaces
}

// listPlaces are those of one account; users counts who holds or waits for one.
type listPlaces struct {
	held  chan struct{}
	users int
}

// enter waits for the places of a list. The first function is called when its answer is made, the second when it was
// written.
func (g *listGate) enter(ctx context.Context, a id.Account) (made, written func(), f *fault.Fault) {
	g.once.Do(func() { g.made = make(chan struct{}, listsMade) })
	mine, leave := g.of(a)
	wait := time.NewTimer(listWait)
	defer wait.Stop()

	if !take(ctx, mine.held, wait) {
		leave()
		return nil, nil, errLists()
	}
	if !take(ctx, g.made, wait) {
		<-mine.held
		leave()
		return nil, nil, errLists()
	}

	made = sync.OnceFunc(func() { <-g.made })
	return made, func() {
		made()
		<-mine.held
		leave()
	}, nil
}

func take(ctx context.Context, places chan struct{}, wait *time.Timer) bool {
	select {
	case places <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-wait.C:
	}
	return false
}

// of finds or makes an account's places; they go with who uses them last.
func (g *listGate) of(a id.Account) (p *listPlaces, leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p = g.by[a]; p == nil {
		if g.by == nil {
			g.by = map[id.Account]*listPlaces{}
		}
		p = &listPlaces{held: make(chan struct{}, listsOfAccount)}
		g.by[a] = p
	}
	p.users++

	return p, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if p.users--; p.users == 0 {
			delete(g.by, a)
		}
	}
}

func errLists() *fault.Fault {
	return fault.Limited("16", "lists_at_once", time.Second, "too many lists are being read at once; read one answer to its end before you ask for the next page")
}

// isList reports whether an operation's answer may be large.
func isList(op *huma.Operation) bool {
	switch op.OperationID {
	case "get-usage", "get-conversion", "sandbox-messages":
		return true
	}
	return op.Method == http.MethodGet && strings.HasPrefix(op.OperationID, "list-")
}

// holdLists is the gate of lists, behind authentication.
func (s *Server) holdLists(ctx huma.Context, next func(huma.Context)) {
	if !isList(ctx.Operation()) {
		next(ctx)
		return
	}
	r, w := humago.Unwrap(ctx)
	req := requestOf(r.Context())
	made, written, f := s.lists.enter(r.Context(), req.caller.Account)
	if f != nil {
		s.refuse(w, r, f)
		return
	}
	defer written()
	req.made = made

	next(ctx)
}
