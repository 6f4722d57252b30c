# frozen_string_literal: true

require "open3"
require "rbconfig"
require_relative "test_helper"

# What a program gets that requires the gem.
class SourceTest < Minitest::Test
  LIB = File.expand_path("../lib", __dir__)
  FILES = Dir[File.join(LIB, "**/*.rb")].freeze
  # These come with Ruby, and will. Others, such as base64 and logger, became gems that a program must name.
  REQUIRED = %w[json net/http openssl securerandom].freeze

  def ruby(program, **environment)
    output, status = Open3.capture2e(environment.transform_keys(&:to_s), RbConfig.ruby, "-w", "-I", LIB, "-e", program,
                                    binmode: true)
    assert_predicate status, :success?, output
    output
  end

  def test_nothing_else_is_loaded
    bare = REQUIRED.map { |name| "require '#{name}'; " }.join
    with, without = [bare + "require 'syssecure'; require 'syssecure/testing'", bare].map do |program|
      ruby("#{program}; puts $LOADED_FEATURES").lines(chomp: true)
    end

    assert_empty((with - without).reject { |path| path.start_with?(LIB) })
  end

  def test_only_these_libraries_are_required
    names = FILES.flat_map { |path| File.read(path, encoding: "UTF-8").scan(/^\s*require "(.+)"/).flatten }

    assert_equal REQUIRED, names.uniq.sort
  end

  def test_every_file_freezes_its_texts
    FILES.each { |path| assert_equal "# frozen_string_literal: true\n", File.foreach(path).first, path }
  end

  def test_the_locale_does_not_matter
    program = <<~'RUBY'
      require "syssecure/testing"
      transport = SysSecure::Testing::FakeTransport.new
      transport.reply(body: "{\"message_id\":\"\u00e9\",\"to\":\"+32470123456\"}".b)
      client = SysSecure::Client.new(api_key: "sk_test_key", transport: transport)
      message = client.sms.send(to: "x", body: "\xC3\xA9".dup.force_encoding(Encoding.default_external))
      $stdout.binmode
      print Encoding.default_external, message.id, message.inspect, transport.requests.first.json["body"]
    RUBY
    output = ruby(program, LC_ALL: "C", RUBYOPT: "").force_encoding("UTF-8")

    assert_equal 'US-ASCIIé#<SysSecure::SentSMS id="é" to="+32…56">é', output
  end

  def test_version_is_written_in_one_place
    specification = Gem::Specification.load(File.expand_path("../syssecure.gemspec", __dir__))

    assert_equal SysSecure::VERSION, specification.version.to_s
    assert_equal ">= 3.1", specification.required_ruby_version.to_s
    assert_empty specification.dependencies
  end
end
