package dispatch

import (
	"slices"
	"time"

	"github.com/syssecure/syssecure/internal/account"
	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/id"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/phone"
	"github.com/syssecure/syssecure/internal/query"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// Content is what a message says; it is made anew for each submit, so that no text with a code is ever stored.
type Content struct {
	To       phone.Number
	From     string
	Body     secret.String
	Spoken   secret.String // what a call says instead; empty = Body
	Code     secret.String
	Locale   string
	Approved carrier.Template

	// made is when the content was made, and left how long its code lived from then on; anew makes it for another time.
	made time.Time
	left time.Duration
	anew func(left time.Duration) Content
}

// at is the content as it has to be said now, by the same clock as made: a text tells the minutes that are left.
func (c Content) at(now time.Time) Content {
	left := c.left - max(0, now.Sub(c.made)).Truncate(time.Second)
	if c.anew == nil || template.Minutes(left) == template.Minutes(c.left) {
		return c
	}

	fresh := c.anew(left)
	fresh.made, fresh.anew, fresh.From = now, c.anew, c.From

	return fresh
}

// bodyFor is the text for a channel.
func (c Content) bodyFor(ch message.Channel) secret.String {
	if ch == message.Voice && c.Spoken.Reveal() != "" {
		return c.Spoken
	}
	return c.Body
}

// approvedFor is the template that a channel's carrier sends instead of the text.
func (c Content) approvedFor(ch message.Channel) carrier.Template {
	if ch == message.WhatsApp {
		return c.Approved
	}
	return carrier.Template{}
}

// OTPContent makes what an OTP's message says at now, by the account's clock; s and locale are the account's settings and
// the wanted language. The template is nil for the built-in text.
func (d *Dispatcher) OTPContent(o store.OTP, spec *template.Spec, to phone.Number, s account.Settings, locale string, voice bool, now time.Time) Content {
	// By the second, as expires_at is published: of a code that was asked for 300 s, 300 are left.
	left := time.Duration(o.ExpiresAt.Unix()-o.At(now, d.Clock.Era()).Unix()) * time.Second
	anew := func(left time.Duration) Content { return d.otpContent(o, spec, to, s, locale, voice, left) }

	c := anew(left)
	c.made, c.anew = d.Config.Now(), anew
	return c
}

func (d *Dispatcher) otpContent(o store.OTP, spec *template.Spec, to phone.Number, s account.Settings, locale string, voice bool, left time.Duration) Content {
	code := d.Code(o.OTP, to)
	occasion := template.Occasion{Locale: locale, Default: s.DefaultLocale, Metadata: o.Metadata, Values: template.Values{
		Code: code.Reveal(), App: s.Name, Minutes: template.Minutes(left), Origin: s.Origin, AppHash: s.AppHash,
	}}

	body, tag := spec.Text(occasion)
	c := Content{To: to, From: s.From, Body: secret.NewString(body), Code: code, Locale: tag, left: left}
	if voice {
		c.Spoken = secret.NewString(spec.Spoken(occasion))
	}

	if spec != nil && spec.WhatsApp.Name != "" {
		c.Approved = carrier.Template{Name: spec.WhatsApp.Name, Language: spec.WhatsApp.Language}
		for _, v := range spec.Variables(occasion) {
			c.Approved.Variables = append(c.Approved.Variables, carrier.Variable{Name: v.Name, Value: secret.NewString(v.Value)})
		}
	}

	return c
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

// contentOf makes the content of a stored message anew.
func (d *Dispatcher) contentOf(tx *store.Tx, m store.Message) (Content, error) {
	to, err := d.Query.Number(m.Key(), m.Number)
	if err != nil {
		return Content{}, err
	}

	if m.Purpose != message.ForCode {
		body, err := d.Config.Keys.Open(m.Body, m.Key().Place("body"))
		return Content{To: to, From: m.From, Body: secret.NewString(string(body)), Locale: m.Locale}, err
	}

	a, _ := store.Get[store.Account](tx, store.AccountKey(m.Account))
	o, _ := store.Get[store.OTP](tx, store.OTPKey(m.Account, m.OTP))
	spec, err := specOf(tx, o)
	if err != nil {
		return Content{}, err
	}
	c := d.OTPContent(o, spec, to, a.Settings.Of(m.Mode), m.Locale, calls(m.Plan), query.Clock(tx, m.Account, m.Mode, d.Config.Now()))
	c.From = m.From

	return c, nil
}
