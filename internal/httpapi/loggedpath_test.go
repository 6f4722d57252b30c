package httpapi

import (
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

func TestLoggedPath_Mistakes(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct{ op, want string }{
		"/v2/otp/otp_01HWXYZABC123DEF4560000000":        {"/v2/otp/{otp_id}", "/v2/otp/otp_01HWXYZABC123DEF4560000000"},
		"/v2/otp/sk_live_abcdefgh_xxxxxxxxxxxxxxxxxxxx": {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/otp/123456":                                 {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/otp/otp_123456":                             {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/otp/otp_12345678":                           {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/otp/735 190":                                {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/otp/+32470123456":                           {"/v2/otp/{otp_id}", "/v2/otp/…"},
		"/v2/keys/key_ab12CD34/rotate":                   {"/v2/keys/{key_id}/rotate", "/v2/keys/key_ab12CD34/rotate"},
		"/v2/lookup/+32470123456":                        {"/v2/lookup/{number}", "/v2/lookup/+3247•••••56"},
		"/v2/lookup/sk_test_abcdefgh_xxxxxxxxxxxxxxxxxx": {"/v2/lookup/{number}", "/v2/lookup/…"},
		"/v2/carriers/smsc-1/pause":                      {"/v2/carriers/{carrier}/pause", "/v2/carriers/smsc-1/pause"},
		"/v2/carriers/sk_live_abc_def/pause":             {"/v2/carriers/{carrier}/pause", "/v2/carriers/sk_live_…/pause"},
		"/v2/otp/send":                                   {"/v2/otp/send", "/v2/otp/send"},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			if got := loggedPath(&huma.Operation{Path: c.op}, path); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestMasked_UserAgent(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"syssecure-go/0.1.0": "syssecure-go/0.1.0",
		"sk_live_abcdefgh_xxxxxxxxxxxxxxxx code 846286 +32470124444":    "sk_live_… code … +3247•••••44",
		"Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.6478.127":         "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.6478.127",
		"shop (+https://example.com/otp_01HWXYZABC123DEF4560000000) v1": "shop (+https://example.com/otp_01HWXYZABC123DEF4560000000) v1",
		"x846286y":                               "x…y",
		"sk%5Flive%5Fabcdefgh_xxxxxxxxxxxxxxxx":  "sk_live_…",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "whsec_…",
		"code 846-286, or 846 286":               "code …, or …",
		"key abcdefgh_k3jh5k3jh5kj3h5kjh35":      "key …",
		"otp_123456 otp_12345678":                "otp_… otp_12345•••••78",
	} {
		if got := masked(agent); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
