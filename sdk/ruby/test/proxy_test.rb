# frozen_string_literal: true

require_relative "test_helper"

# Proxies.
class ProxyTest < SDKTest
  def setup
    super
    @proxy = server { |_, socket| socket.write(TestServer.response('{"credits":5}')) }
  end

  def get(base_url: "http://otp.example:8080/x", **options)
    client = SysSecure::Client.new(api_key: KEY, base_url:, allow_insecure_http: true, max_retries: 0,
                                   connect_timeout: 1, **options)
    client.balance.get
  end

  # @return [Array, nil] the proxy of a URL
  def found(url)
    SysSecure.const_get(:Proxy).find(URI(url), nil)
  end

  # @return [Array<String>] what the proxy was asked for
  def targets
    @proxy.requests.map(&:target)
  end

  def test_a_proxy_that_refuses_says_so
    @proxy = server { |_, socket| socket.write(TestServer.response("", status: 407)) }
    error = assert_raises(SysSecure::APIConnectionError) { get(base_url: "https://otp.example", proxy: @proxy.url) }

    assert_match(/407/, error.message)
    assert_equal ["otp.example:443"], targets
  end

  USED = {
    "HTTP_PROXY" => {}, "http_proxy" => {},
    "http_proxy of a CGI program" => { "REQUEST_METHOD" => "GET" },
    "HTTP_PROXY and another host in NO_PROXY" => { "NO_PROXY" => "example.com,otp.example:443" }
  }.freeze

  USED.each do |name, environment|
    define_method("test_uses_#{name.tr(" ", "_")}") do
      ENV[name.split.first] = @proxy.url
      ENV.update(environment)
      get

      assert_equal ["http://otp.example:8080/x/v2/balance"], targets
      assert_equal "otp.example:8080", @proxy.requests.first.headers["host"]
    end
  end

  BYPASSED = {
    "host" => "otp.example", "host with port" => "a.example, otp.example:8080", "domain" => ".example",
    "everything" => "*"
  }.freeze

  BYPASSED.each do |name, value|
    define_method("test_no_proxy_for_#{name.tr(" ", "_")}") do
      ENV.update("HTTP_PROXY" => @proxy.url, "NO_PROXY" => value)

      assert_nil found("http://otp.example:8080")
    end
  end

  def test_no_proxy_for_networks
    ENV.update("HTTPS_PROXY" => @proxy.url, "NO_PROXY" => "10.0.0.0/8")

    assert_nil found("https://10.1.2.3")
    refute_nil found("https://11.1.2.3")
  end

  def test_no_proxy_for_this_machine
    ENV["HTTP_PROXY"] = @proxy.url
    server = server { |_, socket| socket.write(TestServer.response) }
    get(base_url: server.url)

    assert_empty targets
    assert_equal ["/v2/balance"], server.requests.map(&:target)
  end

  # A request's header Proxy becomes HTTP_PROXY in a CGI program.
  def test_cgi_programs_do_not_trust_http_proxy
    ENV.update("HTTP_PROXY" => @proxy.url, "REQUEST_METHOD" => "GET")

    assert_nil found("http://otp.example")
  end

  def test_option_wins_over_the_environment
    ENV.update("HTTP_PROXY" => "http://127.0.0.1:9", "NO_PROXY" => "*")
    get(proxy: @proxy.url)

    assert_equal 1, targets.length
  end

  def test_user_and_password_of_a_proxy
    get(proxy: @proxy.url.sub("//", "//a%40b:c+%2F@"))

    assert_equal "Basic #{["a@b:c+/"].pack("m0")}", @proxy.requests.first.headers["proxy-authorization"]
  end

  def test_address_without_a_scheme
    ENV["http_proxy"] = "127.0.0.1:#{@proxy.port}"
    get

    assert_equal 1, targets.length
  end

  def test_wrong_variable_is_named
    ENV["HTTPS_PROXY"] = "socks5://127.0.0.1:1080"

    assert_configuration_error(/HTTPS_PROXY/) { SysSecure::Client.new(api_key: KEY) }
  end
end
