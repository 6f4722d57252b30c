// Package failpoint names the places in which the torture tests let a server die.
//
// It must not change what a program does: in a normal build Hit is empty and no name is in the program, which a test of
// test/chaos looks up in the file. Its one hard idea is that a crash between two effects has to come from inside: a kill
// from outside meets a gap of microseconds once in many thousand times.
package failpoint

// Point is where a program can be made to die. With the build tag failpoint, the environment variable FAILPOINT=name:n
// has the process killed when it comes to the point of that name for the n-th time.
type Point int

// The places. Each stands between two effects of which the first has happened.
const (
	SubmitDecided  Point = iota // the intent is stored, the carrier was not called
	SubmitAnswered              // the carrier answered, nothing is stored of it
	SubmitStored                // the answer is stored, nobody was told
	CommitBegun                 // a group is decided, its commit was not asked for
	CommitSent                  // PostgreSQL was sent the commit, and its answer was not read
	CommitDone                  // the commit succeeded, nobody was told
	Settling                    // some rows of SQLite's journal are in their tables, within the transaction
	ReceiptCame                 // a carrier reported, nothing is stored of it
	ReceiptStored               // the report is stored, the carrier has no answer
	VerifyStored                // the code is used up, the client has no answer
	HookDecided                 // a delivery is taken, it was not posted
	HookPosted                  // a delivery was posted, nothing is stored of it
	HookStored                  // its outcome is stored, its queue does not know yet
	TakeOverFound               // a start found the work of a crash, and took none of it
	TakeOverTaken               // a start took a part of the work of a crash
	TextDue                     // the sweep found a scheduled text, and did not claim it
	TextClaimed                 // a scheduled text is claimed, the carrier was not called
	Started                     // a start has its epoch, and does not listen
	Migrated                    // a migration was carried out, its transaction is open
	FileWritten                 // a key's file is written, and has not its name yet
	FileNamed                   // it has its name, and nothing was sealed with it
)

// names are apart from the places, as numbers leave no trace in a program that does nothing with them.
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

// Points are all of them.
func Points() (all []Point) {
	for p := range names {
		all = append(all, Point(p))
	}
	return all
}

func (p Point) String() string { return names[p] }
