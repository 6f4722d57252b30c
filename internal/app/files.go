package app

import "log/slog"

// minFiles is how many files a process may open on any system.
const minFiles = 256

// enoughFiles is what a busy server needs.
const enoughFiles = 4096

// fileShares divide the files that a process may have open. The rest is for the database, carriers, name lookups and
// the system.
type fileShares struct {
	// Requests are connections to the API.
	Requests int
	// Posts are webhook deliveries under way. One may need two sockets while it is dialled.
	Posts int
	// IdlePosts are connections to customers' servers that are kept between posts.
	IdlePosts int
}

// shareFiles divides what a process may have open.
func shareFiles(files int) fileShares {
	return fileShares{
		Requests:  max(64, files/2),
		Posts:     min(max(16, files/8), 4096),
		IdlePosts: min(max(8, files/16), 2048),
	}
}

// warnFewFiles warns when the process may open few files: it works, but under load clients wait without need.
func warnFewFiles(files int, log *slog.Logger) {
	if files < enoughFiles {
		s := shareFiles(files)
		log.Warn("the process may open few files, so it accepts few connections at the same time; raise the limit "+
			"(LimitNOFILE= of systemd, ulimit -n)",
			"files", files, "requests", s.Requests, "webhook_posts", s.Posts)
	}
}
