# frozen_string_literal: true

require_relative "test_helper"

# What is raised.
class ErrorsTest < SDKTest
  BODY = { "code" => "invalid_params", "message" => "bad", "request_id" => "req_1" }.freeze

  def raised(**reply)
    fake.reply(**reply)
    assert_raises(SysSecure::SysSecureError) { client(max_retries: 0).balance.get }
  end

  CLASSES = {
    302 => SysSecure::APIStatusError, 400 => SysSecure::BadRequestError, 401 => SysSecure::AuthenticationError,
    402 => SysSecure::InsufficientCreditsError, 403 => SysSecure::APIStatusError, 404 => SysSecure::NotFoundError,
    409 => SysSecure::APIStatusError, 422 => SysSecure::InvalidPhoneError, 429 => SysSecure::RateLimitError,
    500 => SysSecure::InternalServerError, 503 => SysSecure::InternalServerError
  }.freeze

  CLASSES.each do |status, expected|
    define_method("test_class_of_#{status}") do
      error = raised(status:, json: BODY)

      assert_instance_of expected, error
      assert_equal [status, "invalid_params", "bad", "req_1"],
                   [error.status, error.code, error.api_message, error.request_id]
      assert_equal "#{status} invalid_params: bad (request_id: req_1)", error.message
    end
  end

  def test_all_errors_can_be_rescued_by_either_name
    assert_same SysSecure::SysSecureError, SysSecure::Error
    assert_operator SysSecure::RateLimitError, :<, SysSecure::Error
  end

  FOREIGN = {
    "HTML" => { body: "<html>nginx</html>" },
    "nothing" => { body: "" },
    "half of JSON" => { body: '{"code":"x"' },
    "list" => { json: ["nginx"] },
    "code that is a number" => { json: { "code" => 5, "message" => "nginx" } },
    "text that is not UTF-8" => { body: "{\"code\":\"a\",\"message\":\"\xE9\"}" },
    "too large" => { body: %({"code":"a","message":"#{"b" * 10_500_000}"}) }
  }.freeze

  FOREIGN.each do |name, reply|
    define_method("test_body_of_#{name.tr(" ", "_")}_shows_nothing_of_it") do
      error = raised(status: 502, headers: { "X-Request-Id" => "req_2" }, **reply)

      assert_equal "502: the server's answer has no error message (request_id: req_2)", error.message
      assert_equal ["", {}, []], [error.code, error.details, error.errors]
    end
  end

  def test_details
    error = raised(status: 429, headers: { "Retry-After" => "18" }, json: BODY.merge(
      "details" => { "otp_id" => "otp_1", "limit" => "1/30s", "doc_url" => "https://example.com/e", "more" => [1],
                     "errors" => [{ "field" => "to", "message" => "bad" }, { "message" => "worse" }, "odd", {}] }
    ))

    assert_equal ["otp_1", "1/30s", "https://example.com/e", 18],
                 [error.otp_id, error.limit, error.doc_url, error.retry_after]
    assert_equal([%w[to bad], [nil, "worse"]], error.errors.map { |fault| [fault.field, fault.message] })
    assert_equal [1], error.details["more"]
    assert_predicate error.details, :frozen?
  end

  def test_headers_are_in_lower_case
    assert_equal "b", raised(status: 400, headers: { "X-A" => "b" }).headers["x-a"]
  end

  def test_hint_at_the_default_base_url
    hint = "Self-hosted? Set base_url or SYSSECURE_BASE_URL to the address of your server."
    client = SysSecure::Client.new(api_key: KEY, transport: fake, max_retries: 0)
    fake.reply(status: 401, json: BODY).fail_with(Errno::ECONNREFUSED).reply(status: 404, json: BODY)
    texts = Array.new(3) { assert_raises(SysSecure::Error) { client.balance.get }.message }

    assert_equal([true, true, false], texts.map { |text| text.end_with?(hint) })
  end

  def test_secrets_are_taken_out
    error = raised(status: 400, headers: { "X-Echo" => KEY }, json: BODY.merge(
      "message" => "#{NUMBER} with #{KEY}", "details" => { "a" => ["to #{NUMBER}"], NUMBER => 1 }
    ))

    assert_equal "400 invalid_params: +32…56 with sk_… (request_id: req_1)", error.message
    [error.inspect, error.details.to_s, error.headers.to_s, error.full_message].each do |text|
      refute_match(/#{KEY}|470123456/, text)
    end
  end

  def test_errors_of_the_network_show_no_secret
    fake.fail_with(Errno::ECONNRESET.new("to #{NUMBER} with #{KEY}"))
    error = assert_raises(SysSecure::APIConnectionError) { client(max_retries: 0).lookup(NUMBER) }

    assert_match(%r{\Ano whole response from http://localhost:9/v2: Errno::ECONNRESET: .*\+32…56 with sk_…},
                 error.message)
  end

  PROMISES = {
    "nothing" => [{ body: "" }, /status 200 is empty/],
    "HTML" => [{ body: "<html>" }, /no JSON object/],
    "list" => [{ json: [] }, /no JSON object/],
    "too much" => [{ body: "{\"a\":\"#{"b" * 10_500_000}\"}" }, /10 MB/],
    "field of another type" => [{ json: { "credits" => "many" } }, /credits is not a whole number/]
  }.freeze

  PROMISES.each do |name, (reply, pattern)|
    define_method("test_2xx_with_#{name.tr(" ", "_")}_is_no_answer") do
      error = raised(headers: { "X-Request-Id" => "req_3" }, **reply)

      assert_instance_of SysSecure::APIResponseError, error
      assert_match(pattern, error.message)
      assert_equal [200, "req_3"], [error.status, error.request_id]
      assert_equal 1, fake.requests.length
    end
  end

  def test_field_errors_have_a_text
    assert_equal "#<SysSecure::FieldError to: bad>", SysSecure::FieldError.new("to", "bad").inspect
  end
end
