package admin

import (
	"context"
	"maps"
	"slices"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/audit"
	"github.com/syssecure/syssecure/internal/bound"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// Once carries a change out once for each Idempotency-Key; a repeat gets the result that the change returned.
type Once func(ctx context.Context, keys []store.Key, change func(*store.Tx) (any, error)) error

// CreateTemplate makes a template of the caller's account and mode.
func (a *Admin) CreateTemplate(ctx context.Context, c account.Caller, change template.Change,
	once Once,
) (store.Template, error) {
	spec, err := template.Spec{}.With(change)
	if err != nil {
		return store.Template{}, err
	}

	now := a.Now()
	row := store.Template{Spec: spec, Account: c.Account, ID: id.NewTemplate(now), Mode: c.Mode, CreatedAt: now}
	counted := store.CountsKey(c.Account, c.Mode)
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.TemplateCreated, row.ID.String(),
		templateDiff(template.Spec{}, spec)...)
	err = once(ctx, []store.Key{counted}, func(tx *store.Tx) (any, error) {
		counts := store.CountsOf(tx, c.Account, c.Mode)
		var room bool
		if counts.Counts, room = counts.AddTemplate(now); !room {
			return nil, fault.Full(bound.LimitTemplates, bound.Templates,
				"an account may have %d templates; delete one, or add "+
					"translations to one. After very many deletions, wait for %v", bound.Templates, bound.KeepDeleted)
		}

		tx.Put(counts)
		tx.Insert(row)
		tx.Insert(note)

		return row, nil
	})

	return row, err
}

// Template reads a template. A deleted one is not found, nor is one of another account or mode.
func (a *Admin) Template(ctx context.Context, c account.Caller, t id.Template) (row store.Template, err error) {
	rows, err := a.Store.Find(ctx, store.TemplateKey(c.Account, t))
	if err != nil {
		return row, err
	}
	return ownTemplate(rows, c, t)
}

func ownTemplate(rows store.Getter, c account.Caller, t id.Template) (store.Template, error) {
	row, ok := store.Get[store.Template](rows, store.TemplateKey(c.Account, t))
	if !ok || row.Mode != c.Mode || !row.DeletedAt.IsZero() {
		return store.Template{}, fault.NoSuch("template")
	}
	return row, nil
}

// Templates lists templates older than before, newest first; with the zero id it begins at the newest.
func (a *Admin) Templates(ctx context.Context, c account.Caller, before id.Template,
	limit int,
) (out []store.Template, err error) {
	err = a.Store.View(ctx, func(v store.Reader) (err error) {
		out, err = v.Templates(c.Account, c.Mode, before, limit)
		return err
	})
	return out, err
}

// foundTemplates is what one search for templates reads. A template may have 64 KiB of texts, so few are read
// at once, and only what is found is kept.
var foundTemplates = store.Searched{Batch: 50, Most: 2_000}

// FindTemplates lists at most limit of the caller's templates before the given one, newest first; the zero id begins at the
// newest. With a text only those with it in their name, their id or one of their texts. next is where the search goes on,
// zero at the end. There can be fewer than limit although more follow, since a search reads only so many.
func (a *Admin) FindTemplates(
	ctx context.Context, c account.Caller, text string, before id.Template, limit int,
) (out []store.Template, next id.Template, err error) {
	var wanted func(store.Template) bool
	if text != "" {
		wanted = func(t store.Template) bool { return templateHas(t.Spec, t.ID, text) }
	}

	read := func(before id.Template, n int) ([]store.Template, error) { return a.Templates(ctx, c, before, n) }
	out, next, more, err := store.Search(foundTemplates, before, limit, read,
		func(t store.Template) id.Template { return t.ID }, wanted)
	if !more {
		next = id.Template{}
	}

	return out, next, err
}

func templateHas(s template.Spec, t id.Template, text string) bool {
	has := func(one template.Translation) bool { return contains(one.Text, text) }
	return contains(s.Name, text) || contains(t.String(), text) || contains(s.WhatsApp.Name, text) ||
		slices.ContainsFunc(s.Translations, has) || slices.ContainsFunc(s.Voice, has)
}

// ChangeTemplate changes a template. A pending code that is sent again gets the new text.
func (a *Admin) ChangeTemplate(ctx context.Context, c account.Caller, t id.Template,
	change template.Change,
) (out store.Template, err error) {
	k := store.TemplateKey(c.Account, t)
	note := audit.Note(ctx, a.Now(), c.Account, c.Mode, audit.TemplateChanged, t.String())
	err = a.Store.Update(ctx, c.Account, []store.Key{k}, func(tx *store.Tx) (err error) {
		if out, err = ownTemplate(tx, c, t); err != nil {
			return err
		}
		before := out.Spec
		if out.Spec, err = out.With(change); err != nil {
			return err
		}
		tx.Put(out)
		if diff := templateDiff(before, out.Spec); len(diff) > 0 {
			tx.Insert(audit.With(note, diff...))
		}

		return nil
	})

	return out, err
}

