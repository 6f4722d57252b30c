# frozen_string_literal: true

require "date"
require_relative "test_helper"

# Every operation with all of its parameters, and every field of its result. `make test` also runs this file with the
# types of sig checked at each call.
class OperationsTest < SDKTest
  TIME = Time.utc(2026, 12, 2, 12)
  TEXTS = { "en" => "{{code}}" }.freeze
  VARIANTS = { voice: { translations: TEXTS }, whatsapp: { name: "otp", language: "en" } }.freeze
  LIST = { limit: 1, cursor: "c" }.freeze
  FILTERS = LIST.merge(to: TestHelper::NUMBER, channel: "sms", status: "sent", country: "BE",
                       carrier: "smsc-1", created_after: TIME, created_before: DateTime.new(2026, 12, 2),
                       metadata: { "a" => "b" }).freeze
  REPORT = { from: Date.new(2026, 12, 1), to: "2026-12-02", group_by: %w[day] }.freeze
  PREVIEW = { locale: "en", code: "123456", expires_in: 60, metadata: { a: 1 } }.freeze

  # The method, its arguments, and what is sent and returned.
  OPERATIONS = [
    ["otp.send", [], { to: TestHelper::NUMBER, channels: %i[whatsapp sms], expires_in: 300, length: 6, locale: "en",
                       template: "tmpl_1", purpose: "login", metadata: { "a" => 1 }, fallback: { after: 30 },
                       client_ip: "192.0.2.1", force_new: true }, "POST /v2/otp/send", SysSecure::SentOTP],
    ["otp.create", [], { to: TestHelper::NUMBER, channels: [] }, "POST /v2/otp/send", SysSecure::SentOTP],
    ["otp.verify", [], { otp_id: "otp_1", code: "000000" }, "POST /v2/otp/verify", SysSecure::Verification],
    ["otp.get", ["otp_1"], {}, "GET /v2/otp/otp_1", SysSecure::OTP],
    ["otp.list", [], FILTERS.merge(template: "tmpl_1"), "GET /v2/otp", [SysSecure::OTP]],
    ["otp.resend", ["otp_1"], { channel: "sms" }, "POST /v2/otp/otp_1/resend", SysSecure::SentOTP],
    ["otp.cancel", ["otp_1"], {}, "POST /v2/otp/otp_1/cancel", SysSecure::OTP],
    ["sms.send", [], { to: TestHelper::NUMBER, body: "Hi", from: "Acme", scheduled_at: TIME, metadata: { a: 1 },
                       callback_url: "https://example.com/h" }, "POST /v2/sms/send", SysSecure::SentSMS],
    ["sms.create", [], { to: TestHelper::NUMBER, body: "Hi" }, "POST /v2/sms/send", SysSecure::SentSMS],
    ["messages.get", ["msg_1"], {}, "GET /v2/messages/msg_1", SysSecure::Message],
    ["messages.list", [], FILTERS, "GET /v2/messages", [SysSecure::Message]],
    ["messages.cancel", ["msg_1"], {}, "POST /v2/messages/msg_1/cancel", SysSecure::Message],
    ["inbound.list", [], LIST.merge(from: TestHelper::NUMBER, to: "Acme", received_after: TIME, received_before: "x"),
     "GET /v2/inbound", [SysSecure::InboundMessage]],
    ["templates.create", [], { name: "a", translations: TEXTS, channels: VARIANTS }, "POST /v2/templates",
     SysSecure::Template],
    ["templates.get", ["tmpl_1"], {}, "GET /v2/templates/tmpl_1", SysSecure::Template],
    ["templates.list", [], LIST, "GET /v2/templates", [SysSecure::Template]],
    ["templates.update", ["tmpl_1"], { name: "a", translations: TEXTS, channels: {} }, "PATCH /v2/templates/tmpl_1",
     SysSecure::Template],
    ["templates.delete", ["tmpl_1"], {}, "DELETE /v2/templates/tmpl_1", SysSecure::Deleted],
    ["templates.preview", ["tmpl_1"], PREVIEW, "POST /v2/templates/tmpl_1/preview", SysSecure::TemplatePreview],
    ["templates.preview_draft", [], PREVIEW.merge(translations: TEXTS, channels: VARIANTS),
     "POST /v2/templates/preview", SysSecure::TemplatePreview],
    ["webhook_endpoints.create", [], { url: "https://a.example", events: %w[*], description: "a", enabled: true },
     "POST /v2/webhooks", SysSecure::WebhookEndpoint],
    ["webhook_endpoints.get", ["whe_1"], {}, "GET /v2/webhooks/whe_1", SysSecure::WebhookEndpoint],
    ["webhook_endpoints.list", [], LIST, "GET /v2/webhooks", [SysSecure::WebhookEndpoint]],
    ["webhook_endpoints.update", ["whe_1"], { url: "https://a.example", events: [], description: "", enabled: false },
     "PATCH /v2/webhooks/whe_1", SysSecure::WebhookEndpoint],
    ["webhook_endpoints.delete", ["whe_1"], {}, "DELETE /v2/webhooks/whe_1", SysSecure::Deleted],
    ["webhook_endpoints.test", ["whe_1"], { event: "otp.verified" }, "POST /v2/webhooks/whe_1/test",
     SysSecure::WebhookTest],
    ["webhook_endpoints.rotate_secret", ["whe_1"], { overlap: 60 }, "POST /v2/webhooks/whe_1/rotate-secret",
     SysSecure::WebhookEndpoint],
    ["webhook_endpoints.deliveries", ["whe_1"], LIST, "GET /v2/webhooks/whe_1/deliveries", [SysSecure::Delivery]],
    ["webhook_endpoints.redeliver", %w[whe_1 evt_1], {}, "POST /v2/webhooks/whe_1/deliveries/evt_1/redeliver",
     SysSecure::Delivery],
    ["webhook_endpoints.recover", ["whe_1"], { since: TIME, until: "2026-12-03T00:00:00Z" },
     "POST /v2/webhooks/whe_1/recover", SysSecure::Recovery],
    ["webhook_endpoints.event_types", [], {}, "GET /v2/webhooks/event-types", [SysSecure::EventType]],
    ["webhook_endpoints.rotate_callback_secret", [], { overlap: 0 }, "POST /v2/webhooks/callback/rotate-secret",
     SysSecure::CallbackSecret],
    ["events.list", [], { limit: 1, after: "start" }, "GET /v2/events", [SysSecure::RecordedEvent]],
    ["opt_outs.list", [], LIST.merge(to: TestHelper::NUMBER), "GET /v2/opt-outs", [SysSecure::OptOut]],
    ["opt_outs.put", [TestHelper::NUMBER], {}, "PUT /v2/opt-outs/%2B32470123456", SysSecure::OptOut],
    ["opt_outs.delete", [TestHelper::NUMBER], {}, "DELETE /v2/opt-outs/%2B32470123456", SysSecure::OptOut],
    ["balance.get", [], {}, "GET /v2/balance", SysSecure::Balance],
    ["usage.get", [], REPORT, "GET /v2/usage", SysSecure::Usage],
    ["analytics.conversion", [], REPORT, "GET /v2/analytics/conversion", SysSecure::Conversion],
    ["keys.list", [], LIST, "GET /v2/keys", [SysSecure::ApiKey]],
    ["keys.create", [], { name: "a", scopes: %w[send] }, "POST /v2/keys", SysSecure::ApiKey],
    ["keys.rotate", ["key_1"], { overlap: 60 }, "POST /v2/keys/key_1/rotate", SysSecure::ApiKey],
    ["keys.revoke", ["key_1"], {}, "DELETE /v2/keys/key_1", SysSecure::ApiKey],
    ["requests.list", [], { key_id: "a", status: "a", method: "a", operation: "a", created_after: TIME, created_before:
     "2026-12-02T12:00:00Z", limit: 1, cursor: "c" }, "GET /v2/requests", [SysSecure::LoggedRequest]],
    ["audit.list", [], { of: "a", actor: "a", action: "a", object: TestHelper::NUMBER, created_after: TIME,
                         created_before: "2026-12-02T12:00:00Z", limit: 1, cursor: "c" }, "GET /v2/audit", [SysSecure::AuditEntry]],
    ["balance.entries", [], { kind: "a", limit: 1, cursor: "c" }, "GET /v2/balance/entries", [SysSecure::BalanceEntry]],
    ["balance.prices", [], {}, "GET /v2/prices", [SysSecure::Price]],
    ["explain_number", [TestHelper::NUMBER], {}, "GET /v2/lookup/%2B32470123456/explain", SysSecure::NumberReport],
    ["carriers.pause", ["smsc-1"], {}, "POST /v2/carriers/smsc-1/pause", SysSecure::Carrier],
    ["carriers.resume", ["smsc-1"], {}, "POST /v2/carriers/smsc-1/resume", SysSecure::Carrier],
    ["carriers.test", ["smsc-1"], { to: TestHelper::NUMBER }, "POST /v2/carriers/smsc-1/test", SysSecure::CarrierTest],
    ["routes.explain", [], { to: TestHelper::NUMBER, channels: %i[sms voice] }, "GET /v2/routes/explain",
     SysSecure::RoutePlan],
    ["instance.get", [], {}, "GET /v2/instance", SysSecure::Instance],
    ["accounts.list", [], LIST, "GET /v2/accounts", [SysSecure::AccountSummary]],
    ["accounts.create", [], { name: "a", credits: -5 }, "POST /v2/accounts", SysSecure::CreatedAccount],
    ["accounts.add_credits", ["acc_1"], { credits: -5 }, "POST /v2/accounts/acc_1/credits", SysSecure::Balance],
    ["sandbox.force_outcome", ["msg_1"], { status: "a", reason: "a" }, "POST /v2/sandbox/messages/msg_1/outcome",
     SysSecure::Message],
    ["sandbox.clear", [], { to: TestHelper::NUMBER }, "DELETE /v2/sandbox/messages", SysSecure::ClearedInbox],
    ["carriers.list", [], {}, "GET /v2/carriers", [SysSecure::Carrier]],
    ["lookup", [TestHelper::NUMBER], {}, "GET /v2/lookup/%2B32470123456", SysSecure::Lookup],
    ["account.get", [], {}, "GET /v2/account", SysSecure::Account],
    ["account.update", [], { name: "a", default_locale: "en", origin: "", app_hash: "", from: "", on_unknown: "hold",
                             mask_numbers: true, smart_encoding: true, credits_low: 1, spend_cap_hour: 1,
                             spend_cap_day: 1, spend_cap_countries: { "BE" => 1 }, opt_out_blocks_otp: true,
                             opt_out_replies: true, help_text: "" }, "PATCH /v2/account", SysSecure::Account],
    ["sandbox.messages", [], { to: TestHelper::NUMBER, limit: 1 }, "GET /v2/sandbox/messages",
     [SysSecure::SandboxMessage]],
    ["sandbox.clock", [], { advance: 301, reset: true }, "POST /v2/sandbox/clock", SysSecure::SandboxClock]
  ].freeze

  SAMPLES = { string: "a", integer: 1, number: 0.5, boolean: true, time: "2026-04-25T15:28:14Z",
              object: { "a" => 1 }, any: { "a" => 1 } }.freeze

  OPERATIONS.each do |name, ids, parameters, request, type|
    define_method("test_#{name}") do
      list = type.is_a?(Array)
      body = sample(list ? type.first : type)
      fake.reply(json: list ? { "data" => [body], "next_cursor" => "c2" } : body)
      result = operation(name).call(*ids, **parameters, timeout: 5, headers: { "X-A" => "b" })

      assert_equal request, "#{fake.requests.first.method} #{fake.requests.first.path}"
      assert_sent parameters
      list ? assert_equal("c2", result.next_cursor) : assert_instance_of(type, result)
      row = list ? result.data.first : result

      assert_equal body, row.raw
      read(row)
    end
  end

  def operation(name)
    *resource, method = name.split(".")
    resource.reduce(client) { |object, part| object.public_send(part) }.method(method)
  end

  # Each parameter is in the body or in the query.
  def assert_sent(parameters)
    request = fake.requests.first
    names = (request.json || request.query).keys.map { |key| key[/\A\w+/] }

    assert_equal parameters.keys.map(&:to_s).sort, names.sort
  end

  # @return [Hash] a body with every field
  def sample(type)
    type.fields.to_h do |field|
      inner = Array(field.type).first
      value = inner.is_a?(Class) ? sample(inner) : SAMPLES.fetch(inner)
      [field.wire, field.type.is_a?(Array) ? [value] : value]
    end
  end

  def read(result)
    result.class.fields.each do |field|
      value = result.public_send(field.name)
      refute_nil value, field.name
      assert_equal value, result.public_send("#{field.name}?") if field.type == :boolean
      [value].flatten.grep(SysSecure::Result).each { |inner| read(inner) }
    end
  end
end
