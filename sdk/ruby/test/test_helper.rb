# frozen_string_literal: true

$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "minitest/autorun"
require "syssecure"
require "syssecure/testing"
require_relative "support/server"

# What most tests need.
module TestHelper
  KEY = "sk_test_4f9c2d81e6b7a350"
  NUMBER = "+32470123456"

  def setup
    super
    @environment = ENV.to_h
    ENV.delete_if { |name, _| name.start_with?("SYSSECURE_") || name.match?(/_proxy\z/i) }
    @servers = []
  end

  def teardown
    @servers.each(&:stop)
    ENV.replace(@environment)
    super
  end

  # @return [SysSecure::Testing::FakeTransport]
  def fake(now: nil)
    @fake ||= SysSecure::Testing::FakeTransport.new(now:)
  end

  # @return [SysSecure::Client] of the fake transport
  def client(**options)
    SysSecure::Client.new(api_key: KEY, base_url: "http://localhost:9", transport: fake, **options)
  end

  # @return [TestServer] that is stopped when the test is over
  def server(**options, &answer)
    TestServer.new(**options, &answer).tap { |server| @servers << server }
  end

  # @return [SysSecure::Client] that connects, and does not try again
  def connected(server, **options)
    SysSecure::Client.new(api_key: KEY, base_url: server.url, max_retries: 0, **options)
  end

  def assert_configuration_error(pattern, &block)
    error = assert_raises(SysSecure::ConfigurationError, &block)
    assert_match(pattern, error.message)
    refute_includes(error.full_message(highlight: false), KEY)
    error
  end
end

class SDKTest < Minitest::Test
  include TestHelper
end
