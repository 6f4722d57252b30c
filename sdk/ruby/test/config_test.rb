# frozen_string_literal: true

require_relative "test_helper"

# The options of a client.
class ConfigTest < SDKTest
  REFUSED = {
    "empty key" => [{ api_key: "" }, /api_key is empty.*SYSSECURE_API_KEY/],
    "key with a line break" => [{ api_key: "#{TestHelper::KEY}\n" }, /printable ASCII/],
    "key with a space" => [{ api_key: "sk test" }, /printable ASCII/],
    "key beyond ASCII" => [{ api_key: "sk_tést" }, /printable ASCII/],
    "key that is no text" => [{ api_key: 5 }, /printable ASCII/],
    "empty base URL" => [{ base_url: "" }, /base_url is empty.*SYSSECURE_BASE_URL/],
    "relative base URL" => [{ base_url: "/v2" }, /https/],
    "base URL of another scheme" => [{ base_url: "ftp://example.com" }, /https/],
    "base URL without a host" => [{ base_url: "https:///v2" }, /no host/],
    "base URL with a user" => [{ base_url: "https://u:secret@example.com" }, /user/],
    "base URL with a query" => [{ base_url: "https://example.com/?a=b" }, /query/],
    "base URL with a fragment" => [{ base_url: "https://example.com/#a" }, /fragment/],
    "base URL with a wrong port" => [{ base_url: "https://example.com:99999" }, /port/],
    "base URL that is no URL" => [{ base_url: "https://exa mple.com" }, /not a valid URL/],
    "plain HTTP to a stranger" => [{ base_url: "http://example.com" }, /https.*allow_insecure_http/],
    "plain HTTP to a name like localhost" => [{ base_url: "http://localhost.example.com" }, /allow_insecure_http/],
    "timeout of zero" => [{ timeout: 0 }, /timeout must be above 0/],
    "negative timeout" => [{ timeout: -1 }, /timeout/],
    "endless timeout" => [{ timeout: Float::INFINITY }, /timeout/],
    "timeout that is no number" => [{ timeout: "30" }, /timeout/],
    "connect timeout of NaN" => [{ connect_timeout: Float::NAN }, /connect_timeout/],
    "negative retries" => [{ max_retries: -1 }, /max_retries/],
    "half a retry" => [{ max_retries: 0.5 }, /max_retries/],
    "negative wait" => [{ max_retry_after: -1 }, /max_retry_after/],
    "header with a line break" => [{ headers: { "X-A" => "b\r\nX-C: d" } }, /line breaks/],
    "name of a header with a line break" => [{ headers: { "X-A\r\n" => "b" } }, /name in headers/],
    "another key" => [{ headers: { "AUTHORIZATION" => "Bearer x" } }, /AUTHORIZATION/],
    "headers that are no Hash" => [{ headers: "X-A: b" }, /Hash/],
    "user agent with NUL" => [{ user_agent: "a\0b" }, /user_agent/],
    "logger without debug" => [{ logger: Object.new }, /debug/],
    "proxy of another scheme" => [{ proxy: "socks5://localhost:1080" }, /proxy must begin with/],
    "proxy over TLS" => [{ proxy: "https://localhost:3128" }, %r{http://}],
    "certificates that are not there" => [{ ca_file: "/nonexistent" }, /ca_file cannot be read/]
  }.freeze

  REFUSED.each do |name, (options, pattern)|
    define_method("test_refuses_#{name.tr(" ", "_")}") do
      assert_configuration_error(pattern) { SysSecure::Client.new(api_key: KEY, **options) }
    end
  end

  URLS = {
    "nothing" => [nil, {}, "https://api.syssecure.me/v2/balance"],
    "empty variable" => [nil, { "SYSSECURE_BASE_URL" => "" }, "https://api.syssecure.me/v2/balance"],
    "variable" => [nil, { "SYSSECURE_BASE_URL" => "https://otp.example.com" }, "https://otp.example.com/v2/balance"],
    "argument over variable" => ["https://a.example", { "SYSSECURE_BASE_URL" => "https://b.example" },
                                 "https://a.example/v2/balance"],
    "slashes at the end" => ["https://a.example//", {}, "https://a.example/v2/balance"],
    "path with v2" => ["https://a.example/x/v2/", {}, "https://a.example/x/v2/balance"],
    "path without v2" => ["https://a.example/x", {}, "https://a.example/x/v2/balance"],
    "localhost" => ["http://localhost:8080", {}, "http://localhost:8080/v2/balance"],
    "name below localhost" => ["http://otp.localhost", {}, "http://otp.localhost/v2/balance"],
    "address of this machine" => ["http://127.8.9.1", {}, "http://127.8.9.1/v2/balance"],
    "IPv6 address of this machine" => ["http://[::1]:8080", {}, "http://[::1]:8080/v2/balance"]
  }.freeze

  URLS.each do |name, (argument, environment, expected)|
    define_method("test_base_url_of_#{name.tr(" ", "_")}") do
      ENV.update(environment)
      seen = nil
      transport = ->(request) { SysSecure::Response.new(status: 200, body: "{}").tap { seen = request.url } }
      SysSecure::Client.new(api_key: KEY, base_url: argument, transport:).balance.get

      assert_equal expected, seen
    end
  end

  def test_key_of_the_environment
    ENV["SYSSECURE_API_KEY"] = "sk_test_environment"
    fake.reply(json: {})
    SysSecure::Client.new(transport: fake).balance.get

    assert_equal "Bearer sk_test_environment", fake.requests.first.headers["authorization"]
  end

  def test_without_a_key_the_error_names_both_ways
    assert_configuration_error(/api_key.*SYSSECURE_API_KEY/) { SysSecure::Client.new }
  end

  def test_plain_http_when_it_is_allowed
    SysSecure::Client.new(api_key: KEY, base_url: "http://example.com", allow_insecure_http: true)
  end

  def test_an_option_that_does_not_exist_is_an_argument_error
    assert_raises(ArgumentError) { SysSecure::Client.new(api_key: KEY, retries: 3) }
    assert_raises(ArgumentError) { client.balance.get(timeuot: 3) }
  end

  def test_client_is_frozen
    assert_predicate client, :frozen?
    assert_predicate client.otp, :frozen?
  end

  def test_close_may_be_called_twice_and_ends_all_calls
    client = self.client
    2.times { assert_nil client.close }

    assert_configuration_error(/closed/) { client.balance.get }
    assert_empty fake.requests
  end

  def test_close_closes_the_transport_once
    transport = Class.new do
      attr_reader :closed

      def close
        @closed = closed.to_i + 1
      end
    end.new
    client = SysSecure::Client.new(api_key: KEY, transport:)
    2.times { client.close }

    assert_equal 1, transport.closed
  end
end
