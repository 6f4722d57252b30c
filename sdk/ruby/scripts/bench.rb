# frozen_string_literal: true

# Measures the import time and the overhead of a call against SYSSECURE_BASE_URL, and fails when they are above the
# wanted figures.

require "rbconfig"
require_relative "../lib/syssecure"
require_relative "installed"

IMPORTS = 41
ROUNDS = 1500
MOST_RATIO = 1.3
MOST_MICROSECONDS = 150
BARE = 'require "json"; require "net/http"; require "openssl"; require "securerandom"'
LIB = File.expand_path("../lib", __dir__)

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def median(values)
  values.sort[values.length / 2]
end

# @return [Float] seconds, without the start of Ruby
def import(code)
  clock = "Process.clock_gettime(Process::CLOCK_MONOTONIC)"
  program = "began = #{clock}; #{code}; print #{clock} - began"

  IO.popen([RbConfig.ruby, "-I", LIB, "-e", program], &:read).to_f
end

def imports
  pairs = Array.new(IMPORTS) { [import(BARE), import('require "syssecure"')] }

  pairs.transpose.map { |times| median(times) }
end

# @return [Array<Float>] the median seconds of a raw request and of a call
def calls
  client = SysSecure::Client.new
  address = URI("#{ENV.fetch("SYSSECURE_BASE_URL")}/v2/balance")
  headers = { "Authorization" => "Bearer #{ENV.fetch("SYSSECURE_API_KEY")}", "Accept" => "application/json" }
  Net::HTTP.start(address.hostname, address.port) do |http|
    raw = -> { JSON.parse(http.request(Net::HTTP::Get.new(address, headers)).body) }
    call = -> { client.balance.get }
    100.times { [raw, call].each(&:call) }
    pairs = Array.new(ROUNDS) { [raw, call].map { |one| time(&one) } }

    pairs.transpose.map { |times| median(times) }
  end
end

def time
  began = now
  yield
  now - began
end

bare, ours = imports
ratio = ours / bare
puts format("import: %.1f ms, %.2f times the bare HTTP stack (%.1f ms)", ours * 1000, ratio, bare * 1000)

raw, call = calls
overhead = (call - raw) * 1_000_000
puts format("call: %.0f us, %.2f times a raw request (%.0f us), overhead %.0f us", call * 1_000_000, call / raw,
            raw * 1_000_000, overhead)

package = File.join(Installed::DIST, "syssecure-#{SysSecure::VERSION}.gem")
puts "package: #{File.size(package)} bytes"

abort("the import takes too long") if ratio > MOST_RATIO
abort("the overhead is too high") if call / raw > MOST_RATIO && overhead > MOST_MICROSECONDS
