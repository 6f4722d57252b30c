package template

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	codePlaceholder = regexp.MustCompile(`\{\{\s*code\s*\}\}`)
	hostAlone       = regexp.MustCompile(`^@[\w.-]+\.[\w-]+$`)
	atWord          = regexp.MustCompile(`(?:^|\s)@(\S+)`)
)

const (
	codeWritten = "{{code}}"
	codeMarked  = "#" + codeWritten
)

// CheckOriginLine says why browsers would not fill a code in for a text whose author wrote a line such as "@example.com
// #{{code}}", and what to write. It is nil for a good line, and for a text without anything like it. v has what the
// account's settings add to the text.
//
// The rules are those of https://wicg.github.io/sms-one-time-codes/#parsing: the last line begins with @ and the host, then
// come exactly one space, # and the code. What follows a space after the code is ignored.
func CheckOriginLine(text string, v Values) error {
	lines := strings.Split(codePlaceholder.ReplaceAllString(text, codeWritten), "\n")
	at := -1
	for i, line := range lines {
		if likeOriginLine(line) {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	if own := Host(v.Origin); own != "" {
		return fmt.Errorf("each text ends with %q already, from the account's settings: remove your line", "@"+own+" #code")
	}

	host, problem := readOriginLine(lines[at])
	switch {
	case problem != "":
	case at < len(lines)-1:
		problem = "something follows the line, if only an empty line"
	case ValidAppHash(v.AppHash):
		return fmt.Errorf("the app hash of the account's settings follows your last line, so that browsers do not fill the " +
			"code in: remove the line, and set the account's origin instead, which comes after the hash")
	default:
		return nil
	}

	return fmt.Errorf("browsers will not fill the code in: %s; write %q as the last line", problem,
		"@"+host+" "+codeMarked)
}

// likeOriginLine reports whether a line is meant as one that binds the code to a site. "Your code is #{{code}}" is not.
func likeOriginLine(line string) bool {
	line = strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(line, "@") && strings.Contains(line, codeWritten), hostAlone.MatchString(line):
		return true
	}
	return line == codeMarked || strings.Contains(line, codeMarked) && atWord.MatchString(line)
}

// readOriginLine finds the host that a line names, or is meant to name, and the first thing that is wrong with the line.
func readOriginLine(line string) (host, problem string) {
	host = "example.com"
	named := ""
	if m := atWord.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "{") {
		named, _, _ = strings.Cut(m[1], codeMarked)
	}
	if known := Host(named); known != "" {
		host = known
	}

	before, after, marked := strings.Cut(line, codeMarked)
	hash, at := strings.Index(line, codeMarked), strings.Index(line, "@")
	switch {
	case named == "" || Host(named) == "":
		return host, "no site is named after the @"
	case marked && hash < at:
		return host, "the code stands before the site"
	case !strings.HasPrefix(line, "@"):
		return host, "something stands before the @"
	case !strings.EqualFold(named, host):
		return host, "only the host may follow the @, without a scheme, port or path"
	case !marked:
		return host, "no # and code follow the site"
	case before != "@"+named+" ":
		return host, "between the site and the # must be exactly one space"
	case after != "" && after[0] != ' ':
		return host, "what directly follows the code counts as part of it"
	}

	return host, ""
}
