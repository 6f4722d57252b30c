package content

import (
	"context"
	"strings"

	"github.com/syssecure/syssecure/internal/dashboard/screen"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/store"
	"github.com/syssecure/syssecure/internal/template"
)

// The code of previews, and how a voice says it: digit by digit.
const (
	sampleCode   = "123456"
	sampleSpoken = "1, 2, 3, 4, 5, 6"
)

// phoneView is a template in one language as a phone shows it, and as a call says it.
type phoneView struct {
	Tag, Encoding, Segments, Left string
	// Text is the text of an SMS in pieces; the characters that GSM 7 bit does not have are marked.
	Text []piece
	// Wrong is why it cannot be shown.
	Wrong string
	// Warning is what will not work although the text can be sent.
	Warning  string
	Strange  []message.Strange
	Replaced bool
	Prices   []priceView
	Spoken   string
	// Borrowed says that the spoken text is that of another language.
	Borrowed bool
	WhatsApp template.WhatsApp
	// Variables are the values that WhatsApp's template gets.
	Variables []template.Variable
}

// piece is a part of a text.
type piece struct {
	Text   string
	Marked bool
}

// priceView is what a text costs to a country.
type priceView struct {
	Country, Prefix string
	Credits         int64
}

// addPreviews fills each tab's texts in.
func (p *editorPage) addPreviews(q *screen.Request) error {
	channels := p.soundChannels()
	for i := range p.Languages {
		l := &p.Languages[i]
		if l.Text == "" && l.Spoken == "" {
			continue
		}
		one, err := view(q, *l, channels)
		if err != nil {
			return err
		}
		l.Preview = &one
	}

	return nil
}

// soundChannels are the variants without those that have faults: a fault in one language is not one of the others.
func (p *editorPage) soundChannels() template.Channels {
	out := template.Channels{Voice: map[string]string{}}
	whatsApp := template.Channels{WhatsApp: &p.WhatsApp}
	if len(template.Change{Channels: &whatsApp}.Check()) == 0 {
		out.WhatsApp = &p.WhatsApp
	}
	for _, l := range p.Languages {
		voice := template.Channels{Voice: map[string]string{l.Tag: l.Spoken}}
		if l.Spoken != "" && len(template.Change{Channels: &voice}.Check()) == 0 {
			out.Voice[l.Tag] = l.Spoken
		}
	}

	return out
}

// view fills the texts of a language in as a send would, and measures them.
func view(q *screen.Request, l language, channels template.Channels) (out phoneView, err error) {
	out.Tag = l.Tag
	if l.Spoken != "" {
		voice := template.Channels{Voice: map[string]string{l.Tag: l.Spoken}}
		if err := fault.Join(template.Change{Channels: &voice}.Check()...); err != nil {
			out.Wrong = fault.From(err).Message
			return out, nil
		}
	}
	if len(channels.Voice) == 0 {
		channels.Voice = nil
	}

	text := l.Text
	if text == "" {
		text = l.Spoken // a language of calls only
	}
	o := template.Occasion{Locale: l.Tag, Values: template.Values{Code: sampleCode, Minutes: 5}}
	change := template.Change{Translations: map[string]string{l.Tag: text}, Channels: &channels}
	p, err := q.Verbs.Admin.ShowDraft(q.Context(), q.Caller, change, o, nothingStored)
	if err != nil && screen.FormFault(err) {
		out.Wrong = fault.From(err).Message
		return out, nil
	} else if err != nil {
		return out, err
	}

	out.Spoken = strings.ReplaceAll(p.Spoken, sampleCode, sampleSpoken)
	out.Borrowed = l.Spoken == "" && len(channels.Voice) > 0
	if l.Text == "" {
		return out, nil
	}
	out.WhatsApp, out.Variables = p.WhatsApp, p.Variables
	if err := template.CheckOriginLine(l.Text, template.Values{
		Origin: q.Caller.Settings.Origin, AppHash: q.Caller.Settings.AppHash,
	}); err != nil {
		out.Warning = err.Error()
	}
	out.measure(q, p.SMS, message.Measure(p.Text).Strange, len(p.Replaced) > 0)

	return out, nil
}

// measure says how the text fits into SMS, and what it costs.
func (v *phoneView) measure(q *screen.Request, sms string, strange []message.Strange, replaced bool) {
	size := message.Measure(sms)
	v.Encoding, v.Strange, v.Replaced = "GSM-7", strange, replaced
	if size.Encoding == message.UCS2 {
		v.Encoding = "UCS-2"
	}
	v.Segments = q.Count(size.Parts, "%d segment", "%d segments")
	v.Left = q.Count(size.Left, "%d character left", "%d characters left")
	v.Text = marked(sms, size.Strange)
	for _, price := range q.Verbs.Engine.Prices() {
		if price.Channel == message.SMS && len(v.Prices) < mostPrices {
			v.Prices = append(v.Prices, priceView{price.Country, price.Prefix, price.Credits * int64(size.Parts)})
		}
	}
}

// mostPrices bounds the prices beside each text; the screen of credits has all.
const mostPrices = 20

// marked cuts a text into pieces, so that strange characters can be seen.
func marked(text string, strange []message.Strange) (out []piece) {
	odd := map[string]bool{}
	for _, s := range strange {
		odd[s.From] = true
	}
	for _, r := range text {
		one := piece{string(r), odd[string(r)]}
		if last := len(out) - 1; last >= 0 && out[last].Marked == one.Marked {
			out[last].Text += one.Text
			continue
		}
		out = append(out, one)
	}

	return out
}

// nothingStored is the admin.Once of a preview, which has nothing to remember.
func nothingStored(context.Context, []store.Key, func(*store.Tx) (any, error)) error { return nil }
