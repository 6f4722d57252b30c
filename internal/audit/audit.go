// Package audit records who changed what: each change that an account or an operator makes writes a row in the
// transaction of its effect, so neither exists without the other.
//
// The edges say who acts (By), the verbs what they did (Note). No secret, no text of a message and no whole number is
// ever part of a row.
package audit

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/store"
)

// Kinds of actors.
const (
	User        = "user"
	Key         = "key"
	CommandLine = "command_line"
	System      = "system"
)

// Actor is who makes a change, and from where.
type Actor struct {
	Kind string
	// ID is the public id of a user or key, Name what people call the actor: an e-mail address, a key's name, a user of
	// the operating system.
	ID, Name string
	// Address is the client's IP address, Agent its User-Agent.
	Address, Agent string
}

// Who names the actor in a few characters, as "created by" shows it.
func (a Actor) Who() string {
	switch {
	case a.Kind == CommandLine:
		return "command line"
	case a.Kind == Key && a.ID != "":
		return a.ID
	case a.Name != "":
		return a.Name
	case a.ID != "":
		return a.ID
	}
	return a.Kind
}

type actorKey struct{}

// By is a context whose changes the actor makes.
func By(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf is who makes the changes of a context: the system when nothing else was said.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: System}
}

// The longest texts of a row, in characters.
const (
	maxValue = 200
	maxAgent = 200
	maxName  = 100
	// maxChanges bounds the fields of a row: a template may have hundreds of texts.
	maxChanges = 100
)

// Note makes the row of a change, outside the closure that inserts it: an id is made once, however often the closure
// runs. The zero account is the installation, the zero mode both modes.
func Note(ctx context.Context, now time.Time, of id.Account, mode id.Mode, action, object string,
	changes ...store.Change,
) store.Audit {
	a := ActorOf(ctx)
	return store.Audit{
		Account: of, ID: id.NewAudit(now), Mode: mode, Action: action, Object: object,
		ActorKind: a.Kind, ActorID: Text(a.ID, maxName), ActorName: Text(a.Name, maxName),
		Address: Text(a.Address, maxName), Agent: Text(a.Agent, maxAgent), At: now,
		Changes: bounded(changes),
	}
}

// With is the row with the changed fields, which only the closure knows.
func With(row store.Audit, changes ...store.Change) store.Audit {
	row.Changes = bounded(slices.Concat(row.Changes, changes))
	return row
}

func bounded(changes []store.Change) []store.Change {
	if len(changes) <= maxChanges {
		return changes
	}
	more := store.Change{Field: fmt.Sprintf("%d more fields", len(changes)-maxChanges+1)}

	return append(slices.Clone(changes[:maxChanges-1]), more)
}

// Diff collects the fields that a change changes.
type Diff []store.Change

// Add adds a field unless it stays as it is. Numbers of phones in texts are masked, and long values are cut.
func (d *Diff) Add(field string, before, after any) {
	was, is := show(before), show(after)
	if was == is {
		return
	}
	*d = append(*d, store.Change{Field: field, Before: Text(was, maxValue), After: Text(is, maxValue)})
}

// AddText is Add for a text that a person wrote, in which numbers of phones are masked.
func (d *Diff) AddText(field, before, after string) {
	if before == after {
		return
	}
	*d = append(*d, store.Change{Field: field, Before: masked(before), After: masked(after)})
}

// masked is the beginning of a text with its numbers masked. A long text is cut before it is masked too, since masking
// copies it, but behind the last character that is kept, so that a number there is known as one.
func masked(s string) string { return Text(phone.MaskIn(head(s, 2*maxValue)), maxValue) }

// AddURL adds an address, of which only the scheme and host are shown: the rest may hold a secret.
func (d *Diff) AddURL(field, before, after string) {
	if before == after {
		return
	}
	*d = append(*d, store.Change{Field: field, Before: origin(before), After: origin(after)})
}

// show writes a value as the API does; the zero values of texts and lists are empty.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	}

	text := fmt.Sprint(v)
	if list, ok := strings.CutPrefix(text, "["); ok {
		return strings.ReplaceAll(strings.TrimSuffix(list, "]"), " ", ", ")
	}

	return text
}

// origin is the scheme and host of a URL, and a sign that more follows.
func origin(text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "…"
	}

	shown := u.Scheme + "://" + u.Host
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		shown += "/…"
	}

	return Text(shown, maxValue)
}

// Text makes a text that a stranger wrote fit to be stored and shown: valid UTF-8 of at most so many characters, without
// control characters.
func Text(s string, most int) string {
	if len(s) <= most && plain(s) {
		return s
	}

	cut := head(s, most)
	if len(cut) < len(s) {
		cut = head(s, most-1)
	}
	fit := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(cut, "\uFFFD"))
	if len(cut) < len(s) {
		return fit + "…"
	}

	return fit
}

// head is a text of at most so many characters, the first ones of s. A byte that is not UTF-8 counts as a character.
func head(s string, most int) string {
	for i := range s {
		if most--; most < 0 {
			return s[:i]
		}
	}
	return s
}

// plain reports whether a text is printable ASCII, as nearly all are.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
