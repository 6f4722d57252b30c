// Package providers validates every request of our carriers against the OpenAPI documents that their providers publish.
// README.md says where the documents are from and what was left out of them.
package providers

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/carrier/telnyx"
	"github.com/syssecure/syssecure/internal/carrier/twilio"
	"github.com/syssecure/syssecure/internal/carrier/vonage"
	"github.com/syssecure/syssecure/internal/carrier/whatsapp"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

const (
	sid    = "AC00000000000000000000000000000001"
	public = "https://otp.example.com"
	e164   = "+3221234567"
)

// document is a file of testdata; its paths begin below base.
type document struct{ file, base string }

// provider is a kind of carrier with the documents that describe its requests.
type provider struct {
	documents []document
	// make makes a carrier whose requests go to a base.
	make func(base string) carrier.Settings
	from []string // senders
	// requests are those that must have come, by method and the last part of the path.
	requests []string
	// undescribed are requests that no document has, written like requests.
	undescribed []string
	messages    []carrier.Message
}

func texts(change func(*carrier.Message)) (out []carrier.Message) {
	for _, body := range []string{"Your code is 735190", "Ваш код 735190 😀", strings.Repeat("0123456789", 20)} {
		for _, life := range []time.Duration{0, time.Second, 10 * time.Minute, 240 * time.Hour} {
			m := carrier.Message{
				Ref: "msg_01J0000000000000000000001", Channel: message.SMS, To: "+32470123456", Body: secret.NewString(body),
				Validity: life, Locale: "en",
			}
			if change != nil {
				change(&m)
			}
			out = append(out, m)
		}
	}

	return out
}

var providers = map[string]provider{
	"twilio": {
		documents: []document{{"twilio", ""}}, from: []string{e164, "Acme"}, messages: texts(nil),
		requests: []string{"POST Messages.json", "GET " + sid + ".json", "GET IncomingPhoneNumbers.json"},
		make: func(base string) carrier.Settings {
			return &twilio.Config{AccountSID: sid, AuthToken: secret.NewString(strings.Repeat("0a", 16)), APIBase: base}
		},
	},
	"twilio with a service": {
		documents: []document{{"twilio", ""}}, from: []string{""}, messages: texts(nil), requests: []string{"POST Messages.json"},
		make: func(base string) carrier.Settings {
			return &twilio.Config{
				AccountSID: sid, AuthToken: secret.NewString(strings.Repeat("0a", 16)), APIBase: base,
				MessagingServiceSID: "MG00000000000000000000000000000001",
			}
		},
	},
	"twilio-voice": {
		documents: []document{{"twilio", ""}}, from: []string{e164},
		messages: texts(func(m *carrier.Message) { m.Channel, m.Code = message.Voice, secret.NewString("735190") }),
		requests: []string{"POST Calls.json", "GET " + sid + ".json", "GET OutgoingCallerIds.json"},
		make: func(base string) carrier.Settings {
			c := twilio.VoiceFactory.NewSettings().(*twilio.VoiceConfig)
			c.AccountSID, c.AuthToken, c.APIBase = sid, secret.NewString(strings.Repeat("0a", 16)), base
			return c
		},
	},
	"vonage": {
		documents: []document{{"vonage", "/sms"}}, from: []string{e164, "Acme"}, messages: texts(nil),
		requests: []string{"POST json"}, undescribed: []string{"GET get-balance"},
		make: func(base string) carrier.Settings {
			return &vonage.Config{
				APIKey: "abcd1234", APISecret: secret.NewString("0123456789abcdef"),
				SignatureSecret: secret.NewString("fedcba9876543210"), APIBase: base,
			}
		},
	},
	"telnyx": {
		documents: []document{{"telnyx", "/v2"}}, from: []string{e164, "Acme"}, messages: texts(nil),
		requests: []string{"POST messages"}, undescribed: []string{"GET balance"},
		make: func(base string) carrier.Settings {
			return &telnyx.Config{
				APIKey: secret.NewString("KEY0123456789"), APIBase: base, MessagingProfileID: "abc85f64-5717-4562-b3fc-2c9600000000",
				PublicKey: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
			}
		},
	},
	"whatsapp": {
		documents: []document{{"whatsapp", ""}}, from: []string{""}, requests: []string{"POST messages", "GET 106540352242922"},
		messages: slices.Concat(
			texts(func(m *carrier.Message) { m.Channel, m.Code = message.WhatsApp, secret.NewString("735190") }),
			texts(func(m *carrier.Message) { m.Channel = message.WhatsApp }),
			texts(func(m *carrier.Message) {
				m.Channel, m.Code = message.WhatsApp, secret.NewString("735190")
				m.Template = carrier.Template{Name: "welcome", Language: "de", Variables: []carrier.Variable{
					{Name: "code", Value: secret.NewString("735190")}, {Name: "minutes", Value: secret.NewString("5")},
				}}
			}),
		),
		make: func(base string) carrier.Settings {
			c := whatsapp.Factory.NewSettings().(*whatsapp.Config)
			c.PhoneNumberID, c.AccessToken, c.AppSecret = "106540352242922", secret.NewString("EAAtoken"), secret.NewString("s")
			c.VerifyToken, c.Template, c.APIBase = secret.NewString("v"), "verification_code", base+"/v25.0"
			return c
		},
	},
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for name, p := range providers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judge := newJudge(t, p)
			for _, from := range p.from {
				common := carrier.Common{Name: "c", From: from, Receipts: true, PublicURL: public, AnswerTimeout: time.Minute}
				made, err := p.make(judge.server.URL).Make(common, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range p.messages {
					made.Send(t.Context(), m)
				}
				if tester, ok := made.(carrier.Tester); ok {
					tester.Test(t.Context())
				}
				made.(interface{ Close() }).Close()
			}
			judge.report(t, p.requests)
		})
	}
}
