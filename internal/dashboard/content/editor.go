package content

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// language is a tab of the editor: the texts of a template in one language. One of the two may be empty, as a language
// can have a spoken text alone.
type language struct {
	Tag, Text, Spoken string
	// Default is the language of a send that asks for none.
	Default bool
	// Wrong marks the tab of a fault.
	Wrong   bool
	Preview *phoneView
}

// editorPage is what the editor shows.
type editorPage struct {
	// ID is empty for a new template; Saved is the stored name, and Was tells the state that the form began with.
	ID, Name, Saved, Was, Once string
	Languages                  []language
	// Shown is the tab that is seen: a place in Languages, or behind them the tab that adds one.
	Shown int
	// NewTag is what was typed as another language.
	NewTag   string
	WhatsApp template.WhatsApp
	// Known are the languages with a built-in text, which a new one begins with.
	Known  []string
	Faults []fault.FieldError
	// Dirty says that the form has what is not saved.
	Dirty bool
	// Differences are what somebody else saved meanwhile.
	Differences []difference
	// Test is the form of a test send; nil for a template that is not stored yet.
	Test *testForm
	// Save, Preview and Delete are where the forms send.
	Save, Preview, Delete, Back string
}

// difference is a field that somebody else saved otherwise than it was typed.
type difference struct{ Name, Saved, Typed string }

// readEditor reads the form. Pairs without a tag and without a text are no language.
func readEditor(q *screen.Request) editorPage {
	out := editorPage{
		Name: q.Value("name"), Was: q.Value("was"), NewTag: q.Value("new-tag"), Dirty: true,
		WhatsApp: template.WhatsApp{Name: q.Value("whatsapp-name"), Language: q.Value("whatsapp-language")},
	}
	tags, texts, spoken := q.PostForm["tag"], q.PostForm["text"], q.PostForm["spoken"]
	for i := range min(len(tags), len(texts), 2*template.MaxTranslations+1) {
		one := language{Tag: strings.TrimSpace(tags[i]), Text: lines(texts[i])}
		if i < len(spoken) {
			one.Spoken = lines(spoken[i])
		}
		if one.Tag != "" || one.Text != "" || one.Spoken != "" {
			out.Languages = append(out.Languages, one)
		}
	}
	if shown, err := strconv.Atoi(q.Value("shown")); err == nil {
		out.Shown = shown
	}

	return out
}

// lines is a text of a form as it is stored: without carriage returns, and empty when it is blank.
func lines(text string) string {
	if text = strings.ReplaceAll(text, "\r\n", "\n"); strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

// editorOf is the editor of a stored template.
func editorOf(t store.Template) editorPage {
	return editorPage{
		ID: t.ID.String(), Name: t.Name, Saved: t.Name, Was: t.State(), WhatsApp: t.WhatsApp, Languages: languagesOf(t.Spec),
	}
}

// languagesOf are the texts of a template by language.
func languagesOf(s template.Spec) (out []language) {
	for _, t := range s.Translations {
		out = append(out, language{Tag: t.Tag, Text: t.Text})
	}
	for _, v := range s.Voice {
		at := slices.IndexFunc(out, func(l language) bool { return l.Tag == v.Tag })
		if at < 0 {
			at, out = len(out), append(out, language{Tag: v.Tag})
		}
		out[at].Spoken = v.Text
	}

	return out
}

// change is what the form asks for.
func (p editorPage) change(q *screen.Request) (template.Change, error) {
	c := template.Change{Name: &p.Name, Translations: map[string]string{}, Channels: &template.Channels{}, Was: p.Was}
	if p.WhatsApp != (template.WhatsApp{}) {
		c.Channels.WhatsApp = &p.WhatsApp
	}

	seen := map[string]bool{}
	for _, l := range p.Languages {
		if seen[l.Tag] {
			return c, fault.Invalid("translations."+l.Tag, "%s", q.Textf("the language %q is there twice", l.Tag))
		}
		seen[l.Tag] = true
		if l.Spoken != "" {
			if c.Channels.Voice == nil {
				c.Channels.Voice = map[string]string{}
			}
			c.Channels.Voice[l.Tag] = l.Spoken
		}
		if l.Text != "" || l.Spoken == "" { // a language without any text is refused, not forgotten
			c.Translations[l.Tag] = l.Text
		}
	}

	return c, nil
}

// arrange carries out a button that adds or removes a language, in the form only.
func (p *editorPage) arrange(q *screen.Request) {
	if at, err := strconv.Atoi(q.Value("remove")); err == nil && at >= 0 && at < len(p.Languages) && len(p.Languages) > 1 {
		p.Languages = slices.Delete(p.Languages, at, at+1)
		p.Shown = max(0, at-1)
	}
	if q.Value("add") != "" {
		p.add(q)
	}
}

// add makes a tab for the language that was typed, with a text to begin with.
func (p *editorPage) add(q *screen.Request) {
	at := slices.IndexFunc(p.Languages, func(l language) bool { return strings.EqualFold(l.Tag, p.NewTag) })
	switch {
	case p.NewTag == "":
		p.Faults = append(p.Faults, fault.FieldError{
			Field: "new-tag", Message: q.Text("write which language to add, such as pt-BR"),
		})
		at = len(p.Languages)
	case at < 0:
		at = len(p.Languages)
		text, ok := template.Builtin().Translations[p.NewTag]
		if !ok && at > 0 {
			text = p.Languages[0].Text
		}
		p.Languages = append(p.Languages, language{Tag: p.NewTag, Text: text})
	}
	p.Shown, p.NewTag = at, ""
}

// onceTemplate makes a template, and gives its id also when the form was sent twice.
func onceTemplate(q *screen.Request, idem *idempotency.Request, change template.Change) (string, error) {
	var answer *idempotency.Answer
	made, err := q.Verbs.Admin.CreateTemplate(q.Context(), q.Caller, change,
		func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) (err error) {
			answer, err = q.Verbs.Answers.Once(ctx, q.Caller, idem, keys, change)
			return err
		})
	if err != nil || answer == nil {
		return made.ID.String(), err
	}
	first, err := screen.SecretOf(answer)

	return first.ID, err
}

