package dashboard_test

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

var removeLink = regexp.MustCompile(`href="([^"]*/opt-outs/[0-9a-f]{32}/remove)"`)

// TestOptOuts is the way of a number into the list and out of it.
func TestOptOuts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	list := w.at(id.Live, "/opt-outs")
	owner.get(t, list).shows(t, 200, "Nobody has opted out", "/v2/opt-outs/%2B32470123456", "-X PUT")
	owner.get(t, list+"/add").shows(t, 200, "Numbers")
	protection := w.at(id.Live, "/protection")
	owner.get(t, protection).shows(t, 200, "Numbers that opted out", `href="`+list+`">0<`).lacks(t, "The newest opt-outs")

	form := url.Values{"numbers": {"+32470987654\nhello\n+32470987654"}}
	for _, want := range []string{`>added</span>`, "already there"} { // a form sent twice changes nothing
		owner.post(t, list+"/add", form).shows(t, 200, want, "not a number", ">2<").lacks(t, "+32470987654")
	}
	for _, b := range []*browser{owner, support} {
		b.get(t, protection).shows(t, 200, "The newest opt-outs", `href="`+list+`">1<`).lacks(t, "+32470987654")
	}
	w.user(t, w.Account, signin.Billing).get(t, protection).shows(t, 200).lacks(t, "The newest opt-outs", list)
	for _, b := range []*browser{owner, support} {
		b.get(t, list).shows(t, 200, "Added by hand or by API", ">BE<").lacks(t, "+32470987654", "Nobody")
		b.get(t, list+".csv").shows(t, 200, "api").lacks(t, "+32470987654")
	}
	owner.get(t, list+"?to=%2B32470987654").shows(t, 200, "Added by hand")
	owner.get(t, list+"?to=%2B32470999999").shows(t, 200, "Nothing matches")
	owner.get(t, list+"?to=abc").shows(t, 422, "Number: Phone number is not")
	owner.get(t, list+"?before=x").shows(t, 400)
	owner.get(t, w.at(id.Test, "/opt-outs")).shows(t, 200, "Nobody has opted out")

	remove := removeLink.FindStringSubmatch(owner.get(t, list).raw)
	if remove == nil {
		t.Fatal("the list has no link that removes")
	}
	owner.get(t, remove[1]).shows(t, 200, "consent").lacks(t, "+32470987654")
	owner.get(t, strings.Replace(remove[1], "/live/", "/test/", 1)).shows(t, 404)
	for range 2 {
		if p := owner.post(t, remove[1], nil); p.StatusCode != 303 && p.StatusCode != 404 {
			t.Errorf("removing is answered with %d", p.StatusCode)
		}
	}
	owner.get(t, list).shows(t, 200, "Nobody has opted out")
	actions := ""
	for _, row := range w.audits(t) {
		actions += row.Action + " " + row.Object + "\n"
	}
	if strings.Count(actions, "opt_out.added") != 1 || strings.Count(actions, "opt_out.removed") != 1 ||
		strings.Contains(actions, "+32470987654") {
		t.Errorf("the audit log has %s", actions)
	}
}

// TestOptOuts_Whole: whole numbers go to those who may see them, which is noted, and come back as they went.
func TestOptOuts_Whole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, support := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Support)
	list := w.at(id.Live, "/opt-outs")
	owner.post(t, list+"/add", url.Values{"numbers": {"+32470987654\n+32470123457"}}).shows(t, 200)
	support.post(t, list+"/whole.csv", nil).shows(t, 403)
	w.Clock.Add(time.Second)
	file := owner.post(t, list+"/whole.csv", nil).shows(t, 200, "'+32470987654", "'+32470123457")
	if rows := w.audits(t); rows[0].Action != "number.revealed" || rows[0].Object != "opt-outs" {
		t.Errorf("the audit log begins with %+v", rows[0])
	}

	test := w.at(id.Test, "/opt-outs")
	owner.upload(t, test+"/add", file.raw).shows(t, 200, ">added</span>").lacks(t, "not a number</span>")
	owner.upload(t, test+"/add", file.raw).shows(t, 200, "already there").lacks(t, ">added</span>")
}

// upload sends a file as the form does.
func (b *browser) upload(t testing.TB, path, content string) page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("numbers", "")
	part, err := form.CreateFormFile("file", "opt-outs.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()

	return b.do(t, b.request(t, "POST", path, body.String(),
		"Content-Type", form.FormDataContentType(), "Sec-Fetch-Site", "same-origin"))
}

func TestOptOuts_BadLists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	path := w.at(id.Live, "/opt-outs/add")
	for name, text := range map[string]string{
		"nothing": "", "names only": "number\n", "too many": strings.Repeat("+32470987654\n", 5001),
	} {
		t.Run(name, func(t *testing.T) {
			owner.post(t, path, url.Values{"numbers": {text}}).shows(t, 400, "Please check the form", `aria-invalid="true"`)
		})
	}
	for _, text := range []string{nasty[0], nasty[3]} {
		owner.post(t, path, url.Values{"numbers": {text}}).shows(t, 200, "not a number").escaped(t, text)
	}
}
