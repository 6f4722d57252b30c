package dashboard_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/signin"
)

// TestSettings changes settings in one mode, and only those that were changed in the form.
func TestSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, developer := w.user(t, w.Account, signin.Owner), w.user(t, w.Account, signin.Developer)
	live, test := w.at(id.Live, "/settings"), w.at(id.Test, "/settings")
	developer.get(t, live).shows(t, 403)
	form := owner.get(t, live).shows(t, 200)
	if n := strings.Count(form.raw, "<fieldset class=\"panel\"><legend>"); n != 6 {
		t.Errorf("the form has %d groups", n)
	}
	for _, key := range account.SettingKeys {
		if strings.Count(form.raw, `id="f-`+key+`"`) != 1 || strings.Contains(form.raw, `for="f-`+key+`"></label>`) {
			t.Errorf("the form lacks %s, or its label", key)
		}
	}

	w.Clock.Add(time.Second)
	change := url.Values{"from": {"Acme"}, "was-from": {""}, "default_locale": {"fr"}, "was-default_locale": {"fr"}}
	for range 2 {
		owner.post(t, live, change).shows(t, 303)
	}
	owner.get(t, live).shows(t, 200, "The settings were saved.", `value="Acme"`, `name="default_locale" value="en"`)
	owner.get(t, test).shows(t, 200, "readonly").lacks(t, `name="from" value="Acme"`)
	if rows := w.audits(t); rows[0].Action != audit.AccountChanged || rows[1].Action == audit.AccountChanged {
		t.Errorf("the audit log begins with %+v", rows[:2])
	}
	owner.post(t, test, url.Values{}).shows(t, 303)
	owner.get(t, test).shows(t, 200, "Nothing was changed.")
}

// settingErrors are what the page says at a field and in its list at the top.
var settingErrors = regexp.MustCompile(`class="error"[^>]*>([^<]+)<|href="#f-[^"]+">([^<]+)<`)

func TestSettings_Wrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.user(t, w.Account, signin.Owner)
	live := w.at(id.Live, "/settings")
	for key, value := range map[string]string{
		"default_locale": "x-", "on_unknown": "maybe", "mask_numbers": "yes", "spend_cap_day": "-1", "credits_low": "many",
		"spend_cap_countries": "BE", "from": nasty[0], "origin": nasty[1], "app_hash": nasty[2],
	} {
		t.Run(key, func(t *testing.T) {
			p := owner.post(t, live, url.Values{key: {value}}).shows(t, 400, "Please check the form", `class="error"`)
			p.shows(t, 400, `href="#f-`+key+`"`)
			label := regexp.MustCompile(`for="f-` + key + `">([^<]+)<`).FindStringSubmatch(p.raw)
			for _, said := range settingErrors.FindAllStringSubmatch(p.raw, -1) {
				if text := html.UnescapeString(said[1] + said[2]); label == nil || !strings.HasPrefix(text, label[1]) ||
					strings.Contains(text, key) && strings.Contains(key, "_") {
					t.Errorf("the error is %q, in place of the label %q", text, label)
				}
			}
			if !strings.HasPrefix(value, "yes") && !strings.HasPrefix(value, "maybe") {
				p.escaped(t, value)
			}
		})
	}
	owner.post(t, w.at(id.Test, "/settings"), url.Values{"name": {"Other"}}).shows(t, 400, "Please check the form")
}
