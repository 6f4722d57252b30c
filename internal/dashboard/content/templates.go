package content

import (
	"errors"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// newTemplate is the editor of a template that is not stored yet.
func newTemplate(q *screen.Request) (screen.Answer, error) {
	return showEditor(q, editorPage{Languages: []language{{Tag: "en", Text: "{{code}} is your {{app}} code."}}}, nil)
}

// oneTemplate is the editor of a template, after a test send with where the code is seen.
func oneTemplate(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	out := editorOf(t)
	if sent, err := id.ParseOTP(q.Value("sent")); err == nil {
		out.Test = &testForm{Sent: q.At("/verifications/" + sent.String())}
	}

	return showEditor(q, out, nil)
}

func findTemplate(q *screen.Request) (store.Template, error) {
	t, err := id.ParseTemplate(q.PathValue("id"))
	if err != nil {
		return store.Template{}, fault.NoSuch("template")
	}
	return q.Verbs.Admin.Template(q.Context(), q.Caller, t)
}

// createTemplate stores a new template. The same form sent twice makes one.
func createTemplate(q *screen.Request) (screen.Answer, error) {
	form := readEditor(q)
	if form.NewTag != "" {
		return addFirst(q, form)
	}
	once, err := q.Once(func(result any) (string, secret.String) {
		t, _ := result.(store.Template)
		return t.ID.String(), secret.String{}
	})
	if err != nil {
		return showEditor(q, form, err)
	}

	change, err := form.change(q)
	if err != nil {
		return showEditor(q, form, err)
	}
	made, err := onceTemplate(q, once, change)
	if err != nil && screen.FormFault(err) {
		return showEditor(q, form, err)
	} else if err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/templates/" + made), Notice: q.Text("The template was created.")}, nil
}

// changeTemplate stores a changed template, unless somebody else changed it meanwhile.
func changeTemplate(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	form := readEditor(q)
	form.ID, form.Saved = t.ID.String(), t.Name
	if form.NewTag != "" {
		return addFirst(q, form)
	}

	change, err := form.change(q)
	if err == nil {
		_, err = q.Verbs.Admin.ChangeTemplate(q.Context(), q.Caller, t.ID, change)
	}
	switch {
	case errors.Is(err, template.ErrChanged):
		return showOther(q, form, err)
	case err != nil && screen.FormFault(err):
		return showEditor(q, form, err)
	case err != nil:
		return nil, err
	}

	return screen.Redirect{To: q.At("/templates/" + form.ID), Notice: q.Text("The template was saved.")}, nil
}

// addFirst is for a form that is sent while another language is typed in: it is added, and looked at before it is saved.
func addFirst(q *screen.Request, form editorPage) (screen.Answer, error) {
	form.add(q)
	return showEditor(q, form, fault.Invalid("translations."+form.Languages[form.Shown].Tag, "%s", q.Text(
		"nothing was saved yet: the language was added; look at its text, and save")))
}

// showOther shows what somebody else saved meanwhile beside what was typed, which stays in the form. Saving it again
// replaces what the user has seen now. When both typed the same, there is nothing left to do.
func showOther(q *screen.Request, form editorPage, wrong error) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	form.Was, form.Saved = t.State(), t.Name
	if form.Differences = differences(q, editorOf(t), form); len(form.Differences) == 0 {
		return screen.Redirect{To: q.At("/templates/" + form.ID), Notice: q.Text("The template was saved.")}, nil
	}

	return showEditor(q, form, wrong)
}

// differences lists the fields that two states of a template have otherwise.
func differences(q *screen.Request, saved, typed editorPage) (out []difference) {
	add := func(name, saved, typed string) {
		if saved != typed {
			out = append(out, difference{name, saved, typed})
		}
	}
	add(q.Text("Name"), saved.Name, typed.Name)
	was := map[string]language{}
	for _, l := range saved.Languages {
		was[l.Tag] = l
	}
	for _, l := range typed.Languages {
		add(l.Tag, was[l.Tag].Text, l.Text)
		add(q.Textf("%s, spoken", l.Tag), was[l.Tag].Spoken, l.Spoken)
		delete(was, l.Tag)
	}
	for _, l := range saved.Languages {
		if _, gone := was[l.Tag]; gone {
			add(l.Tag, l.Text, "")
			add(q.Textf("%s, spoken", l.Tag), l.Spoken, "")
		}
	}
	add("WhatsApp", strings.TrimSpace(saved.WhatsApp.Name+" "+saved.WhatsApp.Language),
		strings.TrimSpace(typed.WhatsApp.Name+" "+typed.WhatsApp.Language))

	return out
}

// deleteTemplate deletes a template whose name was typed.
func deleteTemplate(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	if q.Value("confirm") != t.Name {
		return showEditor(q, editorOf(t),
			fault.Invalid("confirm", "%s", q.Text("type the name of the template to delete it")))
	}
	if err := q.Verbs.Admin.DeleteTemplate(q.Context(), q.Caller, t.ID); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/templates"), Notice: q.Text("The template was deleted.")}, nil
}
