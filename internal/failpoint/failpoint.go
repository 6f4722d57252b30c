// Package failpoint names the points at which the chaos tests crash a server. A crash between two effects has to be
// caused from inside, because a kill from outside hardly ever hits a gap of microseconds.
//
// In a normal build Hit does nothing and the program contains no name of a point, which a test of test/chaos checks.
package failpoint

// Point is a point at which a program can be crashed. With the build tag failpoint, the environment variable
// FAILPOINT=name:n kills the process when it reaches the point of that name for the n-th time.
type Point int

// The points. Each is between two effects of which the first has happened.
const (
	SubmitDecided  Point = iota // the intent is stored, the carrier is not yet called
	SubmitAnswered              // the carrier answered, the answer is not stored
	SubmitStored                // the answer is stored, no caller has it yet
	CommitBegun                 // a group is decided, its commit is not begun
	CommitSent                  // PostgreSQL was sent the commit, its answer is not read
	CommitDone                  // the commit succeeded, no caller knows it yet
	Settling                    // some rows of SQLite's journal are in their tables, within the transaction
	ReceiptCame                 // a carrier reported, the report is not stored
	ReceiptStored               // the report is stored, the carrier has no answer
	VerifyStored                // the code is used up, the client has no answer
	HookDecided                 // a delivery is claimed, it is not posted
	HookPosted                  // a delivery was posted, the outcome is not stored
	HookStored                  // the outcome is stored, its queue does not know it yet
	TakeOverFound               // a start found the work of a crash, and has reclaimed none of it
	TakeOverTaken               // a start has reclaimed a part of the work of a crash
	TextDue                     // the sweep found a scheduled text, and has not claimed it
	TextClaimed                 // a scheduled text is claimed, the carrier is not yet called
	Started                     // a start has its epoch, and does not listen yet
	Migrated                    // a migration was carried out, its transaction is open
	FileWritten                 // a key's file is written under a temporary name
	FileNamed                   // it has its name, and nothing is sealed with it
)

// names are apart from the points: the constants are numbers, which leave no trace in a program that does not use them.
var names = [...]string{
	SubmitDecided:  "failpoint/submit-decided",
	SubmitAnswered: "failpoint/submit-answered",
	SubmitStored:   "failpoint/submit-stored",
	CommitBegun:    "failpoint/commit-begun",
	CommitSent:     "failpoint/commit-sent",
	CommitDone:     "failpoint/commit-done",
	Settling:       "failpoint/settling",
	ReceiptCame:    "failpoint/receipt-came",
	ReceiptStored:  "failpoint/receipt-stored",
	VerifyStored:   "failpoint/verify-stored",
	HookDecided:    "failpoint/hook-decided",
	HookPosted:     "failpoint/hook-posted",
	HookStored:     "failpoint/hook-stored",
	TakeOverFound:  "failpoint/takeover-found",
	TakeOverTaken:  "failpoint/takeover-taken",
	TextDue:        "failpoint/text-due",
	TextClaimed:    "failpoint/text-claimed",
	Started:        "failpoint/started",
	Migrated:       "failpoint/migrated",
	FileWritten:    "failpoint/file-written",
	FileNamed:      "failpoint/file-named",
}

// Points lists all points.
func Points() (all []Point) {
	for p := range names {
		all = append(all, Point(p))
	}
	return all
}

func (p Point) String() string { return names[p] }
