package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/carrier"
	"github.com/syssecure/syssecure/internal/config"
	"github.com/syssecure/syssecure/internal/install"
	"github.com/syssecure/syssecure/internal/message"
	"github.com/syssecure/syssecure/internal/preflight"
	"github.com/syssecure/syssecure/internal/secret"
	"github.com/syssecure/syssecure/internal/setting"
)

// pigeons is a kind of carrier as one would be added.
var pigeons = carrier.Factory{
	About:         "Birds that carry a text in a tube.",
	ExampleName:   "loft-1",
	AnswerTimeout: 20 * time.Second,
	InFlight:      "as many as there are birds",
	NewSettings:   func() carrier.Settings { return &pigeon{Speed: "calm", Birds: 12} },
}

type pigeon struct {
	Loft    string
	Speed   string
	Birds   int
	Whistle secret.String
	common  carrier.Common
}

func (p *pigeon) Keys() []setting.Key {
	return []setting.Key{
		{Name: "loft", To: &p.Loft, Required: true, Example: `"Ghent"`, Doc: "where they live"},
		{
			Name: "speed", To: &p.Speed, Options: []string{"calm", "racing"}, Doc: "how they fly",
			More: "Racing birds eat more.",
		},
		{Name: "birds", To: &p.Birds, Low: 1, High: 50, Doc: "how many there are", OtherNames: []string{"pigeons"}},
		{Name: "whistle", To: &p.Whistle, Example: `"secret"`, Doc: "calls them home"},
	}
}

func (p *pigeon) Channels() []message.Channel { return []message.Channel{message.SMS} }

func (p *pigeon) Check(_ *carrier.Common, found *setting.Findings) {
	if found.Given("birds") && p.Speed == "racing" && p.Birds > 20 {
		found.Problem("birds", "birds must be at most 20 when they race, is %d", p.Birds)
	}
	if p.Whistle.Empty() {
		found.Warn("whistle", "whistle is not given, so birds come home when they like")
	}
}

var errNoLoft = errors.New(`carrier "p": loft is not on the map`)

func (p *pigeon) Make(common carrier.Common, _ *slog.Logger) (carrier.Carrier, error) {
	if p.Loft == "Atlantis" {
		return nil, errNoLoft
	}
	made := *p
	made.common = common

	return &made, nil
}

func (p *pigeon) Name() string           { return p.common.Name }
func (p *pigeon) Receipts() bool         { return p.common.Receipts }
func (p *pigeon) Limits() carrier.Limits { return carrier.Limits{InFlight: p.Birds} }
func (p *pigeon) Send(context.Context, carrier.Message) carrier.Result {
	return carrier.Result{Outcome: carrier.Accepted}
}

// withPigeons are the program's kinds and one more.
func withPigeons() map[string]carrier.Factory {
	return map[string]carrier.Factory{"http": kinds["http"], "smpp": kinds["smpp"], "pigeon": pigeons}
}

// loadText reads a configuration whose data folder is a new one.
func loadText(t *testing.T, text string, kinds map[string]carrier.Factory, env ...string) (*config.Config, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "f.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(env, "SYSSECURE_LISTEN=127.0.0.1:0", "SYSSECURE_DATA="+filepath.Join(t.TempDir(), "data"))

	return config.Load(file, env, kinds)
}

const (
	aPigeon = "[[carrier]]\nname = \"p\"\nkind = \"pigeon\"\nloft = \"Ghent\"\n"
	aLink   = "[[carrier]]\nname = \"s\"\nkind = \"smpp\"\naddr = \"a.example:2775\"\nsystem_id = \"u\"\n"
)

