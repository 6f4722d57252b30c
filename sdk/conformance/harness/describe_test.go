package harness

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"
)

const openapi = "../../../api/openapi.json"

func loadOperations(t *testing.T) Operations {
	t.Helper()
	o, err := LoadOperations("..", openapi)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestLoadOperations(t *testing.T) {
	o := loadOperations(t)
	for _, row := range []struct {
		method         string
		params, result []string
	}{
		{
			"otp.verify",
			[]string{"code", "otp_id"},
			[]string{"attempts_remaining", "otp_id", "reason", "valid", "verified_at"},
		},
		{
			"otp.list",
			[]string{
				"carrier", "channel", "country", "created_after", "created_before", "cursor", "limit", "metadata", "status",
				"template", "to",
			},
			[]string{
				"attempts[].at", "attempts[].carrier", "attempts[].carrier_code", "attempts[].channel",
				"attempts[].chosen", "attempts[].cost", "attempts[].credits", "attempts[].reason", "attempts[].repeated",
				"attempts[].segments", "attempts[].status", "attempts_remaining", "channel", "created_at", "expires_at",
				"id", "metadata", "purpose", "status", "test_number", "to", "verified_at",
			},
		},
		{
			"usage.get",
			[]string{"from", "group_by", "to"},
			[]string{
				"data[].channel", "data[].cost", "data[].country", "data[].credits", "data[].day", "data[].messages",
				"data[].segments", "from", "to", "total.cost", "total.credits", "total.messages", "total.segments",
			},
		},
		{
			"templates.get",
			[]string{"template_id"},
			[]string{
				"channels.voice.translations", "channels.whatsapp.language", "channels.whatsapp.name",
				"created_at", "id", "name", "translations",
			},
		},
		{"carriers.list", nil, []string{
			"channels", "failing_since", "in_flight", "kind", "last_error", "name", "nodes", "paused_since", "queued",
			"rate", "rate_used", "sessions", "sessions_bound", "state",
		}},
		{"sandbox.messages", []string{"limit", "to"}, []string{
			"at", "body", "channel", "message_id", "otp_id", "status", "to",
		}},
		{"webhook_endpoints.event_types", nil, []string{"description", "event", "example", "schema"}},
	} {
		t.Run(row.method, func(t *testing.T) {
			got := o[row.method]
			if !slices.Equal(got.Params, row.params) || !slices.Equal(got.Result, row.result) {
				t.Errorf("got  %+v\nwant %+v", got, row)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	o := loadOperations(t)
	described := Operations{}
	for method, description := range o {
		described[method] = description
	}

	o["later.get"] = Description{planned: true}
	described["later.get"] = Description{Params: []string{"id"}}
	delete(described, "lookup")
	described["fax.send"] = Description{}
	described["balance.get"] = Description{Params: []string{"x"}, Result: []string{"credits"}}
	text, err := json.Marshal(map[string]any{"operations": described})
	if err != nil {
		t.Fatal(err)
	}

	t.Setenv("PUPPET_DESCRIBES", string(text))
	r := startPuppet(t, "obedient")
	t.Cleanup(func() { r.Close() })

	want := map[string][]string{
		"describe.lookup":       {"the method is missing"},
		"describe.nothing_else": {"fax.send"},
		"describe.balance.get":  {"params: not in the document: x", "result: missing: held"},
	}

	results := r.Describe(o, regexp.MustCompile(""))
	if len(results) != len(o.IDs()) {
		t.Errorf("%d results of %d checks", len(results), len(o.IDs()))
	}
	for _, result := range results {
		t.Run(result.ID, func(t *testing.T) { checkFailures(t, result.Failures, want[result.ID]) })
	}
}
