# frozen_string_literal: true

require_relative "test_helper"

# When calls are tried again, and how long they wait.
class RetryTest < SDKTest
  NOW = Time.utc(2026, 11, 22, 21, 0, 0)

  VALUES = {
    "seconds" => ["2", 2],
    "spaces" => [" 2 ", 2],
    "many digits" => ["9" * 40, ("9" * 40).to_i],
    "zero" => ["0", nil],
    "negative" => ["-5", nil],
    "fraction" => ["1.5", nil],
    "unit" => ["2s", nil],
    "digits of another script" => ["٢", nil],
    "nothing" => [nil, nil],
    "empty" => ["", nil],
    "two values" => ["1, 2", nil],
    "date" => ["Sun, 22 Nov 2026 21:00:03 GMT", 3],
    "date with two digits" => ["Sunday, 22-Nov-26 21:00:03 GMT", 3],
    "date of asctime" => ["Sun Nov 22 21:00:03 2026", 3],
    "date in the past" => ["Sun, 22 Nov 2026 20:59:59 GMT", nil],
    "date of now" => ["Sun, 22 Nov 2026 21:00:00 GMT", nil],
    "day that does not exist" => ["Sun, 99 Nov 2026 21:00:03 GMT", nil],
    "month that does not exist" => ["Sun, 22 Foo 2026 21:00:03 GMT", nil],
    "date in another zone" => ["Sun, 22 Nov 2026 21:00:03 CET", nil]
  }.freeze

  VALUES.each do |name, (value, expected)|
    define_method("test_retry_after_of_#{name.tr(" ", "_")}") do
      assert_same_value(expected, SysSecure.const_get(:Retry).after(value, NOW))
    end
  end

  def test_parts_of_a_second_are_rounded_up
    assert_equal 3, SysSecure.const_get(:Retry).after("Sun, 22 Nov 2026 21:00:03 GMT", NOW + 0.25r)
  end

  STATUSES = {
    400 => 1, 404 => 1, 408 => 3, 409 => 1, 422 => 1, 429 => 3, 500 => 3, 501 => 1, 503 => 3, 599 => 3
  }.freeze

  STATUSES.each do |status, attempts|
    define_method("test_status_#{status}_has_#{attempts}_attempts") do
      3.times { fake.reply(status:) }
      assert_raises(SysSecure::APIStatusError) { client.balance.get }

      assert_equal attempts, fake.requests.length
    end
  end

  def test_attempts_are_alike_but_for_their_number
    2.times { fake.reply(status: 503) }
    fake.reply(json: { "otp_id" => "otp_1" })
    client.otp.send(to: NUMBER, channels: %w[sms])
    requests = fake.requests

    assert_equal [nil, "1", "2"], requests.map { |request| request.headers["x-syssecure-retry-count"] }
    assert_equal 1, requests.map { |request| request.headers["idempotency-key"] }.uniq.length
    assert_equal 1, requests.map(&:json).uniq.length
    assert_equal [0.5, 1.0], fake.waits
  end

  NETWORK = {
    Errno::ECONNREFUSED => SysSecure::APIConnectionError, Errno::ECONNRESET => SysSecure::APIConnectionError,
    EOFError => SysSecure::APIConnectionError, SocketError => SysSecure::APIConnectionError,
    Net::ReadTimeout => SysSecure::APITimeoutError, Net::OpenTimeout => SysSecure::APITimeoutError,
    Errno::ETIMEDOUT => SysSecure::APITimeoutError
  }.freeze

  NETWORK.each do |error, expected|
    define_method("test_#{error.name.tr(":", "_")}_is_tried_again") do
      3.times { fake.fail_with(error) }
      raised = assert_raises(expected) { client.balance.get }

      assert_instance_of expected, raised
      assert_instance_of error, raised.cause
      assert_equal 3, fake.requests.length
    end
  end

  def test_errors_of_certificates_are_not_tried_again
    fake.fail_with(OpenSSL::SSL::SSLError.new("SSL_connect: certificate verify failed"))
    assert_raises(SysSecure::APIConnectionError) { client.balance.get }

    assert_equal 1, fake.requests.length
  end

  # Kernel#loop would take StopIteration for its end.
  [NoMemoryError, StopIteration, Timeout::Error].each do |error|
    define_method("test_#{error.name.tr(":", "_")}_passes_through") do
      fake.fail_with(error)

      assert_raises(error) { client.balance.get }
      assert_equal 1, fake.requests.length
    end
  end

  def test_long_retry_after_is_raised_at_once
    fake.reply(status: 429, headers: { "Retry-After" => "11" })
    error = assert_raises(SysSecure::RateLimitError) { client.balance.get }

    assert_equal 11, error.retry_after
    assert_empty fake.waits
  end

  def test_options_of_a_call_win
    fake.reply(status: 503)
    assert_raises(SysSecure::InternalServerError) { client.balance.get(max_retries: 0) }

    assert_equal 1, fake.requests.length
  end

  def test_close_ends_the_attempts
    client = nil
    transport = fake.reply(status: 503)
    transport.define_singleton_method(:runtime) { SysSecure::Runtime.new(wait: ->(_) { client.close }) }
    client = self.client

    assert_configuration_error(/closed/) { client.balance.get }
    assert_equal 1, fake.requests.length
  end

  def assert_same_value(expected, actual)
    expected.nil? ? assert_nil(actual) : assert_equal(expected, actual)
  end
end
