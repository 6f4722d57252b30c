# frozen_string_literal: true

require_relative "test_helper"

# What is logged.
class LogTest < SDKTest
  # Collects the lines.
  class Lines < Array
    alias debug push
  end

  def setup
    super
    @lines = Lines.new
  end

  def logging
    client(logger: @lines)
  end

  # @return [Array<String>] the lines without the time that an attempt took
  def lines
    @lines.map { |line| line.sub(/\d+ ms/, "0 ms") }
  end

  def test_an_attempt
    fake.reply(json: {}, headers: { "X-Request-Id" => "req_1" })
    logging.otp.get("otp_1")

    assert_equal ["syssecure: GET /v2/otp/{otp_id} 200 0 ms attempt=1 request_id=req_1"], lines
  end

  def test_retries
    fake.reply(status: 503).fail_with(Net::ReadTimeout).reply(status: 404)
    assert_raises(SysSecure::NotFoundError) { logging.balance.get }

    assert_equal [
      "syssecure: GET /v2/balance 503 0 ms attempt=1", "syssecure: retry 1 in 0.5 s after status 503",
      "syssecure: GET /v2/balance APITimeoutError 0 ms attempt=2", "syssecure: retry 2 in 1.0 s after APITimeoutError",
      "syssecure: GET /v2/balance 404 0 ms attempt=3"
    ], lines
  end

  def test_an_answer_that_is_not_as_promised
    fake.reply(body: "<html>")
    assert_raises(SysSecure::APIResponseError) { logging.balance.get }

    assert_equal ["syssecure: GET /v2/balance 200 0 ms attempt=1"], lines
  end

  def test_lines_hold_no_secrets
    3.times { fake.reply(json: { "valid" => true }) }
    logging.otp.verify(otp_id: "otp_1", code: "847291")
    logging.lookup(NUMBER)
    logging.request(:get, "/lookup/%2B32470123456", query: { a: NUMBER })

    refute_match(/847291|470123456|otp_1|#{KEY}/, @lines.join)
    assert_equal "syssecure: GET /v2/lookup/%2B32…56 200 0 ms attempt=1", lines.last
  end

  def test_nothing_is_printed_without_a_logger
    fake.reply(status: 503).reply(json: {})

    assert_silent { client.balance.get }
  end
end
