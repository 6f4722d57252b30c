package insight

import (
	"time"

	"github.com/syssecure/syssecure/internal/carrierwatch"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/webhook"
)

// concern is something that somebody should look at.
type concern struct {
	// Badge is its state in one word, Text says what is wrong, and Href leads to where it can be changed.
	Badge, Text, Href, Action string
}

const (
	// unusedFor is how long a key is unused before it should be revoked.
	unusedFor = 90 * 24 * time.Hour
	// fewDays is how long credits last when they are low, whatever the account's threshold is.
	fewDays = 3
	// mostConcerns of one kind are shown each; the rest is counted.
	mostConcerns = 5
)

// concerns lists what needs attention, of what the user may see.
func concerns(q *screen.Request, all span) (out []concern, err error) {
	for _, of := range []func(*screen.Request, span) ([]concern, error){
		aboutCredits, aboutCarriers, aboutEndpoints, aboutKeys, aboutCaps,
	} {
		some, err := of(q, all)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}

	return out, nil
}

func aboutCredits(q *screen.Request, all span) (out []concern, _ error) {
	if !showsCredits(q) {
		return nil, nil
	}
	left, known := daysLeft(q, all)
	balance, threshold := q.Account.Balance.Credits, q.Caller.Settings.CreditsLow
	least, most := priceRange(q)
	c := concern{Badge: "low", Href: q.At("/credits"), Action: q.Text("Credits")}
	switch {
	case balance < least:
		c.Badge = "failing"
		c.Text = q.Count(int(balance),
			"Live messages that cost credits are refused: %s credit is left, and the cheapest costs %s.",
			"Live messages that cost credits are refused: %s credits are left, and the cheapest costs %s.", number(least))
	case balance < most:
		c.Text = q.Count(int(balance), "%s credit is left. Messages that cost more are refused; the dearest costs %s.",
			"%s credits are left. Messages that cost more are refused; the dearest costs %s.", number(most))
	case known && left < fewDays:
		c.Text = q.Count(int(balance), "%s credit is left, enough for %s at this rate.",
			"%s credits are left, enough for %s at this rate.", lasting(q, left))
	case threshold > 0 && balance < threshold:
		c.Text = q.Count(int(balance), "%s credit is left, fewer than your threshold of %s.",
			"%s credits are left, fewer than your threshold of %s.", number(threshold))
	default:
		return nil, nil
	}

	return []concern{c}, nil
}

// priceRange are the lowest and the highest price of the configuration; a channel without a price is free.
func priceRange(q *screen.Request) (least, most int64) {
	for i, p := range q.Verbs.Engine.Prices() {
		if most = max(most, p.Credits); i == 0 || p.Credits < least {
			least = p.Credits
		}
	}
	return least, most
}

func aboutCarriers(q *screen.Request, _ span) (out []concern, _ error) {
	if !q.Visit.Operator || q.Mode != id.Live {
		return nil, nil
	}
	states, err := q.Verbs.Engine.Carriers(q.Context(), q.Caller)
	for _, s := range states {
		c := concern{Href: screen.Root + "/carriers/" + s.Name, Action: q.Text("Carrier")}
		switch s.State {
		case string(carrierwatch.Open):
			c.Badge, c.Text = "down",
				q.Textf("Carrier %s failed so often that messages skip it for a while.", s.Name)
		case string(carrierwatch.Failing):
			c.Badge, c.Text = "failing",
				q.Textf("The last message to carrier %s failed, or it is not connected.", s.Name)
		case string(carrierwatch.Paused):
			c.Badge, c.Text = "paused", q.Textf("Carrier %s was paused by an operator.", s.Name)
		default:
			continue
		}
		out = append(out, c)
	}

	return out, err
}

func aboutEndpoints(q *screen.Request, _ span) (out []concern, _ error) {
	if !q.May(signin.ManageWebhooks) {
		return nil, nil
	}
	list, err := q.Verbs.Hooks.List(q.Context(), q.Caller, id.Webhook{}, screen.ListSize)
	for _, e := range list {
		c := concern{Href: q.At("/webhooks/" + e.ID.String()), Action: q.Text("Webhook endpoint")}
		switch {
		case e.Enabled && !e.FailingSince.IsZero():
			c.Badge = "failing"
			c.Text = q.Textf("%s has failed since %s.", e.URL, q.When(e.FailingSince).Text)
		case !e.Enabled && e.Disabled == webhook.Gone:
			c.Badge, c.Text = "disabled", q.Textf("%s answered that it is gone, and gets no events.",
				e.URL)
		case !e.Enabled && e.Disabled == webhook.IsFailing:
			c.Badge, c.Text = "disabled", q.Textf("%s failed for five days, and gets no events.",
				e.URL)
		default:
			continue
		}
		out = append(out, c)
	}

	return fewest(q, out, q.At("/webhooks"), func(n int) string {
		return q.Count(n, "%d more endpoint", "%d more endpoints")
	}), err
}

func aboutKeys(q *screen.Request, _ span) (out []concern, _ error) {
	if !q.May(signin.ManageKeys) {
		return nil, nil
	}
	list, err := q.Verbs.Admin.ListKeys(q.Context(), q.Account.ID)
	now := q.Verbs.Now()
	for i := range list {
		k := &list[i]
		used := k.CreatedAt
		if k.UsedAt.After(used) {
			used = k.UsedAt
		}
		if k.Mode != q.Mode || !k.Active(now) || now.Sub(used) < unusedFor {
			continue
		}
		name := k.Name
		if name == "" {
			name = "sk_" + k.Mode.String() + "_" + k.ID + "…"
		}
		out = append(out, concern{
			Badge: "unused",
			Text: q.Textf("The key %s was not used for 90 days. Revoke it if nothing needs it.",
				name),
			Href: q.At("/keys/key_" + k.ID), Action: q.Text("API key"),
		})
	}

	return fewest(q, out, q.At("/keys"), func(n int) string { return q.Count(n, "%d more key", "%d more keys") }), err
}

func aboutCaps(q *screen.Request, _ span) ([]concern, error) {
	s := &q.Caller.Settings
	if q.Mode != id.Live || !q.May(signin.ManageSettings) || s.SpendCapHour > 0 || s.SpendCapDay > 0 {
		return nil, nil
	}
	return []concern{{
		Badge: "unlimited", Href: q.At("/credits") + "#caps", Action: q.Text("Spend caps"),
		Text: q.Text("No cap is set on what can be spent in an hour or a day, so an attack could use up all credits."),
	}}, nil
}

// fewest keeps a list short, and says how many were left out.
func fewest(q *screen.Request, all []concern, href string, more func(int) string) []concern {
	if len(all) <= mostConcerns {
		return all
	}
	rest := concern{
		Badge: all[mostConcerns].Badge, Text: more(len(all) - mostConcerns), Href: href,
		Action: q.Text("All"),
	}

	return append(all[:mostConcerns:mostConcerns], rest)
}
