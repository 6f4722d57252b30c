package twilio

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/fault"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/setting"
	"github.com/syssecure/syssecure/internal/webcall"
)

// VoiceFactory makes carriers of the kind "twilio-voice".
var VoiceFactory = carrier.Factory{
	About: "Calls over Twilio's Calls API, in which Twilio's voices read the text. The digits of a code are read one by one, " +
		"twice, and the key 1 has the text read again. In Twilio's console, copy the Account SID and the Auth Token, buy a " +
		"number for voice, and allow the countries under Voice, Geo permissions. `public_url` must be the address at which " +
		"Twilio reaches this server. A call that a machine answers, or in which the person hangs up before the code can have " +
		"been read once, counts as not answered, and the next step begins.",
	Callbacks: []carrier.Callback{
		{Name: receipts, About: "Who answered, and how calls ended. Nothing has to be entered: each request names it."},
		{Name: gather, About: "Pressed keys. Nothing has to be entered: each request names it."},
	},
	ExampleName:   "twilio-voice",
	ExampleFrom:   `"+3221234567"`,
	AnswerTimeout: carrier.WebAnswerTimeout,
	InFlight:      "256",
	NewSettings: func() carrier.Settings {
		return &VoiceConfig{Config: Config{APIBase: defaultBase}, DetectVoicemail: true}
	},
}

const gather = "gather"

// VoiceConfig is one [[carrier]] of kind "twilio-voice". It has no MessagingServiceSID.
type VoiceConfig struct {
	Config
	// DetectVoicemail has Twilio tell people from machines.
	DetectVoicemail bool
}

// Keys implements carrier.Settings.
func (c *VoiceConfig) Keys() []setting.Key {
	return append(c.accountKeys(), setting.Key{
		Name: "detect_voicemail", To: &c.DetectVoicemail, Doc: "Twilio tells people from machines, for a fee for each call",
		More: "Without it, a code that was read to a voicemail counts as delivered, and no fallback follows.",
	})
}

// Channels implements carrier.Settings.
func (*VoiceConfig) Channels() []message.Channel { return []message.Channel{message.Voice} }

// Check implements carrier.Settings.
func (c *VoiceConfig) Check(common *carrier.Common, found *setting.Findings) {
	c.checkAccount(common, found)
	if !voiceSender.MatchString(common.From) {
		found.Problem("from", "from must be a number of the account, such as \"+3221234567\": Twilio makes no call without one")
	}
	if common.PublicURL == "" && !common.Receipts {
		found.Problem("", "public_url is missing: Twilio asks there what a pressed key does")
	}
}

var voiceSender = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Make implements carrier.Settings.
func (c *VoiceConfig) Make(common carrier.Common, log *slog.Logger) (carrier.Carrier, error) {
	if err := carrier.Verify(common, c); err != nil {
		return nil, err
	}
	to, err := url.Parse(c.APIBase + "/2010-04-01/Accounts/" + c.AccountSID + "/Calls.json")
	if err != nil {
		return nil, err
	}
	key := hmac.New(sha256.New, []byte(c.AuthToken.Reveal()))
	key.Write([]byte("the text of a call that may be repeated"))
	block, err := aes.NewCipher(key.Sum(nil))
	if err != nil {
		return nil, err
	}
	made := &Voice{
		account: newAccount(common, c.Config, to, c.Channels(), log), gather: common.CallbackURL(gather),
		detect: c.DetectVoicemail,
	}
	made.seal, err = cipher.NewGCM(block)

	return made, err
}

// Voice has Twilio call phones. It is safe for concurrent use.
type Voice struct {
	account
	gather string // the address of pressed keys
	detect bool   // people from machines
	seal   cipher.AEAD
}

var (
	_ carrier.SelfTimed       = (*Voice)(nil)
	_ carrier.CallbackHandler = (*Voice)(nil)
	_ carrier.Revoker         = (*Voice)(nil)
)

// How long a phone rings, and a call lasts, at most. Both are less when the code is valid for less.
const (
	longestRing = 30 * time.Second
	longestCall = 4 * time.Hour // Twilio's own bound
)

// seconds is the life of a code within a bound, in whole seconds for Twilio.
func seconds(life, most time.Duration) string {
	return strconv.Itoa(int(max(time.Second, min(life, most)) / time.Second))
}

