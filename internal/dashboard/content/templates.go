package content

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// templateRow is a row of the list.
type templateRow struct {
	ID, Href, Name, Languages string
	At                        screen.Moment
}

// templateList is what the list shows.
type templateList struct {
	Rows  []templateRow
	Pages screen.Pager
	Empty *screen.Empty
	New   string
}

// templates is the list of templates.
func templates(q *screen.Request) (screen.Answer, error) {
	before, err := screen.Position(id.ParseTemplate, q.Value("before"))
	if err != nil {
		return nil, err
	}
	list, err := q.Verbs.Admin.Templates(q.Context(), q.Caller, before, screen.ListSize+1)
	if err != nil {
		return nil, err
	}

	out, next := templateList{New: q.At("/templates/new")}, ""
	for i, t := range list {
		if i == screen.ListSize {
			next = list[i-1].ID.String()
			break
		}
		var tags []string
		for _, one := range t.Translations {
			tags = append(tags, one.Tag)
		}
		out.Rows = append(out.Rows, templateRow{
			ID: t.ID.String(), Href: q.At("/templates/" + t.ID.String()), Name: t.Name, Languages: strings.Join(tags, ", "),
			At: q.When(t.CreatedAt),
		})
	}
	out.Pages = q.Pages(next)
	if len(out.Rows) == 0 {
		out.Empty = &screen.Empty{
			Icon: "edit", Title: q.Text("No template yet"),
			Text: q.Text("Without one, codes have a built-in text in the language of the send."),
			Href: out.New, Action: q.Text("Create a template"),
		}
	}

	return screen.Page{Template: "templates", Title: q.Text("Templates"), Data: out, API: "GET /v2/templates"}, nil
}

// newTemplate is the editor of a template that is not stored yet.
func newTemplate(q *screen.Request) (screen.Answer, error) {
	return showEditor(q, editorPage{Texts: []localeText{{Tag: "en", Text: "{{code}} is your {{app}} code."}}}, nil)
}

// oneTemplate is the editor of a template.
func oneTemplate(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	out := editorPage{ID: t.ID.String(), Name: t.Name, Saved: t.Name, Was: stateOf(t.Spec)}
	for _, one := range t.Translations {
		out.Texts = append(out.Texts, localeText{one.Tag, one.Text})
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

// stateOf tells one state of a template from another.
func stateOf(s template.Spec) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", s))
	return hex.EncodeToString(sum[:])
}

// createTemplate stores a new template. The same form sent twice makes one.
func createTemplate(q *screen.Request) (screen.Answer, error) {
	form := readEditor(q)
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
	change, err := form.change(q)
	if err == nil && form.Was != stateOf(t.Spec) {
		err = fault.Invalid("", "%s", q.Text(
			"the template was changed by somebody else meanwhile; open it again to see how, and then change it"))
	}
	if err == nil {
		_, err = q.Verbs.Admin.ChangeTemplate(q.Context(), q.Caller, t.ID, change)
	}
	if err != nil && screen.FormFault(err) {
		return showEditor(q, form, err)
	} else if err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/templates/" + form.ID), Notice: q.Text("The template was saved.")}, nil
}

// deleteTemplate deletes a template whose name was typed.
func deleteTemplate(q *screen.Request) (screen.Answer, error) {
	t, err := findTemplate(q)
	if err != nil {
		return nil, err
	}
	if q.Value("confirm") != t.Name {
		form := editorPage{ID: t.ID.String(), Name: t.Name, Saved: t.Name, Was: stateOf(t.Spec)}
		for _, one := range t.Translations {
			form.Texts = append(form.Texts, localeText{one.Tag, one.Text})
		}
		return showEditor(q, form, fault.Invalid("confirm", "%s", q.Text("type the name of the template to delete it")))
	}
	if err := q.Verbs.Admin.DeleteTemplate(q.Context(), q.Caller, t.ID); err != nil {
		return nil, err
	}

	return screen.Redirect{To: q.At("/templates"), Notice: q.Text("The template was deleted.")}, nil
}
