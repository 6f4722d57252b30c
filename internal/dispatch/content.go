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

// Content is the content of a message. It is made for each submit, so that no text with a code is ever stored.
type Content struct {
	To       phone.Number
	From     string
	Body     secret.String
	Spoken   secret.String // the text of a call; empty = Body
	Code     secret.String
	Locale   string
	Approved carrier.Template

	// madeAt is when the content was made, left how long its code was valid then, and remake makes it for another time.
	madeAt time.Time
	left   time.Duration
	remake func(left time.Duration) Content
}

// at is the content for another time, by the same clock as madeAt: a text may say how many minutes a code is valid.
func (c Content) at(now time.Time) Content {
	left := c.left - max(0, now.Sub(c.madeAt)).Truncate(time.Second)
	if c.remake == nil || template.Minutes(left) == template.Minutes(c.left) {
		return c
	}

	fresh := c.remake(left)
	fresh.madeAt, fresh.remake, fresh.From = now, c.remake, c.From

	return fresh
}

// bodyFor is the text for a step.
func (c Content) bodyFor(s message.Step) secret.String {
	switch {
	case s.Channel == message.Voice && c.Spoken.Reveal() != "":
		return c.Spoken
	case s.Channel == message.SMS && s.Smart:
		smart, _ := message.SmartText(c.Body.Reveal())
		return secret.NewString(smart)
	}
	return c.Body
}

// approvedFor is the approved template that a carrier of the channel sends instead of the text.
func (c Content) approvedFor(ch message.Channel) carrier.Template {
	if ch == message.WhatsApp {
		return c.Approved
	}
	return carrier.Template{}
}

// OTPContent makes the content of an OTP's message for now, by the account's clock. s are the account's settings, and
// locale is the requested language. A nil template means the built-in text.
func (d *Dispatcher) OTPContent(
	o store.OTP, spec *template.Spec, to phone.Number, s account.Settings, locale string, voice bool, now time.Time,
) Content {
	// In whole seconds, as expires_at is published: a new code that is valid for 300 s has 300 s left.
	left := time.Duration(o.ExpiresAt.Unix()-o.At(now, d.Clock.Era()).Unix()) * time.Second
	remake := func(left time.Duration) Content { return d.otpContent(o, spec, to, s, locale, voice, left) }

	c := remake(left)
	c.madeAt, c.remake = d.Config.Now(), remake
	return c
}

func (d *Dispatcher) otpContent(
	o store.OTP, spec *template.Spec, to phone.Number, s account.Settings, locale string, voice bool,
	left time.Duration,
) Content {
	code := d.Code(o.OTP, to)
	occasion := template.Occasion{
		Locale: locale, Default: s.DefaultLocale, Metadata: o.Metadata,
		Values: template.Values{
			Code: code.Reveal(), App: s.Name, Minutes: template.Minutes(left), Origin: s.Origin, AppHash: s.AppHash,
		},
	}

	body, tag := spec.Text(occasion)
	c := Content{To: to, From: s.From, Body: secret.NewString(body), Code: code, Locale: tag, left: left}
	if voice {
		c.Spoken = secret.NewString(spec.Spoken(occasion))
	}

	if spec != nil && spec.WhatsApp.Name != "" {
		c.Approved = carrier.Template{Name: spec.WhatsApp.Name, Language: spec.WhatsApp.Language}
		for _, v := range spec.Variables(occasion) {
			value := carrier.Variable{Name: v.Name, Value: secret.NewString(v.Value)}
			c.Approved.Variables = append(c.Approved.Variables, value)
		}
	}

	return c
}

// specOf finds the template of a stored OTP. It is nil, which means the built-in text, when the OTP names none or its
// template no longer exists.
func specOf(tx *store.Tx, o store.OTP) (*template.Spec, error) {
	if o.Template == "" {
		return nil, nil
	}
	t, err := id.ParseTemplate(o.Template)
	if err != nil {
		return nil, nil
	}

	k := store.TemplateKey(o.Account, t)
	if !tx.MayUse(k) {
		return nil, store.Need(k)
	}
	if row, ok := store.Get[store.Template](tx, k); ok {
		return &row.Spec, nil
	}

	return nil, nil
}

// calls reports whether a plan has a call in it.
func calls(plan []message.Step) bool {
	return slices.ContainsFunc(plan, func(s message.Step) bool { return s.Channel == message.Voice })
}

// contentOf makes the content of a stored message.
func (d *Dispatcher) contentOf(tx *store.Tx, m store.Message) (Content, error) {
	to, err := d.Query.Number(m.Key(), m.Number)
	if err != nil {
		return Content{}, err
	}

	if m.Type != message.CodeMessage {
		body, err := d.Config.Keys.Open(m.Body, m.Key().Location("body"))
		return Content{To: to, From: m.From, Body: secret.NewString(string(body)), Locale: m.Locale}, err
	}

	a, _ := store.Get[store.Account](tx, store.AccountKey(m.Account))
	o, _ := store.Get[store.OTP](tx, store.OTPKey(m.Account, m.OTP))
	spec, err := specOf(tx, o)
	if err != nil {
		return Content{}, err
	}
	now := query.Clock(tx, m.Account, m.Mode, d.Config.Now())
	c := d.OTPContent(o, spec, to, a.Settings.Of(m.Mode), m.Locale, calls(m.Plan), now)
	c.From = m.From

	return c, nil
}
