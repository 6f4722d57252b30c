# frozen_string_literal: true

require "pp"
require_relative "test_helper"

# What calls return.
class ResultTest < SDKTest
  OTP = { "otp_id" => "otp_1", "to" => TestHelper::NUMBER, "status" => "brand-new", "channel" => nil,
          "expires_at" => "2026-04-25T17:32:00.5+02:00", "later" => { "field" => 1 },
          "metadata" => { "userId" => "usr_secret" } }.freeze

  def get(json)
    fake.reply(json:, headers: { "X-Request-Id" => "req_1" })
    client.otp.get("otp_1")
  end

  def test_fields
    otp = get(OTP)

    assert_equal %w[otp_1 brand-new req_1], [otp.id, otp.status, otp.request_id]
    assert_equal Time.utc(2026, 4, 25, 15, 32, 0.5r), otp.expires_at
    assert_predicate otp.expires_at, :utc?
    assert_nil otp.channel
    assert_equal [[], {}], [otp.attempts, get({}).metadata]
    assert_equal({ "field" => 1 }, otp.raw["later"])
    assert_equal({ "userId" => "usr_secret" }, otp.metadata)
  end

  def test_results_are_frozen_throughout
    otp = get(OTP.merge("attempts" => [{ "channel" => "sms" }]))

    [otp, otp.raw, otp.raw["later"], otp.metadata, otp.attempts, otp.attempts.first, otp.id].each do |value|
      assert_predicate value, :frozen?
    end
  end

  def test_whole_numbers_are_not_rounded
    fake.reply(body: '{"credits": 9007199254740993}')

    assert_equal 9_007_199_254_740_993, client.balance.get.credits
  end

  WRONG = {
    "text" => [{ "otp_id" => 5 }, "otp_id is not a string"],
    "time" => [{ "expires_at" => "soon" }, "expires_at is not a time"],
    "day that does not exist" => [{ "expires_at" => "2026-02-31T00:00:00Z" }, "expires_at is not a time"],
    "hour that does not exist" => [{ "expires_at" => "2026-02-01T25:00:00Z" }, "expires_at is not a time"],
    "time without a zone" => [{ "expires_at" => "2026-02-01T05:00:00" }, "expires_at is not a time"],
    "whole number" => [{ "attempts_remaining" => 1.5 }, "attempts_remaining is not a whole number"],
    "object" => [{ "metadata" => [] }, "metadata is not an object"],
    "list" => [{ "attempts" => {} }, "attempts is not a list"],
    "row" => [{ "attempts" => [{}, 5] }, "attempts[1] is not an object"],
    "field of a row" => [{ "attempts" => [{ "repeated" => 1 }] }, "attempts[0].repeated is not true or false"]
  }.freeze

  WRONG.each do |name, (json, text)|
    define_method("test_wrong_#{name.tr(" ", "_")}_is_named") do
      error = assert_raises(SysSecure::APIResponseError) { get(json) }

      assert_equal "the answer of the server is not what the API promises: #{text}", error.message
      assert_equal [200, "req_1"], [error.status, error.request_id]
    end
  end

  def test_a_wrong_code_is_no_error
    fake.reply(json: { "valid" => false, "reason" => "incorrect", "attempts_remaining" => 2 })
    result = client.otp.verify(otp_id: "otp_1", code: "000001")

    assert_equal [false, "incorrect", 2], [result.valid?, result.reason, result.attempts_remaining]
  end

  def test_verify_needs_to_know
    fake.reply(json: { "otp_id" => "otp_1" })

    assert_raises(SysSecure::APIResponseError) { client.otp.verify(otp_id: "otp_1", code: "1") }
  end

  def test_patterns
    fake.reply(json: { "valid" => false, "reason" => "expired" })
    case client.otp.verify(otp_id: "otp_1", code: "1")
    in { valid: false, reason: }
      assert_equal "expired", reason
    end
  end

  def test_equal_results
    assert_equal get(OTP), get(OTP)
    refute_equal get(OTP), get(OTP.merge("status" => "sent"))
    assert_equal 1, [get(OTP), get(OTP)].uniq.length
  end

  def test_texts_hide_numbers_and_metadata
    otp = get(OTP)
    expected = '#<SysSecure::OTP id="otp_1" status="brand-new" to="+32…56" attempts=[] ' \
               "expires_at=2026-04-25T15:32:00.500Z>"

    assert_equal [expected, expected, "#{expected}\n"], [otp.inspect, otp.to_s, otp.pretty_inspect]
  end

  SECRETS = {
    "inbound message" => [SysSecure::InboundMessage, { "body" => "Meet me", "from" => TestHelper::NUMBER }],
    "sandbox message" => [SysSecure::SandboxMessage, { "body" => "847291" }],
    "template" => [SysSecure::Template, { "translations" => { "en" => "Meet me" } }],
    "preview" => [SysSecure::TemplatePreview,
                  { "text" => "847291", "channels" => {
                    "sms" => { "text" => "847291" }, "voice" => { "text" => "Meet" },
                    "whatsapp" => { "variables" => [{ "value" => "847291" }] }
                  } }],
    "endpoint" => [SysSecure::WebhookEndpoint, { "secret" => "whsec_x", "url" => "https://a.example/h?token=847291" }],
    "delivery" => [SysSecure::Delivery, { "tries" => [{ "answer" => "Meet" }] }],
    "callback secret" => [SysSecure::CallbackSecret, { "secret" => "whsec_x" }],
    "recorded event" => [SysSecure::RecordedEvent, { "payload" => { "to" => TestHelper::NUMBER } }],
    "lookup" => [SysSecure::Lookup, { "national" => "0470 12 34 56", "international" => "+32 470 12 34 56" }],
    "opt-out" => [SysSecure::OptOut, { "number" => TestHelper::NUMBER }],
    "event" => [SysSecure::Event,
                { "body" => "Meet me", "from" => TestHelper::NUMBER, "metadata" => { "a" => "Meet" } }]
  }.freeze

  SECRETS.each do |name, (type, json)|
    define_method("test_text_of_#{name.tr(" -", "__")}_hides_secrets") do
      refute_match(/470|Meet|847291|whsec/, type.new(json).inspect)
    end
  end

  def test_texts_are_one_line
    template = SysSecure::Template.new({ "name" => "a\n\"b\"" })

    assert_equal '#<SysSecure::Template name="a\n\"b\"">', template.inspect
  end

  def test_texts_of_everything_else_hide_secrets
    request = SysSecure::Request.new(method: "GET", url: NUMBER, headers: { "A" => KEY }, body: NUMBER, timeout: 1)
    parts = [client, client.otp, client.to_s, fake, request, SysSecure::Response.new(status: 200, body: NUMBER)]
    fake.reply(json: {})
    client.opt_outs.put(NUMBER)
    texts = (parts + fake.requests).map(&:pretty_inspect).join

    refute_match(/#{KEY}|470123456/, texts)
    assert_includes texts, '#<SysSecure::Client api_key="sk_test_…" base_url="http://localhost:9/v2">'
  end

  def test_short_keys_are_not_shown_at_all
    assert_includes SysSecure::Client.new(api_key: "sk_short").inspect, 'api_key="…"'
  end

  def test_send_of_a_resource_leaves_the_other_ways_to_call_a_method
    2.times { fake.reply(json: { "otp_id" => "otp_1" }) }

    assert_equal "otp_1", client.otp.public_send(:send, to: NUMBER, channels: []).id
    assert_equal "otp_1", client.otp.__send__(:create, to: NUMBER, channels: []).id
    assert_respond_to client.sms, :send
    assert_raises(ArgumentError) { client.otp.send(:get, "otp_1") }
  end
end
