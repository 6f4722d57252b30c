package people

import (
	"context"

	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// Actor is the user of the visit, for the audit rows of what they change. An edge passes it on with audit.By.
func (v Visit) Actor() audit.Actor {
	return audit.Actor{
		Kind: audit.User, ID: v.User.String(), Name: v.Name, Address: v.Client.Address, Agent: v.Client.Agent,
	}
}

// actorOf is a user who is not signed in yet.
func actorOf(u store.User, c Client) audit.Actor {
	return audit.Actor{Kind: audit.User, ID: u.ID.String(), Name: u.Name, Address: c.Address, Agent: c.Agent}
}

// note makes the audit row of a change. It is inserted in the transaction of the change. When the edge named the same
// actor already, it knows the address of this request.
func (p *People) note(ctx context.Context, by audit.Actor, of id.Account, action, object string,
	changes ...store.Change,
) store.Audit {
	if a := audit.ActorOf(ctx); a.Kind != by.Kind || a.ID != by.ID {
		ctx = audit.By(ctx, by)
	}
	return audit.Note(ctx, p.now(), of, 0, action, object, changes...)
}

// actingUser is the user who acts; zero for the command line.
func actingUser(ctx context.Context) id.User {
	u, _ := id.ParseUser(audit.ActorOf(ctx).ID) // the id of a key, or none, is no user's
	return u
}

// insert inserts audit rows.
func insert(tx *store.Tx, notes ...store.Audit) {
	for _, n := range notes {
		tx.Insert(n)
	}
}
