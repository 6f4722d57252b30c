# frozen_string_literal: true

require_relative "test_helper"

# The helpers for tests of users.
class TestingTest < SDKTest
  def test_requests_are_recorded
    fake.reply(json: { otp_id: "otp_1" }).reply(json: { data: [] })
    otp = client.otp.send(to: NUMBER, channels: %w[sms])
    client.otp.list(to: NUMBER)
    sent, listed = fake.requests

    assert_equal "otp_1", otp.id
    assert_equal ["POST", "/v2/otp/send", {}, { "to" => NUMBER, "channels" => %w[sms] }],
                 [sent.method, sent.path, sent.query, sent.json]
    assert_equal ["GET", "/v2/otp", { "to" => NUMBER }, nil], [listed.method, listed.path, listed.query, listed.json]
    assert_equal "application/json", sent.headers["content-type"]
  end

  def test_waits_are_recorded
    fake.reply(status: 429, headers: { "Retry-After" => "3" }).fail_with(Errno::ECONNRESET).reply(json: {})
    client.balance.get

    assert_equal [3, 1.0], fake.waits
  end

  def test_time_stands_still_if_asked_to
    fake(now: Time.utc(2026, 11, 22, 21))
      .reply(status: 429, headers: { "Retry-After" => "Sun, 22 Nov 2026 21:00:05 GMT" }).reply(json: {})
    client.balance.get

    assert_equal [5], fake.waits
  end

  def test_a_request_without_an_answer_is_no_error_of_the_api
    error = assert_raises(SysSecure::Testing::NoReply) { client.lookup(NUMBER) }

    assert_equal "no reply is left for GET /v2/lookup/%2B32…56", error.message
    refute_kind_of SysSecure::Error, error
  end

  def test_many_threads
    32.times { |number| fake.reply(json: { credits: number }) }
    client = self.client
    credits = Array.new(32) { Thread.new { client.balance.get.credits } }.map(&:value)

    assert_equal (0..31).to_a, credits.sort
    assert_equal 32, fake.requests.length
  end
end
