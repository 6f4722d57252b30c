package httpapi_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/testworld"
)

// lists are the lists with the field of their rows' ids and a status that they know.
var lists = []struct{ path, id, status string }{
	{"/v2/messages", "message_id", "delivered"}, {"/v2/otp", "otp_id", "delivered"},
}

// history sends five texts and five codes in the sandbox, a minute apart, and gives their ids, newest first.
func (a *api) history(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for i := range 5 {
		rest := fmt.Sprintf(`"metadata":{"n":%d,"user id":"a&b"}`, i)
		m := a.post(t, "/v2/sms/send", `{"to":"`+testworld.Number(i)+`","body":"x",`+rest+`}`).ok().str("message_id")
		o := a.post(t, "/v2/otp/send",
			`{"to":"`+testworld.Number(i)+`","channels":["sms"],"expires_in":3600,`+rest+`}`).ok().str("otp_id")
		out["/v2/messages"] = append([]string{m}, out["/v2/messages"]...)
		out["/v2/otp"] = append([]string{o}, out["/v2/otp"]...)
		a.Clock.Add(time.Minute)
	}

	return out
}

func (w answer) rows() []any { rows, _ := w.json["data"].([]any); return rows }

func TestLists_Filters(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	ids := a.history(t)
	for _, l := range lists {
		all := ids[l.path]
		for query, want := range map[string][]string{
			"": all, "limit=2": all[:2], "to=%2B" + testworld.Number(3)[1:]: all[1:2],
			"to=" + testworld.Number(3): all[1:2], "to=%2B32470999999": nil,
			"status=" + l.status: all, "status=failed": nil, "channel=sms": all, "channel=voice": nil,
			"created_after=2026-04-25T15:29:00Z": all[:3], "created_before=2026-04-25T15:29:00Z": all[3:],
			"created_after=2026-04-25T15:28:00Z&created_before=2026-04-25T15:29:00Z": all[3:4],
			"created_after=2026-04-25T17:29:00%2B02:00":                              all[:3],
			"created_after=2026-04-25T15:29:00.2Z":                                   all[:2],
			"country=BE":                                                             all,
			"country=FR":                                                             nil,
			"country=001":                                                            nil,
			"carrier=sandbox":                                                        all,
			"carrier=smsc":                                                           nil,
			"country=BE&carrier=sandbox&created_before=2026-04-25T15:29:00Z": all[3:],
			"metadata[n]=2": all[2:3],
			"metadata[n]=2&metadata[user%20id]=a%26b":                    all[2:3],
			"metadata%5Buser+id%5D=a%26b":                                all,
			"metadata[n]=2&metadata[m]=2":                                nil,
			"metadata[n]=2&channel=sms&to=%2B" + testworld.Number(2)[1:]: all[2:3],
		} {
			w := a.get(t, l.path+"?"+query).ok()
			var got []string
			for _, row := range w.rows() {
				got = append(got, row.(map[string]any)[l.id].(string))
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s?%s: %v, want %v", l.path, query, got, want)
			}
		}
		if w := a.call(t, a.live, "GET", l.path, "").ok(); len(w.rows()) != 0 || w.json["next_cursor"] != nil {
			t.Errorf("the other mode lists %s", w.text)
		}
	}
}