// TestKinds_New: a kind that is added to the table has its keys read, checked and reported as all others.
func TestKinds_New(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		env  string
		want []string // ends of the lines of the error; none = it is good
	}{
		"good":                 {text: aPigeon + "birds = 3\nspeed = \"racing\"\nfrom = \"Acme\"\n"},
		"from the environment": {text: aPigeon, env: "SYSSECURE_CARRIER_P_SPEED=racing"},
		"with another kind":    {text: aPigeon + aLink},
		"bad number": {
			text: aPigeon + "birds = 51\n",
			want: []string{`f.toml:5: carrier "p": birds must be 1…50, is 51`},
		},
		"bad option": {text: aPigeon + "speed = \"racin\"\n", want: []string{`f.toml:5: carrier "p": speed must be calm or racing, is "racin" (did you mean "racing"?)`}},
		"bad type": {
			text: aPigeon + "birds = \"many\"\n",
			want: []string{`f.toml:5: carrier "p": birds must be a whole number`},
		},
		"its own check": {
			text: aPigeon + "speed = \"racing\"\nbirds = 30\n",
			want: []string{`f.toml:6: carrier "p": birds must be at most 20 when they race, is 30`},
		},
		"a check of every kind": {text: aPigeon + "country = \"Belgium\"\n", want: []string{`f.toml:5: carrier "p": country must be a country code of two capital letters, such as "BE", is "Belgium"`}},
		"missing key": {
			text: strings.Replace(aPigeon, "loft", "# loft", 1),
			want: []string{`f.toml:1: carrier "p": loft is missing`},
		},
		"unknown key": {
			text: aPigeon + "bird = 3\n",
			want: []string{`f.toml:5: carrier "p": bird is not a known key (did you mean "birds"?)`},
		},
		"name of other programs": {
			text: aPigeon + "pigeons = 3\n",
			want: []string{`f.toml:5: carrier "p": pigeons is not a known key (did you mean "birds"?)`},
		},
		"key of another kind": {text: aPigeon + "window = 3\n", want: []string{`f.toml:5: carrier "p": window belongs to kind smpp, but this carrier is of kind pigeon`}},
		"its key in another":  {text: aLink + "whistle_file = \"/none\"\n", want: []string{`f.toml:6: carrier "s": whistle_file belongs to kind pigeon, but this carrier is of kind smpp`}},
		"variable is wrong": {
			text: aPigeon, env: "SYSSECURE_CARRIER_P_BIRDS=0",
			want: []string{`SYSSECURE_CARRIER_P_BIRDS: carrier "p": birds must be 1…50, is 0`},
		},
		"unknown kind": {text: strings.Replace(aPigeon, "pigeon", "pidgeon", 1), want: []string{`f.toml:3: carrier "p": kind must be http or pigeon or smpp, is "pidgeon" (did you mean "pigeon"?)`}},
		"what only a start sees": {
			text: strings.Replace(aPigeon, "Ghent", "Atlantis", 1),
			want: []string{`f.toml:4: carrier "p": loft is not on the map`},
		},
		"route over its channel": {
			text: aPigeon + "[[route]]\nchannel = \"voice\"\ncarriers = [\"p\"]\n",
			want: []string{`f.toml:7: route 1: carriers names "p", which serves sms, not voice`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var env []string
			if c.env != "" {
				env = []string{c.env}
			}

			conf, err := loadText(t, c.text, withPigeons(), env...)
			if err == nil {
				err = preflight.Check(conf)
			}

			var lines []string
			if err != nil {
				lines = strings.Split(err.Error(), "\n")
			}
			if len(lines) != len(c.want) {
				t.Fatalf("got %q, want %q", lines, c.want)
			}

			for i, want := range c.want {
				if !strings.HasSuffix(lines[i], want) {
					t.Errorf("got %q, want %q at its end", lines[i], want)
				}
			}
		})
	}
}

// TestKinds_NewIsMade: what a start makes of it has the values of the file and the defaults of the kind.
func TestKinds_NewIsMade(t *testing.T) {
	t.Parallel()
	conf, err := loadText(t, aPigeon+"birds = 3\n", withPigeons())
	if err != nil {
		t.Fatal(err)
	}
	if len(conf.Warnings) != 1 || !strings.Contains(conf.Warnings[0].String(), "birds come home when they like") {
		t.Errorf("warnings: %v", conf.Warnings)
	}

	a := &App{Base: &install.Base{Config: conf}, log: slog.New(slog.DiscardHandler)}
	if _, err := a.makeCarriers(); err != nil || len(a.carriers) != 1 {
		t.Fatalf("%v, %v", a.carriers, err)
	}

	made := a.carriers[0].(*pigeon)
	if made.Loft != "Ghent" || made.Birds != 3 || made.Speed != "calm" || made.Name() != "p" || !made.Receipts() ||
		made.common.AnswerTimeout != 20*time.Second {
		t.Errorf("got %+v", made)
	}
}

// TestKinds_NewIsDocumented: the example and the page follow from its keys.
func TestKinds_NewIsDocumented(t *testing.T) {
	t.Parallel()
	example, page := examplesOf(withPigeons()), pageOf("pigeon", pigeons)
	for text, wanted := range map[string][]string{
		example: {
			`name = "loft-1"`, `kind = "pigeon"`, `loft = "Ghent"`, `# where they live`, `speed = "calm"`,
			`# how they fly: calm, racing`, `birds = 12`, `# whistle = "secret"`, `answer_timeout = "20s"`,
			`kind = "smpp"`,
		},
		page: {
			"# Carriers of kind `pigeon`", pigeons.About, "| `loft` | required | where they live. |",
			"| `speed` | `\"calm\"` | how they fly: `calm`, `racing`. Racing birds eat more. |",
			"| `birds` | `12` | how many there are: 1…50. |",
			"| `whistle`, or `whistle_file` | none | calls them home. |",
			"| `max_in_flight` | as many as there are birds |", "| `answer_timeout` | `\"20s\"` |",
			"SYSSECURE_CARRIER_LOFT_1_RATE",
		},
	} {
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in:\n%s", want, text)
			}
		}
	}
	if conf, err := loadText(t, uncommented(example), withPigeons()); err != nil || len(conf.Carriers) != 3 {
		t.Errorf("the example is not valid: %v", err)
	}
}
