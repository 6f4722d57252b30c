package httpsms

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/secret"
)

func render(t textTemplate, value func(string) string) string {
	var out bytes.Buffer
	t.render(&out, value)
	return out.String()
}

func TestTemplate_Render(t *testing.T) {
	t.Parallel()
	m := carrier.Message{
		Ref: "msg_1-A-0", Channel: message.SMS, To: "+32470000001", Body: secret.NewString("735190 & \"€\" <b>\n"),
		Code: secret.NewString("735190"), Validity: 150 * time.Second, Locale: "en",
	}
	constants := map[string]string{"token": "s&cret", "values.username": "acme", "values.template": "", "api_base": "http://h:1"}
	for name, c := range map[string]struct {
		text   string
		escape escaper
		from   string
		want   string
	}{
		"url": {
			text: "{{api_base}}/a/{{to}}?u={{values.username}}&p={{token}}&t={{text}}&f={{from}}", escape: inURL, from: "A B/c",
			want: "http://h:1/a/+32470000001?u=acme&p=s%26cret&t=735190+%26+%22%E2%82%AC%22+%3Cb%3E%0A&f=A+B%2Fc",
		},
		"a path": {text: "http://h/{{from}}/x", escape: inURL, from: "A B/c", want: "http://h/A%20B%2Fc/x"},
		"JSON": {
			text: `{"to":"{{to_digits}}","text":"{{text}}","n":{{validity}}}`, escape: inBody("application/json"),
			want: `{"to":"32470000001","text":"735190 & \"€\" <b>\n","n":150}`,
		},
		"form": {
			text: "text={{text}}&m={{validity_minutes}}", escape: inBody("application/x-www-form-urlencoded"),
			want: "text=735190+%26+%22%E2%82%AC%22+%3Cb%3E%0A&m=2",
		},
		"XML": {
			text: "<t>{{text}}</t>", escape: inBody("text/xml; charset=utf-8"),
			want: "<t>735190 &amp; &#34;€&#34; &lt;b&gt;&#xA;</t>",
		},
		"plain": {text: "{{text}}", escape: inBody("text/plain"), want: "735190 & \"€\" <b>\n"},
		"header": {
			text: "a {{text}}", escape: inHeader, want: "a 735190 & \"€\" <b>",
		},
		"with a sender":              {text: "a{{#from}}&from={{from}}{{/from}}&b", escape: inURL, from: "Acme", want: "a&from=Acme&b"},
		"without a sender":           {text: "a{{#from}}&from={{from}}{{/from}}&b", escape: inURL, want: "a&b"},
		"a section of a constant":    {text: "{{#token}}x{{/token}}{{#values.template}}y{{/values.template}}", escape: inURL, want: "x"},
		"sections in sections":       {text: "{{#code}}{{#from}}f{{/from}}c{{/code}}", escape: inURL, want: "c"},
		"how it is split":            {text: "{{encoding}} {{coding}} {{segments}}", escape: inURL, want: "gsm7 0 1"},
		"the others":                 {text: "{{ref}} {{channel}} {{locale}} {{code}} {{from_digits}}.", escape: inURL, from: "+1", want: "msg_1-A-0 sms en 735190 1."},
		"braces that are no pattern": {text: `{"a":{"b":"{{ x }}"}}`, escape: inBody("application/json"), want: `{"a":{"b":"{{ x }}"}}`},
	} {
		compiled, err := compile(c.text, c.escape, constants)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := render(compiled, valueOf(m, c.from)); got != c.want {
			t.Errorf("%s: got  %q\nwant %q", name, got, c.want)
		}
	}
}

func TestTemplate_Errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{{txt}}":                        "{{txt}} (did you mean \"text\"?)",
		"{{values.x}}":                   "unknown placeholder {{values.x}}",
		"{{#from}}a":                     "lacks {{/from}}",
		"a{{/from}}":                     "end of a section without its beginning",
		"{{#from}}a{{/to}}":              "lacks {{/from}}",
		"{{#from}}{{#to}}{{/from}}{{/to": "lacks {{/to}}",
	} {
		if _, err := compile(text, inURL, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A validity of seconds is at least one minute, and none is empty.
func TestTemplate_Validity(t *testing.T) {
	t.Parallel()
	for life, want := range map[time.Duration]string{
		0: " ", time.Millisecond: "1 1", 59 * time.Second: "59 1", 119 * time.Second: "119 1", 2 * time.Minute: "120 2",
	} {
		value := valueOf(carrier.Message{Validity: life}, "")
		if got := value("validity") + " " + value("validity_minutes"); got != want {
			t.Errorf("%v: %q, want %q", life, got, want)
		}
	}
	value := valueOf(carrier.Message{Body: secret.NewString(strings.Repeat("я", 71))}, "")
	if got := value("encoding") + value("coding") + value("segments"); got != "ucs222" {
		t.Errorf("got %q", got)
	}
}

// Whatever a customer writes, a body has the form that the operator meant.
func FuzzTemplate(f *testing.F) {
	f.Add("a\"}{{to}}", "&x=1")
	f.Add("\x00\xff</t>", "%00")
	f.Fuzz(func(t *testing.T, body, from string) {
		value := valueOf(carrier.Message{To: "+32470000001", Body: secret.NewString(body)}, from)
		forJSON, err := compile(`{"a":"{{text}}","b":"{{from}}"}`, inBody("application/json"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]string
		if err := json.Unmarshal([]byte(render(forJSON, value)), &object); err != nil || len(object) != 2 {
			t.Errorf("%q %q: %v", body, from, err)
		}

		forForm, err := compile("a={{text}}&b={{from}}", inBody("application/x-www-form-urlencoded"), nil)
		if err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(render(forForm, value))
		if err != nil || len(form) != 2 || form.Get("a") != body || form.Get("b") != from {
			t.Errorf("%q %q: %v %v", body, from, form, err)
		}

		forXML, err := compile("<t>{{text}}</t>", inBody("text/xml"), nil)
		if err != nil {
			t.Fatal(err)
		}
		var element struct {
			Inner []struct{} `xml:",any"`
		}
		if err := xml.Unmarshal([]byte(render(forXML, value)), &element); err != nil || len(element.Inner) > 0 {
			t.Errorf("%q: %v", body, err)
		}
	})
}
