package engine

import (
	"context"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// templateFor finds the template that a request names; nil when it names none, and then no row is read. A resend uses a
// deleted one, too.
func (e *Engine) templateFor(ctx context.Context, c account.Caller, name string, resend bool) (*template.Spec, error) {
	if name == "" {
		return nil, nil
	}
	unknown := fault.New(fault.NotFound,
		"there is no template %q; create it by POST /v2/templates with a key of the same "+
			"mode, or leave template out to use the built-in text", name).WithField("template")

	t, err := id.ParseTemplate(name)
	if err != nil {
		return nil, fault.Invalid("template", "template: %v; it is the id of a template, tmpl_…", err)
	}

	k := store.TemplateKey(c.Account, t)
	rows, err := e.store.Find(ctx, k)
	if err != nil {
		return nil, err
	}

	row, ok := store.Get[store.Template](rows, k)
	switch {
	case ok && row.Mode == c.Mode && (resend || row.DeletedAt.IsZero()):
		return &row.Spec, nil
	case resend:
		return nil, nil
	}

	return nil, unknown
}
