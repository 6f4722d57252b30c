package dashboard_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/people"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
)

// verified sends a code over SMS to a number and verifies it.
func (w *world) verified(t *testing.T, mode id.Mode, to string) id.OTP {
	t.Helper()
	o := w.sendCode(t, mode, to)
	w.Settle()
	w.Clock.Add(5 * time.Second)
	caller := w.Test
	if mode == id.Live {
		caller = w.Live
	}
	code := w.Dispatcher.Code(w.Read(t, o).OTP.OTP, phone.Number(to))
	if _, _, err := w.VerifyOTP(t.Context(), caller, o, code, nil); err != nil {
		t.Fatal(err)
	}

	return o
}

func TestOverview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	test, live := w.at(id.Test, "/overview"), w.at(id.Live, "/overview")
	owner.get(t, test).shows(t, 200, "Send your first code", "/v2/otp/send", "sandbox inbox",
		"No code was sent").lacks(t, "Credits left")
	owner.get(t, live).shows(t, 200, "Credits left", "1,000,000", "nothing was spent", "No cap is set").lacks(t,
		"Send your first code")
	support.get(t, live).shows(t, 200, "Codes sent in 7 days", "Nothing needs your attention").lacks(t, "Credits left",
		"No cap is set")

	w.sendCode(t, id.Test, testworld.PhoneA)
	owner.get(t, test).shows(t, 200).lacks(t, "Send your first code")

	w.verified(t, id.Live, testworld.PhoneA)
	w.sendCode(t, id.Live, testworld.Number(2))
	w.Settle()
	owner.get(t, live).shows(t, 200, "today 2", "today 1", "50.0 %", "today 16", "<svg", "View as table",
		"status=verified")
	testworld.Set(t, w.World, "credits_low=999999", "spend_cap_day=5000")
	owner.get(t, live).shows(t, 200, "fewer than your threshold").lacks(t, "No cap is set")
	support.get(t, live).shows(t, 200).lacks(t, "threshold", "today 16")
}

func (w *world) emailOf(t *testing.T, b *browser) string {
	t.Helper()
	v, err := w.people.Visit(t.Context(), b.token)
	if err != nil {
		t.Fatal(err)
	}
	return v.Email
}

// signInAs is a new browser of a user who has no second factor.
func (w *world) signInAs(t *testing.T, email string) *browser {
	t.Helper()
	in, err := w.people.SignIn(t.Context(), people.Attempt{Email: email, Password: secret.NewString(password)})
	if err != nil {
		t.Fatal(err)
	}
	return w.browser(t, in.Token)
}

// TestOverview_UnusedKeys: a key that nothing used for three months is named, until it is used or revoked.
func TestOverview_UnusedKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	if _, _, err := w.Admin.CreateKey(t.Context(), w.Account, id.Live, []account.Scope{account.ScopeSend}); err != nil {
		t.Fatal(err)
	}
	emails := [2]string{w.emailOf(t, owner), w.emailOf(t, support)}
	w.Clock.Add(91 * 24 * time.Hour)
	owner, support = w.signInAs(t, emails[0]), w.signInAs(t, emails[1])
	path := w.at(id.Live, "/overview")
	owner.get(t, path).shows(t, 200, "was not used for 90 days", "/keys/key_")
	support.get(t, path).shows(t, 200).lacks(t, "was not used for 90 days")
}

func TestAnalytics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	path := w.at(id.Live, "/analytics")
	owner.get(t, path).shows(t, 200, "No code in the last 30 days", "/v2/otp/send")

	w.verified(t, id.Live, testworld.PhoneA)
	w.sendCode(t, id.Live, "+33612345678")
	w.Settle()
	owner.get(t, path).shows(t, 200, "By channel", "By country", "By carrier", "BE", "FR", "smsc", "50.0 %",
		"channel=sms", "country=BE",
		"Credits per verified", "How is this counted", "2026-04-25").lacks(t, "Cost per verified")
	support.get(t, path).shows(t, 200, "By country").lacks(t, "Credits per verified", "credits in all")
	owner.get(t, path+"?country=be").shows(t, 200, "100.0 %", "BE").lacks(t, ">FR<")
	owner.get(t, path+"?country=be", "X-Fragment", "rows").shows(t, 200, "By carrier").lacks(t, "<html")
	owner.get(t, path+"?country=DE").shows(t, 200, "Nothing matches", "Clear the filters")
	owner.get(t, path+"?from=2026-04-25&to=2026-04-25").shows(t, 200, "By country")
	owner.get(t, path+"?to=2026-04-24").shows(t, 200, "Nothing matches")
	for name, c := range map[string]struct{ query, text string }{
		"no day":              {"?from=yesterday", "must be a day"},
		"too many days":       {"?from=2026-01-01&to=2026-04-25", "must be at most 91 days before"},
		"the end before":      {"?from=2026-04-25&to=2026-04-01", "must not be after to"},
		"an unknown channel":  {"?channel=fax", "Channel must be"},
		"a script":            {"?from=%3Cscript%3E", "must be a day"},
		"an unknown grouping": {".csv?by=size", "By must be"},
	} {
		t.Run(name, func(t *testing.T) {
			if p := owner.get(t, path+c.query).shows(t, 400, c.text); len(p.raw) == 0 {
				t.Error("no page")
			}
		})
	}
}

