package team

import (
	"net/http"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/admin"
	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/ledger"
	"github.com/syssecure/syssecure/internal/signin"
)

var settingRoutes = []screen.Route{
	screen.Get("/settings", signin.ManageSettings, settingsPage),
	screen.Post("/settings", signin.ManageSettings, saveSettings),
}

// settingText is what the screen says about a setting.
type settingText struct {
	label, help, placeholder string
	options                  []screen.Option
}

var onOff = []screen.Option{{Value: "true", Text: screen.Text("On")}, {Value: "false", Text: screen.Text("Off")}}

// settingTexts are the texts of all settings, by their keys.
var settingTexts = map[string]settingText{
	account.SettingName: {
		label: screen.Text("Name"),
		help:  screen.Text("As the built-in texts show it. Both modes share it, and it is changed in live mode."),
	},
	"default_locale": {
		label: screen.Text("Language"), placeholder: "en",
		help: screen.Text("For messages in a language that has no text."),
	},
	"origin": {
		label: screen.Text("Your site"), placeholder: "example.com",
		help: screen.Text("Its host ends messages, so that browsers fill in the code. Empty for no such line."),
	},
	"app_hash": {
		label: screen.Text("Android app"), placeholder: "FA+9qCX9VSu",
		help: screen.Text("The 11 characters by which the app reads its codes. Empty for none."),
	},
	"from": {
		label: screen.Text("Sender"), placeholder: "Acme",
		help: screen.Text("A number, a short code or a name of up to 11 characters. Empty for that of the carrier."),
	},
	"on_unknown": {
		label: screen.Text("When a carrier gives no answer"),
		help:  screen.Text("Sending once more may deliver a message twice; never sending again may deliver none."),
		options: []screen.Option{
			{Value: "retry", Text: screen.Text("Send once more")}, {Value: "hold", Text: screen.Text("Never send again")},
		},
	},
	"mask_numbers": {
		label: screen.Text("Mask numbers"), help: screen.Text("In answers of the API and in webhooks."), options: onOff,
	},
	"smart_encoding": {
		label: screen.Text("Save segments"), options: onOff,
		help: screen.Text("Replaces curly quotes and dashes in SMS where that makes them shorter."),
	},
	"opt_out_blocks_otp": {
		label: screen.Text("No codes after an opt-out"), options: onOff,
		help: screen.Text("Otherwise numbers that opted out still get codes, because their users ask for them."),
	},
	"opt_out_replies": {
		label: screen.Text("Answer STOP, START and HELP"), help: screen.Text("With a short message, which costs credits."),
		options: onOff,
	},
	"help_text": {
		label: screen.Text("Answer to HELP"), help: screen.Text("One line. Empty for the built-in text."),
		placeholder: screen.Text("Acme: call 0800 123 45"),
	},
	"credits_low": {
		label: screen.Text("Report when fewer credits are left than"),
		help:  screen.Text("When so many credits are left, the event credits.low is sent. 0 for never."),
	},
	"spend_cap_hour": {
		label: screen.Text("Most credits in an hour"), help: screen.Text("0 for no cap."),
	},
	"spend_cap_day": {
		label: screen.Text("Most credits in a day"), help: screen.Text("Days are those of UTC. 0 for no cap."),
	},
	"spend_cap_countries": {
		label: screen.Text("Most credits in a day, by country"), placeholder: "BE=20000,*=500",
		help: screen.Text("Two letters and a number each; * is every other country. Empty for no caps."),
	},
}

// settingGroups are the parts of the form, each with the keys of its settings.
var settingGroups = []struct {
	title string
	keys  []string
}{
	{screen.Text("Account"), []string{account.SettingName}},
	{screen.Text("Texts"), []string{"from", "default_locale", "smart_encoding"}},
	{screen.Text("Codes"), []string{"origin", "app_hash", "on_unknown"}},
	{screen.Text("Opt-outs"), []string{"opt_out_blocks_otp", "opt_out_replies", "help_text"}},
	{screen.Text("API and webhooks"), []string{"mask_numbers"}},
	{screen.Text("Credits"), []string{"credits_low", ledger.CapHour, ledger.CapDay, ledger.CapCountries}},
}

// settingField is a setting in the form. Was is what the form was filled with.
type settingField struct {
	Key, Label, Help, Placeholder, Value, Was string
	Options                                   []screen.Option
	ReadOnly                                  bool
}

// settingsView is what the screen shows.
type settingsView struct {
	Mode   string
	Faults []fault.FieldError
	Groups []settingGroup
}

type settingGroup struct {
	Title  string
	Fields []settingField
}

// settingsPage is the form of the account's settings in the mode.
func settingsPage(q *screen.Request) (screen.Answer, error) { return settingsForm(q, nil), nil }

func settingsForm(q *screen.Request, wrong error) screen.Answer {
	out := settingsView{Mode: q.Mode.String(), Faults: q.FaultsOf(wrong)}
	for _, g := range settingGroups {
		group := settingGroup{Title: q.Text(g.title)}
		for _, key := range g.keys {
			group.Fields = append(group.Fields, settingOf(q, key, wrong != nil))
		}
		out.Groups = append(out.Groups, group)
	}

	p := screen.Page{Template: "settings", Title: q.Text("Settings"), Data: out, API: "GET /v2/account"}
	if wrong != nil {
		p.Status = fault.From(wrong).Status
	}

	return p
}

// settingOf is the field of a setting, after a refused form with what was typed.
func settingOf(q *screen.Request, key string, refused bool) settingField {
	text, now := settingTexts[key], q.Caller.Settings.Get(key)
	f := settingField{
		Key: key, Label: q.Text(text.label), Help: q.Text(text.help), Placeholder: q.Text(text.placeholder),
		Options: q.Options(text.options), Value: now, Was: now, ReadOnly: !mayChange(q, key),
	}
	if refused && q.PostForm.Has(key) && !f.ReadOnly {
		f.Value, f.Was = q.Value(key), q.PostForm.Get("was-"+key)
	}

	return f
}

// mayChange reports whether a setting can be changed in the request's mode: the name is changed in live mode.
func mayChange(q *screen.Request, key string) bool {
	return q.Mode == id.Live || key != account.SettingName
}

// saveSettings changes what the user changed in the form, so that it takes back nobody else's change.
func saveSettings(q *screen.Request) (screen.Answer, error) {
	var changed []admin.Setting
	for _, key := range account.SettingKeys {
		if value := q.Value(key); q.PostForm.Has(key) && value != q.PostForm.Get("was-"+key) {
			changed = append(changed, admin.Setting{Key: key, Value: value})
		}
	}

	notice := q.Text("Nothing was changed.")
	if len(changed) > 0 {
		notice = q.Text("The settings were saved.")
		err := q.Verbs.Admin.SetBy(q.Context(), q.Caller, changed)
		if err != nil && fault.From(err).Status < http.StatusInternalServerError {
			return settingsForm(q, err), nil
		} else if err != nil {
			return nil, err
		}
	}

	return screen.Redirect{To: q.At("/settings"), Notice: notice}, nil
}
