package web

import (
	"fmt"
	"html/template"
)

// tone is how a status looks: the class of its badge, and its icon.
type tone struct{ class, icon string }

// tones are the looks of the words that lists show as a status. Words that are not here are grey.
var tones = map[string]tone{
	"queued": {"grey", "clock"}, "pending": {"grey", "clock"}, "scheduled": {"grey", "clock"}, "parked": {"grey", "pause"},
	"canceled": {"grey", "ban"}, "paused": {"grey", "pause"}, "revoked": {"grey", "ban"}, "off": {"grey", "ban"},
	"sent": {"info", "send"}, "accepted": {"info", "send"}, "sending": {"info", "send"}, "running": {"info", "play"},
	"ok": {"ok", "check"}, "open": {"bad", "alert"}, "stopped": {"grey", "ban"},
	"alive": {"ok", "check"}, "silent": {"warn", "alert"},
	"delivered": {"ok", "check"}, "read": {"ok", "eye"}, "verified": {"ok", "circle-check"}, "active": {"ok", "check"},
	"succeeded": {"ok", "check"}, "enabled": {"ok", "check"}, "done": {"ok", "check"}, "allowed": {"ok", "check"},
	"expiring": {"warn", "timer"}, "waiting": {"grey", "clock"},
	"expired": {"warn", "timer"}, "unknown": {"warn", "info"}, "retrying": {"warn", "refresh"}, "slow": {"warn", "timer"},
	"low": {"warn", "alert"}, "unused": {"warn", "clock"}, "unlimited": {"warn", "alert"},
	"undelivered": {"warn", "alert"}, "failing": {"warn", "alert"}, "late": {"warn", "timer"}, "monitor": {"warn", "eye"},
	"failed": {"bad", "circle-x"}, "rejected": {"bad", "circle-x"}, "blocked": {"bad", "shield"}, "down": {"bad", "alert"},
	"disabled": {"bad", "ban"}, "refused": {"bad", "circle-x"},
	"added": {"ok", "check"}, "not a number": {"warn", "alert"},
}

// Badge shows a status: the word, with a colour and an icon for its meaning.
func Badge(status string) template.HTML {
	t, ok := tones[status]
	if !ok {
		t = tone{"grey", "info"}
	}

	shape, _ := Icon(t.icon) // a test holds that all of them exist
	return template.HTML(fmt.Sprintf(`<span class="badge %s">%s%s</span>`, t.class, shape,
		template.HTMLEscapeString(status)))
}
