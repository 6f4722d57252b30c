# frozen_string_literal: true

# Runs the unit tests and starts the driver as programs meet the gem: in several locales, and with texts frozen that are
# not frozen by default.

require "json"
require "open3"
require_relative "../lib/syssecure/version"

ROOT = File.expand_path("..", __dir__)
FLOOR = Gem::Specification.load(File.join(ROOT, "syssecure.gemspec")).required_ruby_version
CONDITIONS = {
  "LANG=C" => { "LANG" => "C", "LC_ALL" => "C" },
  "LANG=C.UTF-8" => { "LANG" => "C.UTF-8", "LC_ALL" => "C.UTF-8" },
  "Latin-1" => { "LC_ALL" => "C", "RUBYOPT" => "-EISO-8859-1:UTF-8" },
  "frozen texts" => { "LC_ALL" => "C.UTF-8", "RUBYOPT" => "--enable-frozen-string-literal" },
  "a zone with daylight saving time" => { "LC_ALL" => "C", "TZ" => "America/St_Johns" }
}.freeze

def run(environment, *command, input: "")
  output, status = Open3.capture2e(environment, *command, stdin_data: input)
  abort("#{command.join(" ")} failed with #{environment}:\n#{output}") unless status.success?

  output
end

def driver(environment)
  answer = run(environment, File.join(ROOT, "conformance/driver"), input: %({"id": 1, "cmd": "hello"}\n))
  abort("the driver answered #{answer}") unless JSON.parse(answer).dig("ok", "version") == SysSecure::VERSION
end

abort("the floor is #{FLOOR}, and this is Ruby #{RUBY_VERSION}") unless FLOOR.satisfied_by?(Gem.ruby_version)

CONDITIONS.each do |name, environment|
  run(environment, "ruby", "-w", File.join(ROOT, "test/all.rb"))
  driver(environment)
rescue JSON::ParserError => e
  abort("the driver did not answer with #{name}: #{e.message}")
end
puts "Ruby #{RUBY_VERSION}, which is at least #{FLOOR}: #{CONDITIONS.keys.join(", ")}"
