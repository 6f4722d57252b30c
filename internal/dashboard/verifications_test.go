package dashboard_test

import (
	"bufio"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/engine"
	"github.com/syssecure/syssecure/internal/hooks"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/signin"
	"github.com/syssecure/syssecure/internal/testworld"
)

func TestVerifications_States(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/verifications")
	owner.get(t, list).shows(t, 200, "No verification yet", "/v2/otp/send", "Test mode")

	o := w.sendCode(t, id.Test, "+32470123456")
	owner.get(t, list).shows(t, 200, o.String(), "+32470123456", ">sms<", "data-live").lacks(t, "No verification yet")
	owner.get(t, list+"?status=verified").shows(t, 200, "Nothing matches", "Clear the filters").lacks(t, o.String())
	owner.get(t, list+"?status=verified", "X-Fragment", "rows").shows(t, 200, "Nothing matches").lacks(t, "<html")
	owner.get(t, w.at(id.Live, "/verifications")).shows(t, 200, "No verification yet").lacks(t, o.String(), "Test mode")
	owner.get(t, list+"?before=x").shows(t, 400, "no position of this list")

	one := owner.get(t, list+"/"+o.String()).shows(t, 200, "Given to", o.String())
	if strings.Contains(one.text, "000000") {
		t.Error("the page shows the code")
	}
	owner.get(t, w.at(id.Live, "/verifications/"+o.String())).shows(t, 404)
	owner.get(t, list+"/otp_none").shows(t, 404)
}

