package content

import (
	"context"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/idempotency"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// localeText is a text of the editor in one language.
type localeText struct{ Tag, Text string }

// editorPage is what the editor shows.
type editorPage struct {
	// ID is empty for a new template; Saved is the stored name, and Was tells the state that the form began with.
	ID, Name, Saved, Was, Once string
	Texts                      []localeText
	Faults                     []fault.FieldError
	Previews                   []phoneView
	// Save, Preview and Delete are where the forms send.
	Save, Preview, Delete, Back string
}

// phoneView is a text in one language as a phone shows it.
type phoneView struct {
	Tag, Text, Encoding, Segments, Left string
	// Wrong is why it cannot be shown.
	Wrong    string
	Strange  []message.Strange
	Replaced bool
	Prices   []priceView
}

// priceView is what a text costs to a country.
type priceView struct {
	Country, Prefix string
	Credits         int64
}

// readEditor reads the form. A language whose text was emptied is taken away.
func readEditor(q *screen.Request) editorPage {
	out := editorPage{Name: q.Value("name"), Was: q.Value("was")}
	tags, texts := q.PostForm["tag"], q.PostForm["text"]
	for i := range min(len(tags), len(texts), template.MaxTranslations+1) {
		text := strings.ReplaceAll(texts[i], "\r\n", "\n")
		if strings.TrimSpace(text) != "" {
			out.Texts = append(out.Texts, localeText{strings.TrimSpace(tags[i]), text})
		}
	}

	return out
}

// change is what the form asks for. Variants of channels stay as they are.
func (p editorPage) change(q *screen.Request) (template.Change, error) {
	c := template.Change{Name: &p.Name, Translations: map[string]string{}}
	for _, t := range p.Texts {
		if _, twice := c.Translations[t.Tag]; twice {
			return c, fault.Invalid("translations", "%s", q.Textf("the language %q is there twice", t.Tag))
		}
		c.Translations[t.Tag] = t.Text
	}
	return c, nil
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
	for _, f := range screen.FaultsOf(wrong) {
		if strings.HasPrefix(f.Field, "translations") {
			f.Field = "text"
		}
		p.Faults = append(p.Faults, f)
	}
	for _, t := range p.Texts {
		one, err := view(q, t)
		if err != nil {
			return nil, err
		}
		p.Previews = append(p.Previews, one)
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

// view fills a text in as a send would, and measures it.
func view(q *screen.Request, t localeText) (out phoneView, err error) {
	out.Tag = t.Tag
	o := template.Occasion{Locale: t.Tag, Values: template.Values{Code: "123456", Minutes: 5}}
	change := template.Change{Translations: map[string]string{t.Tag: t.Text}}
	p, err := q.Verbs.Admin.ShowDraft(q.Context(), q.Caller, change, o, nothingStored)
	if err != nil && screen.FormFault(err) {
		out.Wrong = fault.From(err).Message
		return out, nil
	} else if err != nil {
		return out, err
	}

	size := message.Measure(p.SMS)
	out.Text, out.Encoding, out.Replaced = p.SMS, "GSM-7", len(p.Replaced) > 0
	if size.Encoding == message.UCS2 {
		out.Encoding = "UCS-2"
	}
	out.Segments = q.Count(size.Parts, "%d segment", "%d segments")
	out.Left = q.Textf("%d characters left", size.Left)
	out.Strange = message.Measure(p.Text).Strange
	for _, price := range q.Verbs.Engine.Prices() {
		if price.Channel == message.SMS && len(out.Prices) < screen.ListSize {
			out.Prices = append(out.Prices, priceView{price.Country, price.Prefix, price.Credits * int64(size.Parts)})
		}
	}

	return out, nil
}

// nothingStored is the admin.Once of a preview, which has nothing to remember.
func nothingStored(context.Context, []store.Key, func(*store.Tx) (any, error)) error { return nil }
