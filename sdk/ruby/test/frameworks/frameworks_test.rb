# frozen_string_literal: true

require "logger"
require "rack"
require "rack/handler/webrick"
require "sinatra/base"
require "action_controller"
require "webrick"
require_relative "../test_helper"
require_relative "../../scripts/readme_blocks"

# Webhooks in web frameworks: the raw body, the signature, the answer.
class FrameworksTest < SDKTest
  SECRET = "whsec_frameworks"
  BODY = '{"event":"message.received","body":"Ça va? 🙂","received_at":"2026-04-25T15:28:14Z"}'

  # A Sinatra application.
  class SinatraApp < Sinatra::Base
    disable :protection

    post "/webhooks" do
      SysSecure::Webhooks.construct_event(request.body.read, env["HTTP_X_SYSSECURE_SIGNATURE"], SECRET)
      status 204
    rescue SysSecure::WebhookSignatureError
      status 400
    end
  end

  # A Rails controller. Rails parses the JSON as well, and leaves the raw body as it was.
  class RailsController < ActionController::API
    def create
      event = SysSecure::Webhooks.construct_event(request.raw_post, request.headers["X-SysSecure-Signature"], SECRET)
      raise "Rails did not parse the body" unless params[:event] == event.type

      head :no_content
    rescue SysSecure::WebhookSignatureError
      head :bad_request
    end
  end

  # The application that README.md shows.
  def self.rack
    @rack ||= begin
      ENV["SYSSECURE_WEBHOOK_SECRET"] = SECRET
      block = ReadmeBlocks.all.find { |candidate| candidate.heading == "Webhooks" }
      Rack::Lint.new(Rack::Builder.new_from_string(block.text, "config.ru"))
    end
  end

  APPS = {
    "Rack #{Rack.release}" => rack, "Sinatra #{Sinatra::VERSION}" => SinatraApp,
    "Rails #{ActionPack::VERSION::STRING}" => RailsController.action(:create)
  }.freeze

  def header(body = BODY, secret: SECRET, timestamp: Time.now.to_i)
    SysSecure::Webhooks.sign(body, secret, timestamp)
  end

  # The status, and the header of a request.
  CASES = {
    "good signature" => [204, ->(test) { test.header }],
    "no signature" => [400, ->(_) {}],
    "another secret" => [400, ->(test) { test.header(secret: "whsec_other") }],
    "another body" => [400, ->(test) { test.header("{}") }],
    "old signature" => [400, ->(test) { test.header(timestamp: Time.now.to_i - 3600) }],
    "junk" => [400, ->(_) { "junk" }]
  }.freeze

  APPS.each do |name, app|
    CASES.each do |kind, (status, header)|
      define_method("test_#{name}_answers_#{status}_to_#{kind.tr(" ", "_")}") do
        environment = { input: BODY.b, "CONTENT_TYPE" => "application/json",
                        "HTTP_X_SYSSECURE_SIGNATURE" => header.call(self) }.compact
        capture_io do
          assert_equal status, Rack::MockRequest.new(app).post("/webhooks", environment).status
        end
      end
    end
  end

  def test_a_web_server
    ready = Queue.new
    options = { Port: 0, Host: "127.0.0.1", AccessLog: [], Logger: WEBrick::Log.new(File::NULL) }
    thread = Thread.new { Rack::Handler::WEBrick.run(self.class.rack, **options) { |server| ready << server } }
    server = ready.pop
    address = URI("http://127.0.0.1:#{server.config[:Port]}/webhooks")
    capture_io do
      statuses = [header, header("{}")].map do |header|
        Net::HTTP.post(address, BODY, "Content-Type" => "application/json", "X-SysSecure-Signature" => header).code
      end

      assert_equal %w[204 400], statuses
    end
  ensure
    server&.shutdown
    thread&.join
  end
end
