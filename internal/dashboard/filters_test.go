package dashboard_test

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestFilters_Zones: an address with times shows the same list to readers in every zone. What a form without scripts
// sends, and an old link, lead to such an address; a script gets it in a header.
func TestFilters_Zones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, reader := w.user(t, w.Account, signin.Owner), w.operator
	for b, zone := range map[*browser]string{owner: "Asia/Kolkata", reader: "America/New_York"} {
		b.post(t, "/dashboard/profile/zone", url.Values{"zone": {zone}}).shows(t, 204)
	}
	for _, path := range []string{"/verifications", "/messages", "/inbound", "/requests", "/audit"} {
		t.Run(path, func(t *testing.T) {
			at := w.at(id.Live, path)
			for typed, sent := range map[string]string{
				"2026-04-25T10:00": "2026-04-25T04:30:00Z", "2026-04-25T10:00:07": "2026-04-25T04:30:07Z",
				"2026-04-25": "2026-04-24T18:30:00Z",
			} {
				query := "?" + url.Values{"from": {typed}, "until": {"2026-04-26T00:00:00+05:30"}}.Encode()
				want := at + "?" + url.Values{"from": {sent}, "until": {"2026-04-26T00:00:00+05:30"}}.Encode()
				owner.get(t, at+query).leadsTo(t, want)
				rows := owner.get(t, at+query, "X-Fragment", "rows").shows(t, 200)
				if got := rows.Header.Get("Content-Location"); got != want {
					t.Errorf("the script gets %q, want %q", got, want)
				}
			}

			link := at + "?from=2026-04-25T04%3A30%3A00Z"
			for b, shown := range map[*browser]string{owner: "2026-04-25T10:00", reader: "2026-04-25T00:30"} {
				p := b.get(t, link).shows(t, 200)
				for _, want := range []string{
					`name="from" type="datetime-local" value="` + shown + `"`, ".csv?from=2026-04-25T04%3A30%3A00Z",
					" from 2026-04-25T04:30:00Z ",
				} {
					if !strings.Contains(p.raw, want) {
						t.Errorf("the page lacks %s", want)
					}
				}
				if p.Header.Get("Content-Location") != "" {
					t.Error("an address in UTC is changed")
				}
			}
		})
	}
}

// TestFilters_Wrong: a filter that cannot be read is marked in the list's own form, with the other filters kept. Files and
// streams are refused, because rows without the filter would look like those of the filter.
func TestFilters_Wrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	endpoint, _ := owner.addEndpoint(t, "https://hooks.example/a")
	for name, c := range map[string]struct {
		path, query, error string
		// kept is another filter, which stays.
		kept string
	}{
		"verifications, number": {
			"/verifications", "to=%2B&status=verified", "Number: Phone number is not",
			`<option value="verified" selected`,
		},
		"verifications, metadata": {
			"/verifications", "metadata=foo&to=%2B32470123456", "Metadata: Write metadata as",
			`value="+32470123456"`,
		},
		"verifications, two": {
			"/verifications", "metadata=foo&to=abc", "Metadata: Write metadata as",
			`value="abc"`,
		},
		"verifications, time": {
			"/verifications", "from=yesterday&status=sent", "From ",
			`<option value="sent" selected`,
		},
		"verifications, channel": {
			"/verifications", "channel=fax&status=sent", "Channel must be",
			`<option value="sent" selected`,
		},
		"verifications, country": {
			"/verifications", "country=Belgium&status=sent", "Country must be",
			`<option value="sent" selected`,
		},
		"messages": {
			"/messages", "to=0470&channel=sms", "Number: Phone number is not",
			`<option value="sms" selected`,
		},
		"opt-outs":           {"/opt-outs", "to=0470", "Number: Phone number is not", `value="0470"`},
		"inbound":            {"/inbound", "number=0470&to=8850", "Number: Phone number is not", `value="8850"`},
		"inbound, time":      {"/inbound", "until=x&to=8850", "Until ", `value="8850"`},
		"requests":           {"/requests", "from=x&operation=send-otp", "From ", `value="send-otp"`},
		"audit":              {"/audit", "from=x&actor=ada", "From ", `value="ada"`},
		"analytics, day":     {"/analytics", "from=x&carrier=smsc", "From (UTC)", `value="smsc"`},
		"analytics, channel": {"/analytics", "channel=fax&carrier=smsc", "Channel ", `value="smsc"`},
		"analytics, country": {"/analytics", "country=Belgium&carrier=smsc", "Country must be", `value="smsc"`},
		"credits":            {"/credits", "kind=x", "Kind must be", "Clear"},
		"events":             {"/events", "type=x", "Type: ", "Clear"},
		"deliveries": {
			"/webhooks/" + endpoint[strings.LastIndex(endpoint, "/")+1:], "status=x",
			"Status ", "Clear",
		},
	} {
		t.Run(name, func(t *testing.T) {
			mode := id.Live
			if name == "deliveries" {
				mode = id.Test
			}
			path := w.at(mode, c.path)
			status := http.StatusBadRequest
			if strings.HasPrefix(c.error, "Number:") || strings.HasSuffix(name, "two") {
				status = http.StatusUnprocessableEntity
			}
			p := owner.get(t, path+"?"+c.query).shows(t, status, c.kept, "The list is shown without this filter.",
				`aria-invalid="true"`)
			if !strings.Contains(html.UnescapeString(p.raw), `role="alert">`+c.error) {
				t.Errorf("it does not say %q: %s", c.error, short(p.text))
			}
			p.lacks(t, "That did not work")
			owner.get(t, path+"?"+c.query, "X-Fragment", "rows").shows(t, status, `aria-invalid="true"`)
			if strings.Contains(p.raw, path+".csv") {
				owner.get(t, path+".csv?"+c.query).shows(t, status)
			}
		})
	}

	two := owner.get(t, w.at(id.Live, "/verifications?metadata=foo&to=abc"))
	if n := strings.Count(two.raw, `aria-invalid="true"`); n != 2 {
		t.Errorf("%d fields are marked of two", n)
	}
	owner.get(t, w.at(id.Live, "/verifications?before=x")).shows(t, 400, "position")
	owner.get(t, w.at(id.Live, "/verifications/live?to="+url.QueryEscape("+"))).shows(t, 422)
}

// TestFilters_Number: a number is read as people paste it, as in the search for why it got no code.
func TestFilters_Number(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	const number = "+32470987654"
	o, m := w.sendCode(t, id.Live, number).String(), w.sendText(t, id.Live, id.Request{}, "Hello").String()
	if _, err := w.OptOuts.Add(t.Context(), w.Live, number); err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"E.164": number, "no plus": "32470987654", "00": "0032470987654", "as it is printed": "(+32) 470/98.76.54",
	} {
		t.Run(name, func(t *testing.T) {
			to := "?to=" + url.QueryEscape(typed)
			owner.get(t, w.at(id.Live, "/verifications"+to)).shows(t, 200, o, "/v2/otp?to=%2B32470987654")
			owner.get(t, w.at(id.Live, "/messages"+to)).shows(t, 200, "Nothing matches").lacks(t, m)
			owner.get(t, w.at(id.Live, "/opt-outs"+to)).shows(t, 200, "•••••54", "/v2/opt-outs?to=%2B32470987654")
			from := w.at(id.Live, "/inbound?number="+url.QueryEscape(typed))
			owner.get(t, from).shows(t, 200, "/v2/inbound?from=%2B32470987654")
		})
	}
}
