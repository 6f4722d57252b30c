# frozen_string_literal: true

require "date"
require_relative "test_helper"

# What is sent.
class WireTest < SDKTest
  def sent(**parameters)
    fake.reply(json: { "otp_id" => "otp_1" })
    client.otp.send(to: NUMBER, channels: %w[sms], **parameters)
    fake.requests.last.json
  end

  BODIES = {
    "nothing more" => [{}, {}],
    "nil" => [{ locale: nil }, {}],
    "empty, zero and false" => [{ locale: "", length: 0, force_new: false, metadata: {} },
                                { "locale" => "", "length" => 0, "force_new" => false, "metadata" => {} }],
    "symbols" => [{ locale: :en, metadata: { plan: :pro } }, { "locale" => "en", "metadata" => { "plan" => "pro" } }],
    "float of whole seconds" => [{ expires_in: 300.0 }, { "expires_in" => 300 }],
    "fallback" => [{ fallback: { after: 30.0 } }, { "fallback" => { "after" => 30 } }],
    "fallback with texts as keys" => [{ fallback: { "after" => 30 } }, { "fallback" => { "after" => 30 } }],
    "metadata" => [{ metadata: { "userId" => 1, "a b" => [nil, 1.5, true] } },
                   { "metadata" => { "userId" => 1, "a b" => [nil, 1.5, true] } }],
    "time in metadata" => [{ metadata: { at: Time.utc(2026, 12, 2) } },
                           { "metadata" => { "at" => "2026-12-02T00:00:00Z" } }],
    "text in another encoding" => [{ locale: "é".encode("ISO-8859-1") }, { "locale" => "é" }],
    "text read in the locale C" => [{ locale: "é".dup.force_encoding("US-ASCII") }, { "locale" => "é" }],
    "binary text" => [{ locale: "é".b }, { "locale" => "é" }]
  }.freeze

  BODIES.each do |name, (parameters, expected)|
    define_method("test_body_of_#{name.tr(" ", "_")}") do
      assert_equal({ "to" => NUMBER, "channels" => %w[sms] }.merge(expected), sent(**parameters))
    end
  end

  NESTED = Array.new(100).reduce([]) { |inner, _| [inner] }
  REFUSED = {
    "half a second" => [{ expires_in: 1.5 }, /whole number of seconds/],
    "endless seconds" => [{ expires_in: Float::INFINITY }, /whole number of seconds/],
    "seconds as text" => [{ expires_in: "300" }, /number of seconds/],
    "half a second of fallback" => [{ fallback: { after: 0.5 } }, /fallback.after/],
    "NaN" => [{ metadata: { a: Float::NAN } }, /metadata/],
    "object" => [{ metadata: { a: Object.new } }, /metadata cannot be sent: Object/],
    "date" => [{ metadata: { a: Date.new(2026, 12, 2) } }, /no time zone/],
    "text that is not UTF-8" => [{ locale: "\xFF" }, /locale is not valid UTF-8/],
    "deep nesting" => [{ metadata: { a: NESTED } }, /nested too deeply/]
  }.freeze

  REFUSED.each do |name, (parameters, pattern)|
    define_method("test_refuses_#{name.tr(" ", "_")}") do
      assert_configuration_error(pattern) { sent(**parameters) }
      assert_empty fake.requests
    end
  end

  TIMES = {
    "UTC" => [Time.utc(2026, 12, 2, 12), "2026-12-02T12:00:00Z"],
    "zone" => [Time.new(2026, 12, 31, 23, 30, 0, "-05:30"), "2027-01-01T05:00:00Z"],
    "milliseconds" => [Time.utc(2026, 12, 2, 12, 0, 0.25r), "2026-12-02T12:00:00.250Z"],
    "microseconds" => [Time.utc(2026, 12, 2, 12, 0, 0, 7), "2026-12-02T12:00:00Z"],
    "DateTime" => [DateTime.new(2026, 12, 2, 12, 0, 0, "+02:00"), "2026-12-02T10:00:00Z"],
    "text" => %w[tomorrow tomorrow]
  }.freeze

  TIMES.each do |name, (time, expected)|
    define_method("test_time_as_#{name}") do
      fake.reply(json: {})
      client.sms.send(to: NUMBER, body: "Shipped", scheduled_at: time)

      assert_equal expected, fake.requests.last.json["scheduled_at"]
    end
  end

  def test_date_without_a_zone_is_refused
    assert_configuration_error(/no time zone/) { client.messages.list(created_after: Date.new(2026, 12, 2)) }
  end

  def test_days_of_reports_are_dates
    fake.reply(json: {})
    client.usage.get(from: Date.new(2026, 12, 2), to: "2026-12-03", group_by: %i[day channel])

    assert_equal({ "from" => "2026-12-02", "to" => "2026-12-03", "group_by" => "day,channel" },
                 fake.requests.last.query)
  end

  def test_clock_takes_seconds_and_texts
    2.times { fake.reply(json: {}) }
    client.sandbox.clock(advance: 301)
    client.sandbox.clock(advance: "5m")

    assert_equal %w[301s 5m], fake.requests.map { |request| request.json["advance"] }
  end

  def test_path_parameters_must_be_ids
    { nil => /otp_id must be a String/, 5 => /otp_id must be a String/, "" => /empty/, ".." => /must not be/ }
      .each { |id, pattern| assert_configuration_error(pattern) { client.otp.get(id) } }
    assert_empty fake.requests
  end

  def test_idempotency_keys
    { "" => false, " " => false, "a\n" => false, "é" => false, "a" * 256 => false, 5 => false,
      "a" * 255 => true, "order 1042" => true }.each do |key, valid|
      if valid
        fake.reply(json: {})
        client.otp.cancel("otp_1", idempotency_key: key)

        assert_equal key, fake.requests.last.headers["idempotency-key"]
      else
        assert_configuration_error(/idempotency_key/) { client.otp.cancel("otp_1", idempotency_key: key) }
      end
    end
  end

  def test_headers_of_a_call_win_whatever_their_case
    fake.reply(json: {})
    client(headers: { "X-Team" => "a", "X-Other" => "b" }).balance.get(headers: { "x-team" => "c" })

    assert_equal %w[c b], fake.requests.first.headers.values_at("x-team", "x-other")
  end

  def test_user_agent
    fake.reply(json: {})
    client(user_agent: "shop/1.0").balance.get

    assert_match(%r{\Asyssecure-ruby/2\.2\.0 \(\w+/[\d.]+; \S+ \S+\) shop/1\.0\z},
                 fake.requests.first.headers["user-agent"])
  end
end