// previewTemplate shows the editor with what was typed, and stores nothing.
func previewTemplate(q *screen.Request) (screen.Answer, error) {
	form := readEditor(q)
	form.ID, form.Saved = q.Value("id"), q.Value("saved")
	form.arrange(q)
	return showEditor(q, form, nil)
}

// showEditor completes the editor and shows it, with what was wrong with its form.
func showEditor(q *screen.Request, p editorPage, wrong error) (screen.Answer, error) {
	p.Once, p.Back, p.Preview = screen.NewOnce(), q.At("/templates"), q.At("/templates/preview")
	p.Save = q.At("/templates/new")
	call, body := "POST /v2/templates", `{"name": "Login", "translations": {"en": "{{code}} is your {{app}} code."}}`
	if p.ID != "" {
		p.Save, p.Delete = q.At("/templates/"+p.ID), q.At("/templates/"+p.ID+"/delete")
		call, body = "GET /v2/templates/"+p.ID, ""
	}
	p.Known = builtinTags()
	p.place(q.FaultsOf(wrong))
	p.markDefault(q.Caller.Settings.DefaultLocale)
	p.Shown = min(max(p.Shown, 0), len(p.Languages))
	if err := p.addPreviews(q); err != nil {
		return nil, err
	}
	if p.ID != "" {
		if p.Test == nil {
			p.Test = &testForm{}
		}
		p.Test.complete(q, p)
	}

	title := p.Saved
	if title == "" {
		title = q.Text("Create a template")
	}
	out := screen.Page{
		Template: "template", Title: title, Data: p, Scripts: []string{"screen.js"}, Section: q.At("/templates"),
		API: call, Body: body,
	}
	if wrong != nil {
		out.Status = fault.From(wrong).Status
	}

	return out, nil
}

// builtinTags are the languages that have a built-in text.
func builtinTags() (tags []string) {
	for tag := range template.Builtin().Translations {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}

// place leads each fault to the field of the form that it is about, and shows the first tab with one.
func (p *editorPage) place(faults []fault.FieldError) {
	first := -1
	for _, f := range faults {
		for from, to := range map[string]string{"channels.voice.translations": "spoken", "translations": "text"} {
			tag, ok := strings.CutPrefix(f.Field, from)
			if !ok {
				continue
			}
			at := slices.IndexFunc(p.Languages, func(l language) bool { return "."+l.Tag == tag })
			if at = max(at, 0); at >= len(p.Languages) {
				break
			}
			p.Languages[at].Wrong = true
			if f.Field = fmt.Sprintf("%s-%d", to, at); first < 0 || at < first {
				first = at
			}
		}
		if name, ok := strings.CutPrefix(f.Field, "channels.whatsapp."); ok {
			f.Field = "whatsapp-" + name
		}
		p.Faults = append(p.Faults, f)
	}
	if first >= 0 {
		p.Shown = first
	}
}

// markDefault marks the language of a send that asks for none.
func (p *editorPage) markDefault(accountDefault string) {
	var tags []string
	for _, l := range p.Languages {
		if l.Text != "" {
			tags = append(tags, l.Tag)
		}
	}
	if len(tags) == 0 {
		return
	}

	chosen := template.Locale("", accountDefault, tags)
	for i := range p.Languages {
		p.Languages[i].Default = p.Languages[i].Tag == chosen && p.Languages[i].Text != ""
	}
}