// Send implements carrier.Carrier.
func (c *Voice) Send(ctx context.Context, m carrier.Message) carrier.Result {
	said := spoken(m.Body.Reveal(), m.Code.Reveal())
	document, fits := c.fitting(said, language(m.Locale), time.Now().Add(lifeOf(m)))
	if !fits {
		return carrier.Result{Outcome: carrier.Rejected, Reason: message.TemplateRejected, CarrierCode: "too_long"}
	}
	form := url.Values{
		"To": {m.To.E164()}, "From": {c.caller(m.From)}, "Timeout": {seconds(lifeOf(m), longestRing)},
		"TimeLimit": {seconds(lifeOf(m), longestCall)},
		"Twiml":     {document},
	}
	if c.receipt != "" {
		after := int(readOnce(said, m.Code.Reveal()) / time.Second)
		form.Set("StatusCallback", carrier.WithRef(c.receipt, m.Ref)+"&"+afterKey+"="+strconv.Itoa(after))
		form.Set("StatusCallbackEvent", "completed")
	}
	if c.receipt != "" && c.detect { // beside the reading, so that nobody waits for it in silence
		form.Set("MachineDetection", "Enable")
		form.Set("AsyncAmd", "true")
		form.Set("AsyncAmdStatusCallback", carrier.WithRef(c.receipt, m.Ref))
	}

	call := c.Client().Call(c.url, c.header)
	call.Out.WriteString(form.Encode())

	return c.Submit(ctx, call, func(a webcall.Answer) carrier.Result { return read(a, m.To, time.Now()) })
}

// caller is the number that the phone shows: Twilio refuses calls from a name, which is a sender of messages.
func (c *Voice) caller(sender string) string {
	if strings.HasPrefix(sender, "+") {
		return sender
	}
	return c.From()
}

// spoken writes the digits of the code so that a voice reads them one by one.
func spoken(text, code string) string {
	if code == "" {
		return text
	}
	digits := strings.Join(strings.Split(code, ""), ", ")
	if !strings.Contains(text, code) {
		return text + " " + digits
	}

	return strings.ReplaceAll(text, code, digits)
}

// How fast a voice reads at most: letters, and digits with the pauses after them. firstPause is that of twiml.
const (
	firstPause    = time.Second
	fastestLetter = time.Second / 20
	fastestDigit  = time.Second * 2 / 5
)

// readOnce is the shortest time after which a code can have been read once to its end. Where the text has no code it is that
// of the whole text.
func readOnce(said, code string) time.Duration {
	digits := 0
	if end := strings.Index(said, strings.Join(strings.Split(code, ""), ", ")); code != "" && end >= 0 {
		said, digits = said[:end], len(code)
	}

	return firstPause + time.Duration(len([]rune(said)))*fastestLetter + time.Duration(digits)*fastestDigit
}

// languages are those of Twilio's basic voices by their first part; others are read by its default voice.
var languages = map[string]string{
	"ca": "ca-ES", "da": "da-DK", "de": "de-DE", "en": "en-US", "es": "es-ES", "fi": "fi-FI", "fr": "fr-FR", "it": "it-IT",
	"ja": "ja-JP", "ko": "ko-KR", "nb": "nb-NO", "nl": "nl-NL", "pl": "pl-PL", "pt": "pt-PT", "ru": "ru-RU", "sv": "sv-SE",
	"zh": "zh-CN",
}

func language(locale string) string {
	if strings.EqualFold(locale, "pt-BR") || strings.EqualFold(locale, "en-GB") {
		return locale
	}
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	return languages[base]
}

// longestTwiml is how long a document may be as a parameter (twilio.com/docs/voice/api/call-resource).
const longestTwiml = 4000

// fitting is the best document for a text that Twilio takes: a long one is not read again at the press of a key, or read only
// once. fits is false for one that is too long for that.
func (c *Voice) fitting(text, lang string, until time.Time) (document string, fits bool) {
	say := pause + sayIn(text, lang)
	for _, document := range []string{
		c.twiml(text, lang, until), "<Response>" + say + say + "</Response>", "<Response>" + say + "</Response>",
	} {
		if utf8.RuneCountInString(document) <= longestTwiml {
			return document, true
		}
	}

	return "", false
}

const pause = `<Pause length="1"/>`

func sayIn(text, lang string) string {
	var escaped strings.Builder
	_ = xml.EscapeText(&escaped, []byte(text)) // a Builder never fails
	if lang != "" {
		lang = ` language="` + lang + `"`
	}
	return "<Say" + lang + ">" + escaped.String() + "</Say>"
}