// TestAnalytics_Links: a line of a report leads to its verifications, of the same days and with the filters of the
// report; beside it is the report of that line alone.
func TestAnalytics_Links(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, billing := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Billing)
	one, other := w.verified(t, id.Live, testworld.PhoneA), w.sendCode(t, id.Live, "+33612345678")
	w.Settle()
	path := w.at(id.Live, "/analytics")
	const days = "from=2026-04-25T00%3A00%3A00Z&until=2026-04-26T00%3A00%3A00Z"
	p := owner.get(t, path+"?from=2026-04-25&to=2026-04-25&channel=sms").shows(t, 200, `aria-label="This report for BE alone"`)
	for name, link := range map[string]string{
		"country": "?channel=sms&country=BE&" + days, "carrier": "?carrier=smsc&channel=sms&" + days,
		"narrow": path + "?channel=sms&country=BE&from=2026-04-25&to=2026-04-25",
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(p.text, link+`"`) {
				t.Errorf("no link to %s: %s", link, short(p.text))
			}
		})
	}
	list := w.at(id.Live, "/verifications")
	owner.get(t, list+"?channel=sms&country=BE&"+days).shows(t, 200, one.String()).lacks(t, other.String())
	owner.get(t, path+"?country=be").shows(t, 200, "country=BE&from=", "status=verified").lacks(t, "alone")
	billing.get(t, path).shows(t, 200, "This report for FR alone").lacks(t, list+"?")
}

// TestAnalytics_Templates: a template has its line by its name, which leads to its verifications, and its report alone,
// also after it was deleted. Codes with the built-in text have no list.
func TestAnalytics_Templates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Test, "/analytics")
	w.sendCode(t, id.Test, "+33612345679")
	w.Settle()
	owner.get(t, path).shows(t, 200, "By template", ">Built-in text<").lacks(t, `name="template"`)

	made := w.newTemplate(t, owner, url.Values{"name": {"Sign-in"}, "tag": {"en"}, "text": {"{{code}} is your code."}})
	made, _, _ = strings.Cut(made[strings.LastIndex(made, "/")+1:], "?")
	for _, to := range []string{"+33612345678", "+32470123456"} {
		r := engine.OTPRequest{To: to, Channels: []message.Channel{message.SMS}, Template: made}
		if _, _, err := w.SendOTP(t.Context(), w.Test, r, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.Settle()
	owner.get(t, path).shows(t, 200, "template="+made, ">Sign-in</a>", `<option value="`+made+`">Sign-in`,
		"This report for Sign-in alone")
	owner.get(t, path+".csv?by=template").shows(t, 200, "template,codes,", "\nbuilt-in,1,1,", "\n"+made+",2,2,")
	owner.get(t, path+"?template="+made).shows(t, 200, "/verifications?", "template="+made).
		lacks(t, ">Built-in text</th>")
	owner.get(t, path+"?template=built-in").shows(t, 200, `<option value="built-in" selected>`).
		lacks(t, "/verifications?from")
	owner.post(t, w.at(id.Test, "/templates/"+made+"/delete"), url.Values{"confirm": {"Sign-in"}}).shows(t, 303)
	owner.get(t, path).shows(t, 200, ">Sign-in<")
	owner.get(t, path+"?template="+made).shows(t, 200, `<option value="`+made+`" selected>Sign-in`)
	owner.get(t, path+"?template=login").shows(t, 400, "emplate must be the id of a template")
}

// TestAnalytics_Funnel: its bars are codes, although a code can have several messages.
func TestAnalytics_Funnel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	o := w.sendCode(t, id.Live, testworld.PhoneA)
	w.Settle()
	if _, _, err := w.ResendOTP(t.Context(), w.Live, o, 0, nil); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	path := w.at(id.Live, "/analytics")
	owner.get(t, path).shows(t, 200, "For them 2 messages were sent").lacks(t, "200.0 %")
	owner.get(t, path+"?channel=sms").shows(t, 200, "Messages delivered").lacks(t, "For them",
		"status=delivered") // whose list lacks the codes that were verified
}

