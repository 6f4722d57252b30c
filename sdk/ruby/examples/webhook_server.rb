# frozen_string_literal: true

# Receives webhooks. It needs WEBrick: gem install webrick
#
#   SYSSECURE_WEBHOOK_SECRET=whsec_… PORT=4567 ruby webhook_server.rb

require "syssecure"
require "webrick"

secret = ENV.fetch("SYSSECURE_WEBHOOK_SECRET")
server = WEBrick::HTTPServer.new(
  Port: ENV.fetch("PORT", "4567").to_i, BindAddress: "127.0.0.1", AccessLog: [],
  Logger: WEBrick::Log.new($stderr, WEBrick::Log::ERROR)
)

server.mount_proc("/webhooks") do |request, response|
  # The body as it came: a parsed body has another signature.
  event = SysSecure::Webhooks.construct_event(request.body.to_s, request["X-SysSecure-Signature"], secret)
  puts "#{event.type} #{event.message_id || event.otp_id || event.webhook_id}"
  response.status = 204
rescue SysSecure::WebhookSignatureError => e
  warn "refused a webhook: #{e.reason}"
  response.status = 400
end

%w[INT TERM].each { |signal| trap(signal) { server.shutdown } }
$stdout.sync = true
puts "listening on http://127.0.0.1:#{server.config[:Port]}/webhooks"
server.start
