# frozen_string_literal: true

require_relative "test_helper"

# Signatures of webhooks. The vectors of the conformance suite hold the rules; these are the rest.
class WebhooksTest < SDKTest
  SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  NOW = Time.at(1_795_381_200)
  BODY = '{"event":"message.received","from":"+32470123456","body":"Meet me","received_at":"2026-04-25T15:28:14Z"}'

  def sign(body = BODY, secret: SECRET, time: NOW)
    SysSecure::Webhooks.sign(body, secret, time.to_i)
  end

  def construct(body = BODY, header = sign, secret = SECRET, now: NOW, **options)
    SysSecure::Webhooks.construct_event(body, header, secret, now:, **options)
  end

  def test_event
    event = construct

    assert_equal ["message.received", "Meet me", Time.utc(2026, 4, 25, 15, 28, 14)], [event.type, event.body, event.at]
    assert_predicate event, :frozen?
  end

  def test_client_has_the_same_methods
    assert client.webhooks.verify(BODY, sign, SECRET, now: NOW)
  end

  def test_signature_of_now_is_good
    assert SysSecure::Webhooks.verify(BODY, SysSecure::Webhooks.sign(BODY, SECRET), SECRET)
  end

  SECRETS = { "one" => SECRET, "first of two" => [SECRET, "whsec_b"], "second of two" => ["whsec_b", SECRET] }.freeze

  SECRETS.each do |name, secret|
    define_method("test_secret_as_#{name.tr(" ", "_")}") do
      assert SysSecure::Webhooks.verify(BODY, sign, secret, now: NOW)
    end
  end

  REASONS = {
    "missing_header" => [nil, "", " "],
    "malformed_header" => ["hello", "t=1,t=2,v1=a", "t=x,v1=a", "t=#{"1" * 13},v1=a", "v1=a", "t=١,v1=a", "t=-1,v1=a"],
    "no_signature" => ["t=1795381200", "t=1795381200,v0=a"],
    "no_match" => ["t=1795381200,v1=", "t=1795381200,v1=#{"0" * 64}", "t=1795381200,v1=#{"z" * 64}"]
  }.freeze

  REASONS.each do |reason, headers|
    headers.each_with_index do |header, index|
      define_method("test_#{reason}_#{index}") do
        error = assert_raises(SysSecure::WebhookSignatureError) { construct(BODY, header) }

        assert_equal reason, error.reason
      end
    end
  end

  def test_time_is_checked_in_both_directions_after_the_signature
    [NOW + 301, NOW - 301].each do |now|
      assert_equal "timestamp_out_of_range",
                   assert_raises(SysSecure::WebhookSignatureError) { construct(now:) }.reason
      assert construct(now:, tolerance: 301)
      assert_equal "no_match",
                   assert_raises(SysSecure::WebhookSignatureError) { construct("{}", sign, now:) }.reason
    end
  end

  PAYLOADS = ["", "no JSON", "[]", "5", "\xFF", '{"event":5}'].freeze

  PAYLOADS.each_with_index do |payload, index|
    define_method("test_signed_payload_that_is_no_event_#{index}") do
      error = assert_raises(SysSecure::WebhookSignatureError) { construct(payload, sign(payload)) }

      assert_equal "invalid_payload", error.reason
      assert SysSecure::Webhooks.verify(payload, sign(payload), SECRET, now: NOW)
    end
  end

  def test_events_of_later_versions
    body = '{"event":"future.thing","channel":"rcs","reason":"new","soon_at":"soon","began_at":"2026-04-25T15:28:14Z"}'
    event = construct(body, sign(body))

    assert_equal ["future.thing", "rcs", "new", Time.utc(2026, 4, 25, 15, 28, 14)],
                 [event.type, event.channel, event.reason, event.at]
  end

  def test_event_without_a_time
    body = '{"event":"future.thing"}'

    assert_nil construct(body, sign(body)).at
  end

  def test_payload_in_any_encoding
    body = '{"event":"é"}'

    [body, body.b, body.dup.force_encoding("US-ASCII"), body.dup.force_encoding("ISO-8859-1")].each do |payload|
      assert_equal "é", construct(payload, sign(body)).type
    end
  end

  CONFIGURATION = {
    "parsed body" => [[{ "event" => "a" }, :sign, SECRET], /raw body.*Hash.*raw_post/],
    "stream" => [[StringIO.new(BODY), :sign, SECRET], /raw body.*StringIO/],
    "no body" => [[nil, :sign, SECRET], /raw body/],
    "no secret" => [[BODY, :sign, nil], /secret is missing/],
    "empty secret" => [[BODY, :sign, ""], /secret is missing/],
    "no secrets" => [[BODY, :sign, []], /secret is missing/],
    "empty secret among others" => [[BODY, :sign, [SECRET, ""]], /secret is missing/],
    "list as header" => [[BODY, ["t=1"], SECRET], /header must be a String/]
  }.freeze

  CONFIGURATION.each do |name, (arguments, pattern)|
    define_method("test_#{name.tr(" ", "_")}_is_a_configuration_error") do
      arguments = arguments.map { |argument| argument == :sign ? sign : argument }

      assert_configuration_error(pattern) { construct(*arguments) }
    end
  end

  [0, -1, nil, "300", Float::INFINITY].each do |tolerance|
    define_method("test_tolerance_of_#{tolerance.inspect}_is_a_configuration_error") do
      assert_configuration_error(/tolerance/) { construct(tolerance:) }
    end
  end

  def test_errors_show_no_secret
    error = assert_raises(SysSecure::WebhookSignatureError) { construct(BODY, sign(secret: "whsec_other")) }

    refute_match(/whsec|470123456|Meet/, error.full_message)
  end
end
