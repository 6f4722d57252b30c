package engine

import (
	"context"
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// keepTemplates is how long a deleted template is kept: far above the hour that a code can live, since a pending code's
// text is made anew at each submit.
const keepTemplates = 24 * time.Hour

// content is what a message says; it is made anew for each submit, so that no text with a code is ever stored.
type content struct {
	to       phone.Number
	from     string
	body     secret.Text
	spoken   secret.Text // what a call says instead; empty = body
	code     secret.Text
	locale   string
	approved carrier.Template
}

// bodyFor is the text for a channel.
func (c content) bodyFor(ch message.Channel) secret.Text {
	if ch == message.Voice && c.spoken.Reveal() != "" {
		return c.spoken
	}
	return c.body
}

// approvedFor is the template that a channel's carrier sends instead of the text.
func (c content) approvedFor(ch message.Channel) carrier.Template {
	if ch == message.WhatsApp {
		return c.approved
	}
	return carrier.Template{}
}

// otpContent makes what an OTP's message says; s and locale are the account's settings and the wanted language. The
// template is nil for the built-in text.
func (e *Engine) otpContent(o store.OTP, spec *template.Spec, to phone.Number, s account.Settings, locale string, voice bool) content {
	code := e.derive(o.OTP, to)
	life := o.ExpiresAt.Sub(o.CreatedAt)
	occasion := template.Occasion{Locale: locale, Default: s.DefaultLocale, Metadata: o.Metadata, Values: template.Values{
		Code: code.Reveal(), App: s.Name, Minutes: template.Minutes(int(life / time.Second)), Origin: s.Origin, AppHash: s.AppHash,
	}}
	body, tag := spec.Text(occasion)
	c := content{to: to, from: s.From, body: secret.NewText(body), code: code, locale: tag}
	if voice {
		c.spoken = secret.NewText(spec.Spoken(occasion))
	}
	if spec != nil && spec.WhatsApp.Name != "" {
		c.approved = carrier.Template{Name: spec.WhatsApp.Name, Language: spec.WhatsApp.Language}
		for _, v := range spec.Variables(occasion) {
			c.approved.Variables = append(c.approved.Variables, carrier.Variable{Name: v.Name, Value: secret.NewText(v.Value)})
		}
	}
	return c
}

// templateFor finds the template that a request names; nil when it names none, and then no row is read. A resend takes a
// deleted one too: its code was promised with that text.
func (e *Engine) templateFor(ctx context.Context, c account.Caller, name string, resend bool) (*template.Spec, error) {
	if name == "" {
		return nil, nil
	}
	unknown := fault.New(fault.NotFound, "there is no template %q; create it by POST /v2/templates with a key of the same mode, or leave template out to use the built-in text", name).
		WithField("template")
	t, err := id.ParseTemplate(name)
	if err != nil {
		return nil, fault.Invalid("template", "template: %v; it is the id of a template, tmpl_…", err)
	}
	k := store.TemplateKey(c.Account, t)
	rows, err := e.Store.Find(ctx, k)
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

// specOf finds the template of a stored OTP; nil when it names none, or when a template is gone that should not be: then
// the built-in text brings the code.
func specOf(tx *store.Tx, o store.OTP) (*template.Spec, error) {
	if o.Template == "" {
		return nil, nil
	}
	t, err := id.ParseTemplate(o.Template)
	if err != nil {
		return nil, nil
	}
	k := store.TemplateKey(o.Account, t)
	if !tx.Has(k) {
		return nil, store.Need(k)
	}
	if row, ok := store.Get[store.Template](tx, k); ok {
		return &row.Spec, nil
	}
	return nil, nil
}

// calls says whether a plan has a call in it.
func calls(plan []message.Step) bool {
	return slices.ContainsFunc(plan, func(s message.Step) bool { return s.Channel == message.Voice })
}
