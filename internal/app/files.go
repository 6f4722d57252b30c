package app

import "log/slog"

// leastFiles is what a process may have open at least, on any system.
const leastFiles = 256

// fewFiles is below what a busy server needs.
const fewFiles = 4096

// fileShares are how many of the files that a process may have open go to what: the rest is for the database, carriers, name
// lookups and the system.
type fileShares struct {
	// Requests are connections to the API.
	Requests int
	// Posts are posts to customers' servers that are under way. One may need two sockets while it is dialled.
	Posts int
	// IdlePosts are connections to customers' servers that are kept between posts.
	IdlePosts int
}

// shareFiles cuts up what a process may have open.
func shareFiles(files int) fileShares {
	return fileShares{
		Requests:  max(64, files/2),
		Posts:     min(max(16, files/8), 4096),
		IdlePosts: min(max(8, files/16), 2048),
	}
}

// tellFiles says when the process may open few files: it works, and under load it makes others wait for no need.
func tellFiles(files int, log *slog.Logger) {
	if files < fewFiles {
		s := shareFiles(files)
		log.Warn("the process may open few files, so it takes few connections at once; raise the limit (LimitNOFILE= of systemd, ulimit -n)",
			"files", files, "requests", s.Requests, "webhook_posts", s.Posts)
	}
}
