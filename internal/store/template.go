package store

import (
	"time"

	"github.com/syssecure/syssecure/internal/extra"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/template"
	"github.com/syssecure/syssecure/internal/wire"
)

// Template is a template's row. Its texts are not sealed: everyone who gets a message reads them, and they contain
// neither numbers nor codes.
type Template struct {
	template.Spec
	Account   id.Account
	ID        id.Template
	Mode      id.Mode
	CreatedAt time.Time
	// DeletedAt is set when the template was deleted. The row is kept as long as a pending code may be sent again with
	// its text.
	DeletedAt time.Time
	Extra     extra.Fields
}

// TemplateKey names a template.
func TemplateKey(a id.Account, t id.Template) Key { return accountKey(TableTemplate, a, t) }

// Key names the row.
func (t Template) Key() Key { return TemplateKey(t.Account, t.ID) }

func (t Template) encode(c *wire.Coder) { t.fields(c) }

func (t *Template) fields(c *wire.Coder) {
	wire.IDColumn(c, &t.Account)
	wire.IDColumn(c, &t.ID)
	wire.IntColumn(c, &t.Mode)
	c.TimeColumn(&t.DeletedAt)
	c.Data(&t.Extra, func(c *wire.Coder) {
		wire.Text(c, 1, &t.Name)
		wire.List(c, 2, &t.Translations, translationFields, nil)
		wire.Text(c, 3, &t.WhatsApp.Name)
		wire.Text(c, 4, &t.WhatsApp.Language)
		wire.List(c, 5, &t.Voice, translationFields, nil)
		c.Time(6, &t.CreatedAt)
	})
}

func translationFields(c *wire.Coder, t *template.Translation) {
	wire.Text(c, 1, &t.Tag)
	wire.Text(c, 2, &t.Text)
}
