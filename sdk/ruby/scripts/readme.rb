# frozen_string_literal: true

# Runs every fenced block of README.md and every example from the package in DIST against SYSSECURE_BASE_URL, and checks
# the headings.

require "net/http"
require_relative "installed"
require_relative "readme_blocks"

# What the text says that a reader has already.
PRELUDE = <<~RUBY
  # frozen_string_literal: true
  require "syssecure"
  client = SysSecure::Client.new
RUBY

# Stands for Rack, which calls what config.ru runs: with a signed webhook, and with one that somebody changed.
RACK = <<~'RUBY'
  require "syssecure"
  require "stringio"
  ENV["SYSSECURE_WEBHOOK_SECRET"] = "whsec_readme"
  def run(app)
    body = '{"event":"message.delivered","message_id":"msg_1","delivered_at":"2026-04-25T15:28:02Z"}'
    header = SysSecure::Webhooks.sign(body, ENV.fetch("SYSSECURE_WEBHOOK_SECRET"))
    statuses = [body, body.sub("msg_1", "msg_2")].map do |payload|
      app.call("rack.input" => StringIO.new(payload.b), "HTTP_X_SYSSECURE_SIGNATURE" => header).first
    end
    raise "answered #{statuses}" unless statuses == [204, 400]
  end
RUBY

def shell(installed, text)
  text.each_line(chomp: true) do |line|
    raise "cannot run the command #{line}" unless line == "gem install syssecure"

    installed.run("gem", "install", "--local", "--no-document", "--install-dir", "again", installed.file)
  end
end

def block(installed, block)
  case [block.language, block.heading]
  in ["sh", _] then shell(installed, block.text)
  in ["ruby", "Quickstart"]
    raise "it did not print true" unless installed.ruby(ReadmeBlocks.quickstart) == "true\n"
  in ["ruby", "Webhooks"] then installed.ruby(RACK + block.text)
  in ["ruby", _] then installed.ruby(PRELUDE + ReadmeBlocks.for_sandbox(block.text))
  end
rescue NoMatchingPatternError
  raise "nothing can run a block of the kind #{block.language.inspect}"
end

def example(name)
  File.read(File.expand_path("../examples/#{name}.rb", __dir__), encoding: "UTF-8")
end

def expect(output, text)
  raise "it printed:\n#{output}" unless output.include?(text)
end

def otp_flow(installed)
  expect(installed.ruby(example("otp_flow"), "+32470123457", input: "123456\n000000\n"), "Welcome!")
end

def bulk_sms(installed)
  output = installed.ruby(example("bulk_sms"), "spring", "Our shop is open.", input: "+32470123458\n+32470123459\n")
  expect(output, "sent 2, failed 0")
end

def webhook_server(installed)
  path = installed.write("program.rb", example("webhook_server"))
  environment = installed.variables.merge("SYSSECURE_WEBHOOK_SECRET" => "whsec_example", "PORT" => "0")
  IO.popen(environment, ["ruby", "-W:no-deprecated", path], err: %i[child out]) do |server|
    address = URI(server.gets[/http\S+/])
    body = '{"event":"message.delivered","message_id":"msg_1"}'
    signed = installed.run("ruby", "-rsyssecure", "-e", "print SysSecure::Webhooks.sign(*ARGV)", body, "whsec_example")
    statuses = [signed, "t=1,v1=00"].map do |header|
      Net::HTTP.post(address, body, "X-SysSecure-Signature" => header, "Content-Type" => "application/json").code
    end
    raise "answered #{statuses}" unless statuses == %w[204 400]
  ensure
    Process.kill("TERM", server.pid)
  end
end

abort("the headings are #{ReadmeBlocks.headings}") unless ReadmeBlocks.headings == ReadmeBlocks::HEADINGS

Installed.open do |installed|
  ReadmeBlocks.all.each do |block|
    block(installed, block)
  rescue RuntimeError => e
    abort("README.md:#{block.line}: #{e.message}")
  end
  examples = Dir[File.expand_path("../examples/*.rb", __dir__)].map { |path| File.basename(path, ".rb").to_sym }
  examples.sort.each do |name|
    method(name).call(installed)
  rescue RuntimeError, NameError => e
    abort("examples/#{name}.rb: #{e.message}")
  end
  puts "#{ReadmeBlocks.all.length} blocks and #{examples.length} examples ran"
end
