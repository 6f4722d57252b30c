# frozen_string_literal: true

require "timeout"
require "zlib"
require_relative "test_helper"

# Responses over real sockets.
class TransportTest < SDKTest
  OK = TestServer.response('{"credits":5,"held":0}')

  def answering(*answers)
    server { |_, socket| socket.write(answers.length > 1 ? answers.shift : answers.first) }
  end

  def test_request_on_the_wire
    server = answering(TestServer.response('{"otp_id":"otp_1"}'))
    client = connected(server)
    client.otp.send(to: NUMBER, channels: %w[sms], metadata: { "é" => 1 })
    client.otp.cancel("a/b")
    client.otp.get("otp_1")
    sent, canceled, got = server.requests

    assert_equal %w[/v2/otp/send /v2/otp/a%2Fb/cancel /v2/otp/otp_1], server.requests.map(&:target)
    assert_equal({ "to" => NUMBER, "channels" => %w[sms], "metadata" => { "é" => 1 } }, JSON.parse(sent.body))
    assert_equal ["Bearer #{KEY}", "application/json", "application/json", "gzip"],
                 sent.headers.values_at("authorization", "accept", "content-type", "accept-encoding")
    assert_equal ["0", nil], canceled.headers.values_at("content-length", "content-type")
    assert_equal [nil, nil], got.headers.values_at("content-length", "content-type")
  end

  def test_redirects_are_not_followed
    other = answering(OK)
    server = answering(TestServer.response("", status: 307, headers: { "Location" => "#{other.url}/v2/balance" }))
    error = assert_raises(SysSecure::APIStatusError) { connected(server).balance.get }

    assert_equal [307, 0], [error.status, other.requests.length]
  end

  BROKEN = {
    "nothing" => "",
    "half_of_the_headers" => "HTTP/1.1 200 OK\r\nContent-Le",
    "some_of_the_headers" => "HTTP/1.1 200 OK\r\nX-Team: shop\r\n",
    "a_header_with_a_carriage_return" => "HTTP/1.1 200 OK\r\nX-Team: a\rb\r\nContent-Length: 2\r\n\r\n{}",
    "half_of_the_body" => "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"credits\":5}",
    "half_of_a_chunk" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"credits\":5}",
    "no_last_chunk" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"credits\":5}\r\n",
    "no_http" => "SSH-2.0-OpenSSH\r\n\r\n",
    "length_that_is_no_number" => "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n{}"
  }.freeze

  BROKEN.each do |name, text|
    define_method("test_#{name}_is_no_whole_response") do
      server = server do |_, socket|
        socket.write(text)
        :close
      end

      assert_raises(SysSecure::APIConnectionError) { connected(server).balance.get }
      assert_equal 1, server.requests.length
    end
  end

  ["#{KEY} #{NUMBER} Shipped", "HTTP/1.1 #{KEY} #{NUMBER} Shipped"].each do |text|
    define_method("test_no_error_shows_#{text[0, 4]}_of_a_response") do
      server = answering("#{text}\r\n\r\n")
      error = assert_raises(SysSecure::APIConnectionError) { connected(server).balance.get }

      [KEY, NUMBER, "Shipped"].each { |secret| refute_includes error.full_message, secret }
    end
  end

  def test_refused_connections_are_tried_again
    server = answering(OK)
    server.stop
    client = SysSecure::Client.new(api_key: KEY, base_url: server.url, transport: recording(server.url))
    error = assert_raises(SysSecure::APIConnectionError) { client.balance.get }

    assert_kind_of Errno::ECONNREFUSED, error.cause
    assert_equal 2, @waits.length
  end

  # Each wait of the server is shorter than the timeout, but all together are longer.
  DRIPS = {
    "headers" => "HTTP/1.1 200 OK\r\nX-Drip: ", "body" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
  }.freeze

  DRIPS.each do |part, start|
    define_method("test_slow_#{part}_are_limited_as_a_whole") do
      server = server do |_, socket|
        socket.write(start)
        # Waits for the client to hang up, and writes a byte each time that it has not.
        socket.write("a") while socket.wait_readable(0.02).nil?
        :close
      end

      assert_raises(SysSecure::APITimeoutError) { connected(server, timeout: 0.2).balance.get }
    end
  end

  def test_endless_headers_are_cut_off
    server = server do |_, socket|
      socket.write("HTTP/1.1 200 OK\r\n")
      loop { socket.write("X-Header: #{"a" * 60_000}\r\n") }
    end
    error = assert_raises(SysSecure::APIConnectionError) { connected(server).balance.get }

    assert_match(/too large/, error.message)
  end

  def test_body_that_is_too_large_is_not_read_to_the_end
    body = "[#{"1," * (6 * 1024 * 1024)}1]"
    server = answering(TestServer.response(body), OK)
    client = connected(server)
    assert_raises(SysSecure::APIResponseError) { client.balance.get }

    assert_equal 5, client.balance.get.credits
    assert_equal 2, server.connections
  end

  def test_gzip
    server = answering(TestServer.response(Zlib.gzip("\uFEFF{\"credits\":5}"), headers: { "Content-Encoding" => "gzip" }))

    assert_equal 5, connected(server).balance.get.credits
  end

  BAD_GZIP = {
    "too large" => -> { Zlib.gzip("a" * (11 * 1024 * 1024)) },
    "cut off" => -> { Zlib.gzip("{\"credits\":5}")[0..-5] },
    "not gzip" => -> { "{\"credits\":5}" }
  }.freeze

  BAD_GZIP.each do |name, body|
    define_method("test_gzip_that_is_#{name.tr(" ", "_")}") do
      server = answering(TestServer.response(body.call, headers: { "Content-Encoding" => "gzip" }))

      assert_raises(SysSecure::APIResponseError) { connected(server).balance.get }
    end
  end

  def test_a_small_body_cannot_fill_the_memory
    bomb = Zlib.gzip("a" * 10_000_000)

    assert_operator SysSecure.const_get(:Gzip).decode(bomb, 1000).bytesize, :<, 100_000
  end

  def test_texts_are_utf_8_whatever_the_locale
    server = answering(TestServer.response('{"name":"é"}', headers: { "X-Request-Id" => "req_é" }))
    account = connected(server).account.get

    assert_equal %w[é req_é], [account.name, account.request_id]
  end

  # @return [SysSecure::NetHTTPTransport] that records the waits
  def recording(url)
    @waits = waits = []
    SysSecure::NetHTTPTransport.new(base_url: url).tap do |transport|
      transport.define_singleton_method(:runtime) { SysSecure::Runtime.new(wait: ->(seconds) { waits << seconds }) }
    end
  end
end