// twiml is the document that reads a text twice and waits for a key. The address of the key carries the text, sealed, so that
// every node can have it read again, and Twilio's log of addresses does not show it. It is read again until the code expires.
func (c *Voice) twiml(text, lang string, until time.Time) string {
	say := sayIn(text, lang)
	nonce := make([]byte, c.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := c.seal.Seal(nonce, nonce, []byte(strconv.FormatInt(until.Unix(), 10)+"\n"+lang+"\n"+text), nil)
	action := c.gather + "?t=" + base64.RawURLEncoding.EncodeToString(sealed)

	return `<Response><Gather numDigits="1" timeout="5" method="POST" action="` + action + `">` + pause + say +
		pause + say + `</Gather></Response>`
}

// open returns what an address of twiml carries.
func (c *Voice) open(token string) (r reading, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sealed) < c.seal.NonceSize() {
		return r, false
	}
	plain, err := c.seal.Open(nil, sealed[:c.seal.NonceSize()], sealed[c.seal.NonceSize():], nil)
	parts := strings.SplitN(string(plain), "\n", 3)
	if err != nil || len(parts) != 3 {
		return r, false
	}
	until, err := strconv.ParseInt(parts[0], 10, 64)

	return reading{text: parts[2], lang: parts[1], until: time.Unix(until, 0)}, err == nil
}

// reading is what a call reads.
type reading struct {
	text, lang string
	until      time.Time
}

// lifeOf is how long a code may be read.
func lifeOf(m carrier.Message) time.Duration {
	if m.Validity <= 0 {
		return longestCall
	}
	return m.Validity
}

// ServeCallback implements carrier.CallbackHandler.
func (c *Voice) ServeCallback(
	w http.ResponseWriter, r *http.Request, callback string, sink carrier.Sink,
) *fault.Fault {
	if callback != receipts && callback != gather {
		return fault.New(fault.NotFound, "unknown callback; use receipts or gather")
	}
	form, f := c.authentic(w, r)
	if f != nil {
		return f
	}
	if callback == receipts {
		return c.ended(w, r, form, sink)
	}

	document := "<Response><Hangup/></Response>"
	again, ok := c.open(r.URL.Query().Get("t"))
	switch {
	case !ok:
		return fault.Invalid("t", "t is not what this server gave to Twilio")
	case form.Get("Digits") == "1" && time.Now().Before(again.until):
		document = c.twiml(again.text, again.lang, again.until)
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write([]byte(document))

	return nil
}

// states are those of Twilio's reference of the Call resource; those of ends are Failed.
var states = map[string]carrier.Status{
	"queued": carrier.Buffered, "initiated": carrier.Buffered, "ringing": carrier.Buffered,
	"in-progress": carrier.Buffered, "completed": carrier.Delivered, "busy": carrier.Failed,
	"no-answer": carrier.Failed, "failed": carrier.Failed, "canceled": carrier.Failed,
}

// ends are the states in which a call has ended without being answered.
var ends = map[string]message.Reason{
	"busy": message.Busy, "no-answer": message.NoAnswer, "failed": message.Unreachable, "canceled": message.CarrierError,
}

// afterKey is the parameter of the address of receipts that says from which second on a call counts as delivered. It is in
// what Twilio signs.
const afterKey = "after"

// ended stores who answered a call, and how it ended. One that a person answered counts as delivered when it lasted until the
// code can have been read.
func (c *Voice) ended(w http.ResponseWriter, r *http.Request, form url.Values, sink carrier.Sink) *fault.Fault {
	id := form.Get("CallSid")
	if id == "" {
		return fault.Invalid("CallSid", "CallSid is missing; Twilio sends the id of the call in it")
	}

	receipt := endOf(form, r.URL.Query().Get(afterKey))
	receipt.ID = id
	matched, f := c.Store(r.Context(), sink, carrier.FillRefs(r, []carrier.Receipt{receipt}), nil)
	if f != nil {
		return f
	}
	carrier.Acknowledge(w, matched)

	return nil
}

// endOf reads a callback of a call: its last state (twilio.com/docs/voice/api/call-resource), or who answered
// (twilio.com/docs/voice/answering-machine-detection).
func endOf(form url.Values, after string) (receipt carrier.Receipt) {
	state, by := form.Get("CallStatus"), form.Get("AnsweredBy")
	if form.Has("CallStatus") || by == "" {
		_, receipt.Unknown = carrier.ReadStatus(states, state)
	}
	if reason, failed := ends[state]; failed {
		receipt.Status, receipt.Reason = carrier.Failed, reason
		receipt.CarrierCode = carrier.CleanCode(form.Get("SipResponseCode"))
		return receipt
	}
	if strings.HasPrefix(by, "machine") || by == "fax" {
		receipt.Status, receipt.Reason, receipt.CarrierCode = carrier.Failed, message.NoAnswer, "voicemail"
		return receipt
	}
	if state != "completed" {
		return receipt
	}

	least, err := strconv.Atoi(after)
	if err != nil {
		least = int(math.Ceil((firstPause + fastestDigit).Seconds())) // nothing can have been heard
	}
	lasted, err := strconv.Atoi(form.Get("CallDuration"))
	receipt.Status = carrier.Delivered
	if err == nil && lasted < least {
		receipt.Status, receipt.Reason, receipt.CarrierCode = carrier.Failed, message.NoAnswer, "hung_up"
	}

	return receipt
}
