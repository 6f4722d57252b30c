# frozen_string_literal: true

# Drives the gem for the conformance suite: one JSON object per line on standard input, one answer per line on standard
# output. ../../conformance/README.md describes the protocol.

$LOAD_PATH.unshift(File.expand_path("../lib", __dir__))
require "pp"
require "time"
require "syssecure"
require "syssecure/testing"
require_relative "canonical"
require_relative "describe"

# What the command being carried out sees of the world.
class World
  attr_reader :sleeps, :logs, :runtime

  def initialize(command)
    @sleeps = []
    @logs = []
    @cancel = command["cancel"]
    @log_fails = command["log_fails"]
    now = command["now"]
    random = command["random"]
    @runtime = SysSecure::Runtime.new(
      now: -> { now ? Time.at(now) : Time.now }, random: -> { random || Random.rand }, wait: method(:wait)
    )
  end

  # The logger of the client.
  def debug(line)
    @logs << line
    raise IOError, "the disk is full" if @log_fails
  end

  private

  def wait(seconds)
    @sleeps << (Rational(seconds.to_s) * 1000).floor
    raise Canceled, "canceled" if @cancel == "sleep"
  end
end

# What the caller of a canceled call raises in its thread.
class Canceled < StandardError
end

# Makes the usual transport use the clock of the command. A transport may bring its own runtime.
SysSecure::NetHTTPTransport.define_method(:runtime) { Driver.world.runtime }