func TestAnalytics_CSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.verified(t, id.Live, testworld.PhoneA)
	w.sendCode(t, id.Live, "+33612345678")
	w.Settle()
	path := w.at(id.Live, "/analytics.csv")
	const columns = "codes,sent,delivered,verified,conversion_rate,median_seconds,p95_seconds,segments"
	for name, c := range map[string]struct {
		b           *browser
		query, text string
	}{
		"days, for an owner": {
			w.user(t, w.Account, signin.Owner), "",
			"day," + columns + ",credits,credits_per_verified\n2026-04-25,2,2,0,1,0.5,",
		},
		"countries": {w.user(t, w.Account, signin.Developer), "?by=country", "\nFR,1,1,0,0,0,,,1,8,\n"},
		"one country": {
			w.user(t, w.Account, signin.Billing), "?by=carrier&country=FR",
			"\nsmsc,1,1,0,0,0,,,1,8,\n",
		},
		"for support": {
			w.user(t, w.Account, signin.Support), "?by=channel",
			"channel," + columns + "\nsms,2,2,0,1,0.5,",
		},
		"for an operator": {w.operator, "", ",credits_per_verified,cost\n"},
	} {
		t.Run(name, func(t *testing.T) { c.b.get(t, path+c.query).shows(t, 200, c.text) })
	}
}

// TestAnalytics_Short: of codes that were verified at once only the bound is known, and no shorter time is made up.
func TestAnalytics_Short(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	const number = "+32470987001"
	o := w.sendCode(t, id.Test, number)
	w.Settle()
	if _, _, err := w.VerifyOTP(t.Context(), w.Test, o, secret.NewString("000000"), nil); err != nil {
		t.Fatal(err)
	}
	owner.get(t, w.at(id.Test, "/analytics")).shows(t, 200, "under 250 ms", "95 % within 250 ms")
}

// TestCounts_One: one of a thing is written in the singular, wherever figures say how many there are.
func TestCounts_One(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	w.sendCode(t, id.Live, "+33612345678") // for 8 credits
	w.Settle()
	balance := w.Balance(t).Credits
	if _, err := w.Admin.Credit(t.Context(), w.Account, 1-balance); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		"/overview":                    "refused: 1 credit is left, and the cheapest costs 3.",
		"/analytics":                   "1 message with resends and fallbacks",
		"/analytics?template=built-in": "For them 1 message was sent",
		"/analytics?to=2026-04-25":     "no code was verified",
	} {
		owner.get(t, w.at(id.Live, path)).shows(t, 200, text)
	}
}

// TestFind says what a text leads to, inside of an account and outside.
func TestFind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	billing := w.user(t, w.Account, signin.Billing)
	const number, anywhere, event = "+32470987002", "/dashboard/find?q=", "evt_01HWXYZABC123DEF4560000000"
	o := w.sendCode(t, id.Live, number)
	inside := w.at(id.Live, "/find?q=")
	for _, c := range []struct {
		name  string
		by    *browser
		query string
		leads string
	}{
		{"a number without its plus", owner, inside + number[1:], w.at(id.Live, "/history?to="+url.QueryEscape(number))},
		{"an account", w.operator, inside + w.other.String(), screen.AccountPath(w.other, id.Live) + "/overview"},
		{"an account, outside", w.operator, anywhere + w.Account.String(), w.at(id.Live, "/overview")},
		{"a user", w.operator, anywhere + "ada@example.com", "/dashboard/users?q=ada%40example.com"},
		{"an id, outside", owner, anywhere + o.String(), w.at(id.Live, "/verifications/"+o.String())},
		{"an event, which support sees", support, inside + event, w.at(id.Live, "/events/"+event)},
	} {
		t.Run(c.name, func(t *testing.T) { c.by.get(t, c.query).leadsTo(t, c.leads) })
	}
	owner.get(t, inside+w.other.String()).shows(t, 400)
	owner.get(t, anywhere+"ada@example.com").shows(t, 400)

	// It leads nobody where they may not look.
	for _, typed := range []string{number[1:], o.String(), event, "sk_live_ab12CD34ef"} {
		billing.get(t, anywhere+typed).shows(t, 400)
	}
	support.get(t, anywhere+"sk_live_ab12CD34ef").shows(t, 400)
	const field = "Find an id or a number"
	support.get(t, w.at(id.Live, "/overview")).shows(t, 200, field, "data-palette")
	billing.get(t, w.at(id.Live, "/overview")).shows(t, 200).lacks(t, field, "data-palette")
}
