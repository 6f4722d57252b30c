# frozen_string_literal: true

require "tempfile"
require_relative "test_helper"

# TLS.
class TLSTest < SDKTest
  OK = TestServer.response('{"credits":5,"held":0}')

  def with_authority(name)
    authority, context = TestCertificates.make(name)
    server = server(tls: context) { |_, socket| socket.write(OK) }
    Tempfile.create("authority") do |file|
      file.write(authority.to_pem)
      file.flush
      yield server, file.path
    end
  end

  def test_ca_file_is_trusted_and_connections_are_kept
    with_authority("IP:127.0.0.1") do |server, file|
      client = connected(server, ca_file: file)
      3.times { assert_equal 5, client.balance.get.credits }

      assert_equal 1, server.connections
    end
  end

  def test_a_connection_that_the_server_closed_is_noticed
    with_authority("IP:127.0.0.1") do |server, file|
      client = connected(server, ca_file: file)
      client.balance.get
      server.close_connections
      client.balance.get

      assert_equal 2, server.connections
    end
  end

  def test_unknown_authorities_are_refused_at_once
    with_authority("IP:127.0.0.1") do |server, _|
      assert_refused_at_once(server)
    end
  end

  def test_certificates_for_another_host_are_refused_at_once
    with_authority("DNS:otp.example.com") do |server, file|
      assert_refused_at_once(server, ca_file: file)
    end
  end

  def assert_refused_at_once(server, **options)
    attempts = []
    logger = Object.new
    logger.define_singleton_method(:debug) { |line| attempts << line }
    client = connected(server, max_retries: 2, logger:, **options)
    error = assert_raises(SysSecure::APIConnectionError) { client.balance.get }

    assert_match(/certificate.* ca_file/, error.message)
    assert_empty server.requests
    assert_equal 1, attempts.length
  end

  # The waits for single bytes are within the timeout, but the response is not.
  def test_slow_responses_are_limited_as_a_whole
    authority, context = TestCertificates.make("IP:127.0.0.1")
    server = server(tls: context) do |_, socket|
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
      socket.write("a") while socket.to_io.wait_readable(0.02).nil?
      :close
    end
    Tempfile.create("authority") do |file|
      file.write(authority.to_pem)
      file.flush

      assert_raises(SysSecure::APITimeoutError) { connected(server, ca_file: file.path, timeout: 0.3).balance.get }
    end
  end
end
