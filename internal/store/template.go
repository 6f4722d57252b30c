package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/template"
)

// Template is a template's row. Its texts are not sealed: they are what everybody with a phone gets to read, and hold
// neither numbers nor codes.
type Template struct {
	template.Spec
	Account   id.Account
	ID        id.Template
	Mode      id.Mode
	CreatedAt time.Time
	// DeletedAt is set when the template was deleted. The row stays as long as a pending code may have to be sent again
	// with its text.
	DeletedAt time.Time
}

// Key names the row.
func (t Template) Key() Key { return TemplateKey(t.Account, t.ID) }

// TemplateKey names a template.
func TemplateKey(a id.Account, t id.Template) Key {
	return Key{Table: TableTemplate, Account: a, ID: string(t[:])}
}

func (t Template) encode(e *encoder) {
	e.id(t.Account)
	e.id(t.ID)
	e.int(int64(t.Mode))
	e.time(t.DeletedAt)
	p := e.pack()
	p.string(t.Name)
	list(&p, t.Translations, p.translation)
	p.string(t.WhatsApp.Name)
	p.string(t.WhatsApp.Language)
	list(&p, t.Voice, p.translation)
	p.time(t.CreatedAt)
	e.packed(p)
}

func decodeTemplate(d *decoder) Record {
	t := Template{Account: d.account(), ID: id.Template(d.sixteen()), Mode: id.Mode(d.int()), DeletedAt: d.time()}
	u := d.unpack()
	t.Name, t.Translations = u.string(), unlist(&u, u.translation)
	t.WhatsApp = template.WhatsApp{Name: u.string(), Language: u.string()}
	t.Voice, t.CreatedAt = unlist(&u, u.translation), u.time()
	d.unpacked(&u)
	return t
}

func (p *packer) translation(t template.Translation) {
	p.string(t.Tag)
	p.string(t.Text)
}

func (u *unpacker) translation() template.Translation {
	return template.Translation{Tag: u.string(), Text: u.string()}
}