// DeleteTemplate deletes a template for new codes. Pending codes keep it until they end.
func (a *Admin) DeleteTemplate(ctx context.Context, c account.Caller, t id.Template) error {
	k, now := store.TemplateKey(c.Account, t), a.Now()
	note := audit.Note(ctx, now, c.Account, c.Mode, audit.TemplateDeleted, t.String())
	return a.Store.Update(ctx, c.Account, []store.Key{k, store.CountsKey(c.Account, c.Mode)}, func(tx *store.Tx) error {
		row, err := ownTemplate(tx, c, t)
		if err != nil {
			return err
		}

		row.DeletedAt = now
		tx.Put(row)

		var diff audit.Diff
		diff.AddText("name", row.Name, "")
		tx.Insert(audit.With(note, diff...))

		counts := store.CountsOf(tx, c.Account, c.Mode)
		counts.Counts = counts.RemoveTemplate(now)
		tx.Put(counts)

		return nil
	})
}

// NoteTest writes into the audit log that a code is sent to try a template. It is written before the code is sent.
func (a *Admin) NoteTest(ctx context.Context, c account.Caller, t id.Template, channel string) error {
	k := store.TemplateKey(c.Account, t)
	var diff audit.Diff
	diff.Add("channel", "", channel)
	note := audit.Note(ctx, a.Now(), c.Account, c.Mode, audit.TemplateTested, t.String(), diff...)
	return a.Store.Update(ctx, c.Account, []store.Key{k}, func(tx *store.Tx) error {
		_, err := ownTemplate(tx, c, t)
		if err == nil {
			tx.Insert(note)
		}
		return err
	})
}

// templateDiff lists what changed in a template, each text by its language.
func templateDiff(before, after template.Spec) (d audit.Diff) {
	d.AddText("name", before.Name, after.Name)
	translationsDiff(&d, "translations.", before.Translations, after.Translations)
	translationsDiff(&d, "channels.voice.", before.Voice, after.Voice)
	d.Add("channels.whatsapp.name", before.WhatsApp.Name, after.WhatsApp.Name)
	d.Add("channels.whatsapp.language", before.WhatsApp.Language, after.WhatsApp.Language)

	return d
}

func translationsDiff(d *audit.Diff, prefix string, before, after []template.Translation) {
	was, is := map[string]string{}, map[string]string{}
	for _, t := range before {
		was[t.Tag] = t.Text
	}
	for _, t := range after {
		is[t.Tag] = t.Text
	}

	tags := slices.Collect(maps.Keys(was))
	for tag := range is {
		if _, known := was[tag]; !known {
			tags = append(tags, tag)
		}
	}
	slices.Sort(tags)
	for _, tag := range tags {
		d.AddText(prefix+tag, was[tag], is[tag])
	}
}

// Preview is a template filled in for an occasion.
type Preview struct {
	Locale    string
	Text      string
	Encoding  message.Encoding // of the text as an SMS
	Segments  int
	SMS       string // the text as an SMS
	Replaced  []message.Replacement
	Spoken    string
	WhatsApp  template.WhatsApp
	Variables []template.Variable // of the approved WhatsApp template
}

// ShowTemplate fills a saved template in for an occasion, with the caller's settings.
func (a *Admin) ShowTemplate(ctx context.Context, c account.Caller, t id.Template, o template.Occasion,
	once Once,
) (Preview, error) {
	row, err := a.Template(ctx, c, t)
	if err != nil {
		return Preview{}, err
	}
	return show(ctx, c, row.Spec, o, once)
}

// ShowDraft is ShowTemplate for a template that is not saved; it needs no name.
func (a *Admin) ShowDraft(ctx context.Context, c account.Caller, change template.Change, o template.Occasion,
	once Once,
) (Preview, error) {
	if change.Name == nil {
		draft := "draft"
		change.Name = &draft
	}

	spec, err := template.Spec{}.With(change)
	if err != nil {
		return Preview{}, err
	}

	return show(ctx, c, spec, o, once)
}

func show(ctx context.Context, c account.Caller, spec template.Spec, o template.Occasion, once Once) (Preview, error) {
	o.Default = c.Settings.DefaultLocale
	o.Values.App, o.Values.Origin, o.Values.AppHash = c.Settings.Name, c.Settings.Origin, c.Settings.AppHash
	var out Preview
	out.Text, out.Locale = spec.Text(o)
	out.SMS = out.Text
	out.Encoding, out.Segments = message.Segments(out.Text)
	if c.Settings.SmartEncoding {
		var smart bool
		if out.Encoding, out.Segments, smart = message.CharsetGSM7.Smart(out.Text); smart {
			out.SMS, out.Replaced = message.SmartText(out.Text)
		}
	}
	out.Spoken = spec.Spoken(o)
	if out.WhatsApp = spec.WhatsApp; out.WhatsApp.Name != "" {
		out.Variables = spec.Variables(o)
	}

	return out, once(ctx, nil, func(*store.Tx) (any, error) { return out, nil })
}