// TestVerifications_Filters: the list and its file have the codes of a country, a carrier and a template, which rows
// name.
func TestVerifications_Filters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/verifications")
	owner.get(t, list).shows(t, 200).lacks(t, `name="template"`)

	made := w.newTemplate(t, owner, url.Values{"name": {"Sign-in"}, "tag": {"en"}, "text": {"{{code}} is your code."}})
	made, _, _ = strings.Cut(made[strings.LastIndex(made, "/")+1:], "?")
	gone := id.NewTemplate(w.Clock.Now()).String()
	plain := w.sendCode(t, id.Test, "+33612345678")
	sent, _, err := w.SendOTP(t.Context(), w.Test, engine.OTPRequest{
		To: "+32470123456", Channels: []message.Channel{message.SMS}, Template: made,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	one := sent.OTP.ID
	row, err := w.Dispatcher.Query.GetOTP(t.Context(), w.Test, one)
	if err != nil {
		t.Fatal(err)
	}
	right := w.Dispatcher.Code(row.OTP.OTP, row.To)
	for _, code := range []secret.String{secret.NewString(testworld.Wrong(right.Reveal())), right} {
		if _, _, err := w.VerifyOTP(t.Context(), w.Test, one, code, nil); err != nil {
			t.Fatal(err)
		}
	}

	for query, c := range map[string]struct{ has, lacks id.OTP }{
		"country=be": {one, plain}, "country=FR": {plain, one}, "country=FR&carrier=sandbox": {plain, one},
		"template=" + made: {one, plain}, "template=" + made + "&country=BE&carrier=sandbox": {one, plain},
	} {
		t.Run(query, func(t *testing.T) {
			owner.get(t, list+"?"+query).shows(t, 200, c.has.String()).lacks(t, c.lacks.String())
			owner.get(t, list+".csv?"+query).shows(t, 200, c.has.String()).lacks(t, c.lacks.String())
		})
	}
	for _, query := range []string{"country=NL", "carrier=other", "template=" + gone, "country=001"} {
		t.Run(query, func(t *testing.T) {
			owner.get(t, list+"?"+query).shows(t, 200, "Nothing matches").lacks(t, one.String(), plain.String())
			owner.get(t, list+".csv?"+query).shows(t, 200).lacks(t, one.String(), plain.String())
		})
	}

	owner.get(t, list).shows(t, 200, `/templates/`+made+`">Sign-in</a>`, "2 of 5", "0 of 5",
		`<option value="`+made+`">Sign-in`)
	owner.get(t, list+".csv").shows(t, 200, ",purpose,template,checks_used,", ","+made+",2,", ",,0,")
	owner.post(t, w.at(id.Test, "/templates/"+made+"/delete"), url.Values{"confirm": {"Sign-in"}}).shows(t, 303)
	owner.get(t, list).shows(t, 200, ">Sign-in<").lacks(t, "/templates/"+made, `name="template"`)
	owner.get(t, list+"?template="+made).shows(t, 200, one.String(), `<option value="`+made+`" selected>Sign-in`)
	owner.get(t, list+"?template="+gone).shows(t, 200, `<option value="`+gone+`" selected>`+gone)
	owner.get(t, w.at(id.Live, "/verifications")).lacks(t, "tmpl_")
}

// TestMessages_Filters: the list of messages and its file have those of a country and of a carrier.
func TestMessages_Filters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	list := w.at(id.Test, "/messages")
	ids := map[string]string{}
	for _, to := range []string{"+32470123456", "+33612345678"} {
		sent, _, err := w.SendSMS(t.Context(), w.Test, engine.SMSRequest{To: to, Body: "x"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ids[to[:3]] = sent.ID.String()
	}

	for query, found := range map[string]string{
		"country=be": "+32", "country=FR&carrier=sandbox": "+33", "country=NL": "", "carrier=other": "",
	} {
		t.Run(query, func(t *testing.T) {
			for _, path := range []string{list, list + ".csv"} {
				p := owner.get(t, path+"?"+query).shows(t, 200)
				for prefix, m := range ids {
					if strings.Contains(p.text, m) != (prefix == found) {
						t.Errorf("%s?%s: %s is there, or is not", path, query, prefix)
					}
				}
			}
		})
	}
}

// TestNumbers_Masked: whole numbers of live mode are shown to those who may see them, after they asked, and that is noted.
func TestNumbers_Masked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	const number = "+32470987654"
	o := w.sendCode(t, id.Live, number)
	path := w.at(id.Live, "/verifications")
	for _, b := range []*browser{owner, support} {
		b.get(t, path).shows(t, 200, o.String()).lacks(t, number)
		b.get(t, path+".csv").shows(t, 200, o.String()).lacks(t, number)
		b.get(t, path+"/"+o.String()).shows(t, 200).lacks(t, number)
	}

	w.Clock.Add(time.Second)
	owner.post(t, path+"/"+o.String()+"/reveal", url.Values{}).shows(t, 200, number)
	support.post(t, path+"/"+o.String()+"/reveal", url.Values{}).shows(t, 403).lacks(t, number)
	rows := w.audits(t)
	if len(rows) == 0 || rows[0].Action != "number.revealed" || rows[0].Object != o.String() || rows[0].ActorKind != "user" {
		t.Errorf("the audit log has %+v", rows)
	}

	test := w.sendCode(t, id.Test, "+32470999999")
	support.get(t, w.at(id.Test, "/verifications/"+test.String())).shows(t, 200).lacks(t, "+32470999999")
}

// TestVerifications_Live: a code appears in an open list by itself, and again when its state changes.
func TestVerifications_Live(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	r := owner.request(t, "GET", w.at(id.Test, "/verifications/live"), "", "Accept", "text/event-stream")
	answer, err := owner.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()

	o := w.sendCode(t, id.Test, "+32470123456")
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `id="`+o.String()+`"`) {
			return
		}
	}
	t.Errorf("the stream ended without the code: %v", lines.Err())
}

