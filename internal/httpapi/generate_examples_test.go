package httpapi

import "github.com/syssecure/syssecure/internal/openapitest"

type changed = map[string]any

// examplePayload is the published example.
var examplePayload = changed{
	"event": "message.delivered", "message_id": "msg_01HWXYZABC123DEF4560000000", "channel": "sms",
	"to":     "+32470123456",
	"status": "delivered", "delivered_at": "2026-04-25T15:28:02Z", "latency_ms": 1241,
}

// exampleSecret looks like a webhook's.
const exampleSecret = "whsec_C2FVsBQIhrscChlQIMVb5sSYspob7oDx"

// exampleChanges replaces fields in the examples of an operation, because the types of answers are shared. See
// openapitest.Changes.
var exampleChanges = map[string]openapitest.Changes{
	"send-otp": {Request: changed{"template": nil}},
	// Tests send examples with a test key, which cannot change the name.
	"update-account": {Request: changed{"name": nil}},
	"put-opt-out":    {Answer: changed{"source": "api", "keyword": nil}},
	"delete-opt-out": {Answer: changed{"source": "api", "keyword": nil}},
	// The examples are what keys of customers are answered, without costs.
	"get-otp":       {Answer: changed{"attempts.cost": nil}},
	"list-otps":     {Answer: changed{"data.attempts.cost": nil}},
	"cancel-otp":    {Answer: changed{"status": "canceled", "attempts.cost": nil}},
	"list-opt-outs": {Answer: changed{"data.source": "api", "data.keyword": nil}},
	"send-sms":      {Request: changed{"scheduled_at": nil}, Answer: changed{"scheduled_at": nil}},
	"get-message": {Answer: changed{
		"status": "delivered", "reason": nil, "scheduled_at": nil, "attempts.cost": nil,
	}},
	"list-messages": {Answer: changed{
		"data.status": "delivered", "data.reason": nil, "data.scheduled_at": nil, "data.attempts.cost": nil,
	}},
	"force-outcome": {Request: changed{"reason": nil}, Answer: changed{
		"status": "delivered", "reason": nil, "scheduled_at": nil, "attempts.cost": nil,
	}},
	"cancel-message": {Answer: changed{
		"status": "canceled", "reason": nil, "sent_at": nil, "delivered_at": nil, "attempts": []any{}, "credits": 0,
	}},
	"list-carriers": {Answer: changed{
		"data.paused_since": nil, "data.failing_since": nil, "data.last_error": nil, "data.sessions_bound": nil,
		"data.sessions": nil,
	}},
	"pause-carrier": {Answer: changed{
		"state": "paused", "paused_since": "2026-04-25T15:27:00Z", "failing_since": nil, "last_error": nil,
		"sessions_bound": nil, "sessions": nil,
	}},
	"resume-carrier": {Answer: changed{
		"paused_since": nil, "failing_since": nil, "last_error": nil, "sessions_bound": nil, "sessions": nil,
	}},
	"test-carrier": {Request: changed{"to": nil}},
	"explain-route": {Answer: changed{
		"problem": nil, "test_number": nil, "mode": "test", "steps.kind": nil, "steps.cost": nil, "steps.first": nil,
		"steps.time_to_verify_seconds": nil, "steps.state": nil, "steps.trouble": nil, "left_out": []any{},
		"steps.carrier": "sandbox", "steps.chosen": "no route, order", "steps.credits": 0, "credits": 0,
	}},
	"explain-number": {Answer: changed{
		"findings.carrier": nil, "findings.channel": nil, "findings.carrier_code": nil,
		"findings.kind": "request", "findings.text": "A code was accepted for sending.",
	}},
	"get-instance": {Answer: changed{"disk_free_bytes": nil}},
	"list-prices":  {Answer: changed{"data.prefix": "", "data.country": nil, "data.cost": nil}},
	"get-usage":    {Answer: changed{"data.country": nil, "data.channel": nil, "data.cost": nil, "total.cost": nil}},
	"get-conversion": {Answer: changed{
		"data.day": nil, "data.prefix": nil, "data.channel": nil, "data.carrier": nil, "data.template": nil,
		"total.day": nil, "total.country": nil, "total.prefix": nil, "total.channel": nil, "total.carrier": nil,
		"total.template": nil,
	}},
	"preview-template": {Answer: changed{"channels.whatsapp": map[string]any{"text": "123456 is your Acme code"}}},
	"preview-draft":    {Answer: changed{"channels.whatsapp": map[string]any{"text": "123456 is your Acme code"}}},
	"list-event-types": {Answer: changed{
		"data.event": "message.sent", "data.description": "A message was submitted to its carrier.",
		"data.schema": changed{"type": "object"},
		"data.example": changed{
			"event": "message.sent", "message_id": "msg_01HWXYZABC123DEF4560000000", "channel": "sms",
			"to": "+32470123456", "status": "sent",
			"sent_at": "2026-04-25T15:28:01Z", "latency_ms": 214,
		},
	}},
	"list-events":           {Answer: changed{"data.payload": examplePayload}},
	"create-webhook":        {Answer: changed{"secret": exampleSecret}},
	"rotate-webhook-secret": {Answer: changed{"secret": exampleSecret}},
	"list-requests": {Answer: changed{
		"data.method": "GET", "data.path": "/v2/balance", "data.operation": "get-balance", "data.error": nil,
		"data.reason": nil, "data.key_name": nil, "data.sampled": nil,
	}},
	"list-audit": {Answer: changed{
		"data.action": "key.created", "data.actor.name": nil, "data.changes.field": "name", "data.changes.before": nil,
		"data.changes.after": "Backup", "data.user_agent": nil,
	}},
	// Tests send examples with keys that have one scope, which can give no other.
	"create-key": {Request: changed{"scopes": nil}, Answer: changed{"last_used_from": nil, "replaces": nil}},
	"rotate-key": {Answer: changed{"last_used_from": nil}},
	"list-keys":  {Answer: changed{"data.last_used_from": nil, "data.secret": nil, "data.replaces": nil}},
	"revoke-key": {Answer: changed{
		"status": "revoked", "last_used_from": nil, "secret": nil, "replaces": nil,
	}},
	"sandbox-clock": {Answer: changed{"now": "2026-04-25T15:32:01Z"}},
}
