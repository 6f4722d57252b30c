package team

import (
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
)

// endSession ends one of the user's sessions. Who ends the one of this page is signed out.
func endSession(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.EndSession(q.Context(), q.Visit, q.Value("session")); err != nil {
		return q.Refused(err, refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("The session was ended.")}, nil
}

func endOthers(q *screen.Request) (screen.Answer, error) {
	if err := q.Verbs.People.EndOthers(q.Context(), q.Visit); err != nil {
		return q.Refused(err, refused)
	}
	return screen.Redirect{To: profile, Notice: q.Text("All other sessions were ended.")}, nil
}

// named is a word in what a browser says about itself, and what people call it.
type named struct{ word, name string }

// Of several words the first counts, since browsers name those that they want to be taken for, too.
var (
	browsers = []named{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Firefox", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome", "Chrome"},
		{"Safari", "Safari"},
		{"curl", "curl"},
	}

	systems = []named{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// agentWords says what a browser is, such as "Firefox on Windows". It is what the browser says, so it can be wrong.
func agentWords(q *screen.Request, agent string) string {
	browser, system := first(browsers, agent), first(systems, agent)
	switch {
	case browser != "" && system != "":
		return q.Textf("%s on %s", browser, system)
	case browser != "" || system != "":
		return browser + system
	}

	return q.Text("Unknown browser")
}

func first(of []named, agent string) string {
	for _, n := range of {
		if strings.Contains(agent, n.word) {
			return n.name
		}
	}
	return ""
}