// TestMetadata_Masked: numbers in metadata and in the purpose are masked for support wherever they are shown, and nothing
// else of them.
func TestMetadata_Masked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	const number, tail = "0470555111", "047•••••11"
	metadata := []byte(`{"phone":"` + number + `","user":"u-42"}`)
	endpoint := hooks.NewEndpoint{URL: "https://hooks.example.com/a"}
	if _, _, err := w.Hooks.Create(t.Context(), w.Live, endpoint, nil); err != nil {
		t.Fatal(err)
	}
	sent, _, err := w.SendOTP(t.Context(), w.Live, engine.OTPRequest{
		To: "+32470987654", Channels: []message.Channel{message.SMS}, Metadata: metadata, Purpose: number,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := engine.SMSRequest{To: "+32470987654", Body: "Your table is ready", Metadata: metadata}
	if _, _, err := w.SendSMS(t.Context(), w.Live, text, nil); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	w.Clock.Add(5 * time.Second)
	code := w.Dispatcher.Code(w.Read(t, sent.OTP.ID).OTP.OTP, "+32470987654")
	if _, _, err := w.VerifyOTP(t.Context(), w.Live, sent.OTP.ID, code, nil); err != nil {
		t.Fatal(err)
	}

	one := regexp.MustCompile(`(msg|evt)_[0-9A-Z]{26}`)
	paths := []string{"/verifications/" + sent.OTP.ID.String(), "/verifications.csv", "/messages.csv"}
	for _, list := range []string{"/messages", "/events"} {
		found := one.FindString(owner.get(t, w.at(id.Live, list)).raw)
		paths = append(paths, list+"/"+found)
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			owner.get(t, w.at(id.Live, path)).shows(t, 200, number, "u-42")
			support.get(t, w.at(id.Live, path)).shows(t, 200, tail, "u-42").lacks(t, number)
		})
	}
	for _, list := range []string{"/verifications", "/messages", "/events"} {
		support.get(t, w.at(id.Live, list)).shows(t, 200).lacks(t, number)
	}
}

// numberEverywhere puts a number wherever applications and phones may write one, and gives pages that lead to all of it.
func (w *world) numberEverywhere(t *testing.T, mode id.Mode, caller account.Caller, number string) (pages []string) {
	t.Helper()
	digits := strings.TrimPrefix(number, "+32")
	metadata := []byte(`{"phone":"0` + digits + `","n":32` + digits + `,"deep":[{"` + number + `":true}]}`)
	endpoint := hooks.NewEndpoint{URL: "https://hooks.example.com/a"}
	if _, _, err := w.Hooks.Create(t.Context(), caller, endpoint, nil); err != nil {
		t.Fatal(err)
	}
	sent, _, err := w.SendOTP(t.Context(), caller, engine.OTPRequest{
		To: number, Channels: []message.Channel{message.SMS}, Metadata: metadata, Purpose: number,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := engine.SMSRequest{To: number, Body: "Call " + number, Metadata: metadata}
	if _, _, err := w.SendSMS(t.Context(), caller, text, nil); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	in := carrier.Inbound{Carrier: "smsc", From: number, To: "Acme", Body: secret.NewString("I am " + number)}
	if _, err := w.Inbound(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if _, err := w.OptOuts.Add(t.Context(), caller, number); err != nil {
		t.Fatal(err)
	}

	return []string{w.at(mode, "/history/"+sent.OTP.ID.String()), w.at(mode, "/overview")}
}

// TestNumbers_Nowhere: whatever screen, file or error page support opens, it has no whole number, also of what
// applications and phones wrote.
func TestNumbers_Nowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	support := w.user(t, w.Account, signin.Support)
	const number, digits = "+32470987654", "470987654"
	open := w.numberEverywhere(t, id.Live, w.Live, number)
	open = append(open, w.numberEverywhere(t, id.Test, w.Test, number)...)

	links := regexp.MustCompile(`(?:href|action)="(/dashboard/[^"#]*)`)
	seen, files := map[string]bool{}, 0
	for ; len(open) > 0; open = open[1:] {
		p := support.get(t, open[0])
		if i := strings.Index(p.text, digits); i >= 0 || strings.Contains(fmt.Sprint(p.Header), digits) {
			t.Errorf("%s: %s", open[0], p.text[max(0, i-200):min(len(p.text), max(0, i)+40)])
		}
		if strings.Contains(open[0], ".csv") {
			files++
			continue
		}
		for _, found := range links.FindAllStringSubmatch(p.text, -1) {
			if !seen[found[1]] {
				seen[found[1]] = true
				open = append(open, found[1])
			}
		}
	}
	if len(seen) < 40 || files < 8 {
		t.Errorf("only %d pages and %d files were opened", len(seen), files)
	}
}
