package webhook

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syssecure/syssecure/internal/message"
)

// TestPayload_PublishedExample is the example of the API reference, letter for letter, in its order.
func TestPayload_PublishedExample(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 25, 15, 28, 2, 999, time.FixedZone("", 7200)).Add(2 * time.Hour)
	p := Payload{Event: MessageDelivered, MessageID: "msg_01HWXYZ789", Channel: "sms", To: new("+32470123456"), Status: "delivered"}
	p.At(at)
	p.Since(at.Add(-1241*time.Millisecond), at)
	const want = `{"event":"message.delivered","message_id":"msg_01HWXYZ789","channel":"sms","to":"+32470123456","status":"delivered","delivered_at":"2026-04-25T15:28:02Z","latency_ms":1241}`
	if got := string(p.Body()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	p.Since(at, at.Add(-time.Second))
	p.Metadata, p.Sequence = json.RawMessage(`{"a":"<b>&","n":12345678901234567890}`), 2
	if got := string(p.Body()); !strings.HasSuffix(got, `"latency_ms":0,"metadata":{"a":"<b>&","n":12345678901234567890},"sequence":2}`) {
		t.Errorf("got %s", got)
	}

	p.Metadata = json.RawMessage(`{"a":`)
	if got := string(p.Body()); !json.Valid([]byte(got)) || strings.Contains(got, "metadata") {
		t.Errorf("damaged metadata: %s", got)
	}
}

// TestCatalogue describes every type, and each example keeps the schema beside it.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	var types []Type
	for _, k := range Catalogue() {
		types = append(types, k.Type)
		var schema struct {
			Properties map[string]property
			Required   []string
		}

		var example map[string]any
		if err := json.Unmarshal(k.Schema(), &schema); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(k.Example(), &example); err != nil {
			t.Fatal(err)
		}
		if example["event"] != string(k.Type) || schema.Properties["event"].Const != k.Type || k.Description == "" {
			t.Errorf("%s: %v", k.Type, example)
		}

		for name, v := range example {
			p, ok := schema.Properties[name]
			want := map[string]bool{"string": isA[string](v), "integer": isA[float64](v), "boolean": isA[bool](v), "object": isA[map[string]any](v)}
			if !ok || !want[p.Type] {
				t.Errorf("%s: the example has %s = %v, the schema %+v", k.Type, name, v, p)
			}
			if s, text := v.(string); text && len(p.Enum) > 0 && !slices.Contains(p.Enum, s) {
				t.Errorf("%s: %s is %q, not one of %v", k.Type, name, s, p.Enum)
			}
		}

		for _, name := range schema.Required {
			if _, ok := example[name]; !ok {
				t.Errorf("%s: the example lacks %s", k.Type, name)
			}
		}

		times := 0
		for name := range example {
			if strings.HasSuffix(name, "_at") {
				times++
			}
		}
		if times != 1 {
			t.Errorf("%s: %d time fields", k.Type, times)
		}
		if !strings.Contains(string(ExampleFor(k.Type)), `"test":true`) {
			t.Errorf("%s: the test's example is not marked", k.Type)
		}
	}
	if !slices.Equal(types, Types) {
		t.Errorf("the catalogue has %v, the types are %v", types, Types)
	}
	if ExampleFor("no.such") != nil {
		t.Error("an example of nothing")
	}

	for _, r := range message.Reasons {
		if !strings.Contains(string(Catalogue()[2].Schema()), `"`+string(r)+`"`) {
			t.Errorf("the reason %s is not in the schema of message.failed", r)
		}
	}
}

func isA[T any](v any) bool { _, ok := v.(T); return ok }

var eventShape = regexp.MustCompile(`^evt_[0-9A-HJKMNP-TV-Z]{26}$`)