// Verifications can be listed by their template, also after it was deleted.
func TestLists_OfATemplate(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	first, second := a.template(t, login), a.template(t, login)
	ids := map[string]string{}
	for i, tmpl := range []string{first, "", second} {
		sent := a.post(t, "/v2/otp/send",
			`{"to":"`+testworld.Number(i)+`","channels":["sms"],"template":"`+tmpl+`","metadata":{"name":"A"}}`).ok()
		ids[tmpl] = sent.str("otp_id")
	}
	a.call(t, a.test, "DELETE", "/v2/templates/"+second, "").ok()

	for query, want := range map[string]string{
		"template=" + first: ids[first], "template=" + second: ids[second],
		"template=" + first + "&country=BE&carrier=sandbox":  ids[first],
		"template=" + first + "&country=FR":                  "",
		"template=" + id.NewTemplate(a.Clock.Now()).String(): "",
	} {
		t.Run(query, func(t *testing.T) {
			got := ""
			for _, row := range a.get(t, "/v2/otp?"+query).ok().rows() {
				got += row.(map[string]any)["otp_id"].(string)
			}
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

func TestLists_BadFilters(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	many := make([]string, 9)
	for i := range many {
		many[i] = fmt.Sprintf("metadata[k%d]=1", i)
	}

	for _, l := range lists {
		for query, field := range map[string]string{
			"limit=0":                             "limit",
			"limit=101":                           "limit",
			"limit=ten":                           "limit",
			"limit=1.5":                           "limit",
			"limit=-1":                            "limit",
			"to=0470123456":                       "to",
			"to=%2B32 470":                        "to",
			"to=%2B٣٢٤٧٠١٢٣٤٥٦":                   "to",
			"to=" + strings.Repeat("3", 65):       "to",
			"status=nope":                         "status",
			"status=SENT":                         "status",
			"channel=fax":                         "channel",
			"chanel=sms":                          "chanel",
			"country=be":                          "country",
			"country=BEL":                         "country",
			"country=":                            "country",
			"carrier=":                            "carrier",
			"carrier=" + strings.Repeat("c", 65):  "carrier",
			"template=login":                      "template",
			"created_after=yesterday":             "created_after",
			"created_after=2026-04-25":            "created_after",
			"created_after=2026-04-25T15:29:00":   "created_after",
			"created_before=2026-13-01T00:00:00Z": "created_before",
			"created_after=2026-04-25T15:29:00Z&created_before=2026-04-25T15:29:00Z": "created_before",
			"metadata=x":                  "metadata",
			"metadata[]=x":                "metadata",
			"metadata[a=x":                "metadata",
			"metadata[a][b]=x":            "metadata",
			"metadata[a]=x&metadata[a]=y": "metadata",
			"metadata[" + strings.Repeat("k", 65) + "]=x": "metadata",
			strings.Join(many, "&"):                       "metadata",
			"metadata[n]=":                                "metadata[n]",
			"cursor=x":                                    "cursor",
			"cursor=%00":                                  "cursor",
			"cursor=" + strings.Repeat("A", 43):           "cursor",
			"cursor=" + strings.Repeat("A", 300):          "cursor",
		} {
			w := a.get(t, l.path+"?"+strings.ReplaceAll(query, " ", "%20"))
			if field == "to" && len(query) < 60 {
				w.refusal(422, "invalid_phone")
			} else {
				w.refusal(400, "invalid_params")
			}
			if w.detail("field") != field {
				t.Errorf("%s?%s: about %q, want %q: %s", l.path, query, w.detail("field"), field, w.text)
			}
		}
	}
}

// TestCursor_ForgedOrForeign: a cursor is of one list, account, mode and set of filters, and every other one is
// refused.
func TestCursor_ForgedOrForeign(t *testing.T) {
	t.Parallel()
	a := newAPI(t, testworld.Options{})
	ids := a.history(t)
	other, err := a.Admin.CreateAccount(t.Context(), "Other", 0)
	if err != nil {
		t.Fatal(err)
	}

	_, foreign, err := a.Admin.CreateKey(t.Context(), other.ID, id.Test, nil)
	if err != nil {
		t.Fatal(err)
	}

	for i, l := range lists {
		query := l.path + "?channel=sms&metadata[user%20id]=a%26b&limit=2"
		first := a.get(t, query).ok()
		cursor := first.str("next_cursor")
		next := a.get(t, query+"&cursor="+url.QueryEscape(cursor)).ok()
		if rows := next.rows(); len(rows) != 2 || rows[0].(map[string]any)[l.id] != ids[l.path][2] {
			t.Errorf("the next page is %s", next.text)
		}

		// Another limit is no other list; a second key of the same account goes on.
		last := a.call(t, a.key(t, id.Test), "GET", strings.Replace(query, "limit=2", "limit=5", 1)+"&cursor="+cursor,
			"").ok()
		if len(last.rows()) != 3 || last.json["next_cursor"] != nil {
			t.Errorf("the rest is %s", last.text)
		}

		refuse := func(what, key, path string) {
			t.Helper()
			if w := a.call(t, key, "GET", path, "").refusal(400, "invalid_params"); w.detail("field") != "cursor" {
				t.Errorf("%s: %s", what, w.text)
			}
		}

		refuse("another account", foreign.Reveal(), query+"&cursor="+cursor)
		refuse("the other mode", a.live, query+"&cursor="+cursor)
		refuse("the other list", a.test, strings.Replace(query, l.path, lists[1-i].path, 1)+"&cursor="+cursor)
		refuse("fewer filters", a.test, l.path+"?channel=sms&cursor="+cursor)
		refuse("another value", a.test, l.path+"?channel=sms&metadata[user%20id]=a%26c&cursor="+cursor)
		refuse("more filters", a.test, query+"&status=delivered&cursor="+cursor)
		refuse("a country", a.test, query+"&country=BE&cursor="+cursor)
		refuse("a carrier", a.test, query+"&carrier=sandbox&cursor="+cursor)
		refuse("an id", a.test, query+"&cursor="+ids[l.path][1])
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			t.Fatal(err)
		}

		for bit := range len(raw) * 8 {
			raw[bit/8] ^= 1 << (bit % 8)
			refuse(fmt.Sprint("bit ", bit), a.test, query+"&cursor="+base64.RawURLEncoding.EncodeToString(raw))
			raw[bit/8] ^= 1 << (bit % 8)
		}

		for n := range cursor {
			if other := cursor[:n+1] + "A"; other != cursor {
				refuse("cut", a.test, query+"&cursor="+other)
			}
		}
	}
}
