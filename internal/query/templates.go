package query

import (
	"context"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/store"
)

// UsedRows is how many of the newest codes TemplatesUsed reads.
const UsedRows = 500

// TemplatesUsed says when each template was used last, by its id, as far as the newest codes of the caller tell. all
// reports that these are all codes, so that a template without a time was not used by any. Codes have no index by
// template, which every send would pay for.
func (q *Query) TemplatesUsed(ctx context.Context, c account.Caller) (used map[string]time.Time, all bool, err error) {
	used = map[string]time.Time{}
	err = q.store.View(ctx, func(v store.Reader) error {
		p := &store.Page{Limit: UsedRows, Scan: UsedRows}
		rows, err := v.OTPs(store.ListQuery{Account: c.Account, Mode: c.Mode}, p)
		for _, o := range rows {
			if o.Template != "" && used[o.Template].IsZero() {
				used[o.Template] = o.CreatedAt
			}
		}
		all = p.Next == [16]byte{}

		return err
	})

	return used, all, err
}

// TemplateName is what a template is called.
type TemplateName struct {
	ID, Name string
	Deleted  bool
}

// namedTemplates is how many of the newest templates TemplateNames reads, few at a time, since their texts may be long.
const (
	namedTemplates = 100
	namedAtATime   = 20
)

// TemplateNames are the names of the newest templates, newest first.
func (q *Query) TemplateNames(ctx context.Context, c account.Caller) (out []TemplateName, err error) {
	err = q.store.View(ctx, func(v store.Reader) error {
		for before := (id.Template{}); len(out) < namedTemplates; {
			rows, err := v.Templates(c.Account, c.Mode, before, namedAtATime)
			if err != nil {
				return err
			}
			for _, t := range rows {
				out, before = append(out, TemplateName{ID: t.ID.String(), Name: t.Name}), t.ID
			}
			if len(rows) < namedAtATime {
				return nil
			}
		}

		return nil
	})

	return out, err
}

// NamesOf are the names of templates by their ids, of deleted ones as long as their rows are kept.
func (q *Query) NamesOf(
	ctx context.Context, c account.Caller, templates map[string]struct{},
) (map[string]TemplateName, error) {
	out := map[string]TemplateName{}
	var keys []store.Key
	for text := range templates {
		if t, err := id.ParseTemplate(text); err == nil {
			keys = append(keys, store.TemplateKey(c.Account, t))
		}
	}
	if len(keys) == 0 {
		return out, nil
	}

	rows, err := q.store.Find(ctx, keys...)
	for _, k := range keys {
		if t, ok := store.Get[store.Template](rows, k); ok {
			out[t.ID.String()] = TemplateName{t.ID.String(), t.Name, !t.DeletedAt.IsZero()}
		}
	}

	return out, err
}