# Carries out commands.
class Driver
  PROXIES = %w[http_proxy https_proxy no_proxy all_proxy].flat_map { |name| [name, name.upcase] }.freeze
  MILLISECONDS = { "timeout_ms" => :timeout, "connect_timeout_ms" => :connect_timeout,
                   "max_retry_after_ms" => :max_retry_after }.freeze
  # Every time of Ruby has a zone.
  LACKS = %w[local_time].freeze
  CLIENT = { "api_key" => nil }.freeze

  class << self
    attr_accessor :world
  end

  def answer(command)
    Driver.world = World.new(command)
    answer = { id: command["id"] }
    begin
      answer[:ok] = with_environment(command) { run(command, answer) }
    rescue Exception => e # rubocop:disable Lint/RescueException
      answer[:error] = Canonical.error(e)
    end

    answer.merge(sleeps_ms: Driver.world.sleeps, logs: Driver.world.logs)
  end

  private

  def run(command, answer)
    case command["cmd"]
    when "hello" then { sdk: "ruby", version: SysSecure::VERSION, modes: ["sync"], lacks: LACKS }
    when "describe" then { operations: Describe.operations }
    when "call" then call(command, answer)
    when "iterate" then iterate(command)
    when "parallel" then parallel(command)
    when "request" then request(command)
    when "sequence" then sequence(command)
    when "closed" then closed(command)
    when "inspect" then inspect_texts(command)
    when "retry_delay" then retry_delay(command)
    else webhook(command)
    end
  end

  def call(command, answer)
    result = cancelable(command) { perform(client(command), command) }
    answer[:request_id] = result.request_id
    Canonical.result(result)
  end

  def iterate(command)
    rows = perform(client(command), command).each
    max = command["max"].to_i

    (max.zero? ? rows : rows.first(max)).map { |row| Canonical.result(row) }
  end

  def parallel(command)
    client = client(command)
    results = command["rounds"].times.flat_map do
      Array.new(command["n"]) { Thread.new { perform(client, command) } }.map(&:value)
    end

    { ok: results.length }
  end

  def request(command)
    options = call_options(command)
    options[:body] = command["body"] unless command["body"].nil?
    client(command).request(command["method"], command["path"], query: command["query"] || {}, **options)
  end

  def sequence(command)
    client = client(command)
    command["steps"].map { |step| Canonical.result(perform(client, step)) }
  end

  def closed(command)
    client = client(command)
    2.times { client.close }
    client.balance.get
  end

  def inspect_texts(command)
    client = client(command)
    shown = [client, client.otp, client.sms]
    shown << perform(client, command) if command["op"]

    { texts: shown.flat_map { |object| [object.inspect, object.to_s, object.pretty_inspect] } }
  end

  # Lets a client come to the retry in question, whose answer has the given Retry-After.
  def retry_delay(command)
    transport = SysSecure::Testing::FakeTransport.new
    transport.define_singleton_method(:runtime) { Driver.world.runtime }
    (command["retry"] - 1).times { transport.reply(status: 503) }
    headers = { "Retry-After" => command["retry_after"] }.compact
    transport.reply(status: command["status"], headers:).reply(json: {})
    options = { max_retries: command["retry"] }
    options[:max_retry_after] = command["max_retry_after_ms"] / 1000.0 if command["max_retry_after_ms"]
    SysSecure::Client.new(api_key: "sk_test_key", transport:, **options).balance.get

    { sleep_ms: Driver.world.sleeps.pop.tap { Driver.world.sleeps.clear } }
  rescue SysSecure::APIStatusError => e
    { raise: Canonical.name(e.class), retry_after_s: e.retry_after }
  end

  def webhook(command)
    payload = command["payload_b64"].unpack1("m")
    if command["cmd"] == "sign_webhook"
      return SysSecure::Webhooks.sign(payload, command["secret"], command["timestamp"])
    end

    payload = payload.force_encoding(Encoding::UTF_8) if command["as"] == "text"
    payload = JSON.parse(payload) if command["as"] == "parsed"
    options = command["tolerance"].nil? ? {} : { tolerance: command["tolerance"] }
    options[:now] = Time.at(command["now"]) if command["now"]
    arguments = [payload, command["header"], command["secrets"]]
    return SysSecure::Webhooks.verify(*arguments, **options) if command["cmd"] == "verify_webhook"

    Canonical.event(SysSecure::Webhooks.construct_event(*arguments, **options))
  end

  def client(command)
    options = (command["client"] || CLIENT).to_h do |name, value|
      MILLISECONDS.key?(name) ? [MILLISECONDS[name], value / 1000.0] : [name.to_sym, value]
    end
    options[:logger] = Driver.world if command["log"]
    SysSecure::Client.new(**options)
  end

  # Calls an operation: path parameters by position, everything else by name.
  def perform(client, command)
    arguments = command["args"].to_h.to_h { |name, value| [name.to_sym, Canonical.argument(value)] }
    method = Describe.method(client, command["op"])
    ids = method.parameters.filter_map { |kind, name| arguments.delete(name) if kind == :req }
    method.call(*ids, **arguments, **call_options(command))
  end

  def call_options(command)
    options = command["options"].to_h.transform_keys(&:to_sym)
    milliseconds = options.delete(:timeout_ms)
    options[:timeout] = milliseconds / 1000.0 if milliseconds
    options
  end

  # A caller cancels a call by raising in its thread, as Timeout.timeout does.
  def cancelable(command, &block)
    return yield unless command["cancel"]

    thread = Thread.new do
      Thread.current.report_on_exception = false
      Thread.handle_interrupt(Canceled => :never) do
        Thread.current.raise(Canceled, "canceled") if command["cancel"] == "before"
        Thread.handle_interrupt(Canceled => :immediate, &block)
      end
    end
    thread.raise(Canceled, "canceled") if command["cancel"] == "response" && thread.join(0.2).nil?
    thread.value
  end

  def with_environment(command)
    before = ENV.to_h
    encoding = Encoding.default_external
    ENV.delete_if { |name, _| name.start_with?("SYSSECURE_") || PROXIES.include?(name) }
    ENV.update(command["env"]) if command["env"]
    # All that Ruby takes from a locale is the encoding.
    Encoding.default_external = command["locale"].match?(/utf-?8/i) ? "UTF-8" : "US-ASCII" if command.key?("locale")
    yield
  ensure
    ENV.replace(before)
    Encoding.default_external = encoding
  end
end

$stdout.sync = true
$stdout.set_encoding(Encoding::UTF_8)
driver = Driver.new
$stdin.set_encoding(Encoding::UTF_8).each_line do |line|
  $stdout.write("#{JSON.generate(driver.answer(JSON.parse(line)))}\n")
end