func TestEventIDs(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 25, 15, 28, 2, 0, time.UTC)
	first := EventID(at, []byte("m"), 1, MessageSent)
	if again := EventID(at, []byte("m"), 1, MessageSent); again != first {
		t.Error("the same event has two ids")
	}
	if !eventShape.MatchString(first.String()) || !first.Time().Equal(at) {
		t.Errorf("id %s of %v", first, first.Time())
	}

	for name, other := range map[string]string{
		"number": EventID(at, []byte("m"), 2, MessageSent).String(), "subject": EventID(at, []byte("n"), 1, MessageSent).String(),
		"type": EventID(at, []byte("m"), 1, MessageRead).String(), "large number": EventID(at, []byte("m"), 1<<20, MessageSent).String(),
	} {
		if other == first.String() {
			t.Errorf("another %s, the same id", name)
		}
		if strings.Contains(name, "number") && other < first.String() {
			t.Errorf("%s: %s sorts before %s", name, other, first)
		}
	}
}

// TestAbout: the id of an event tells what it is about, in both modes.
func TestAbout(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 4, 25, 15, 28, 2, 0, time.UTC)
	for name, c := range map[string]struct {
		subject  string
		sequence int
		t        Type
		want     bool
	}{
		"the same":       {"m", 7, MessageSent, true},
		"a later number": {"m", 40_000, MessageSent, true},
		"another":        {"n", 7, MessageSent, false},
		"another type":   {"m", 7, MessageRead, false},
	} {
		t.Run(name, func(t *testing.T) {
			live := EventID(at, []byte(c.subject), c.sequence, c.t)
			sandbox := SandboxEventID(at, at.Add(time.Hour), []byte(c.subject), c.sequence, c.t)
			if got := About(live, false, MessageSent, []byte("m")); got != c.want {
				t.Errorf("live: %v", got)
			}
			if got := About(sandbox, true, MessageSent, []byte("m")); got != c.want {
				t.Errorf("sandbox: %v", got)
			}
		})
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 25, 0, 0, 0, 0, time.UTC)
	list := Rotate(nil, []byte("a"), 0, now)
	list = Rotate(list, []byte("b"), time.Hour, now)
	list = Rotate(list, []byte("c"), 48*time.Hour, now)
	var got []string
	for _, s := range list {
		got = append(got, string(s.Sealed)+" "+s.ExpiresAt.Sub(now).String())
	}
	if len(list) != 3 || !list[0].ExpiresAt.IsZero() || got[1] != "b 48h0m0s" || got[2] != "a 1h0m0s" {
		t.Errorf("got %v", got)
	}
	if now = now.Add(2 * time.Hour); list[2].Lives(now) || !list[1].Lives(now) || !list[0].Lives(now) {
		t.Error("the wrong secrets live after two hours")
	}
	if list = Rotate(list, []byte("d"), 0, now); len(list) != 1 || string(list[0].Sealed) != "d" {
		t.Errorf("after a rotation without overlap %d secrets sign", len(list))
	}

	for range 10 {
		list = Rotate(list, []byte("e"), MaxOverlap, now)
	}
	if len(list) != MaxSecrets {
		t.Errorf("%d secrets sign", len(list))
	}
}

// TestSandboxEventID: events of a sandbox sort by real time, then by its clock, then by their number.
func TestSandboxEventID(t *testing.T) {
	t.Parallel()
	real := time.Date(2026, 4, 25, 15, 28, 0, 0, time.UTC)
	ahead := func(real time.Time, by time.Duration, n int) string {
		return SandboxEventID(real, real.Add(by), []byte("m"), n, MessageSent).String()
	}

	order := []string{
		ahead(real, 0, 1), ahead(real, time.Second, 2), ahead(real, time.Second, 3), ahead(real, time.Hour, 1),
		ahead(real, 720*time.Hour, 1), ahead(real.Add(time.Millisecond), 0, 4), ahead(real.Add(time.Hour), time.Minute, 5),
	}
	if !slices.IsSorted(order) || len(slices.Compact(slices.Clone(order))) != len(order) {
		t.Errorf("ids %v are not in their order", order)
	}
	if again := ahead(real, time.Hour, 1); again != order[3] {
		t.Error("the same event has two ids")
	}
}
