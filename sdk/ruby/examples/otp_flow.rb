# frozen_string_literal: true

# Sends a code to a number and asks for it until it is right.
#
#   SYSSECURE_API_KEY=… SYSSECURE_BASE_URL=… ruby otp_flow.rb +32470123456

require "syssecure"

number = ARGV.fetch(0) { abort "usage: ruby otp_flow.rb NUMBER" }
client = SysSecure::Client.new

begin
  otp = client.otp.send(to: number, channels: %w[whatsapp sms], purpose: "login")
rescue SysSecure::RateLimitError => e
  # The code that was sent before is still good.
  raise if e.otp_id.nil?

  otp = client.otp.get(e.otp_id)
end
puts "Sent over #{otp.channel}, valid until #{otp.expires_at}."

loop do
  print "Code: "
  code = $stdin.gets or abort "\nno code was entered"
  result = client.otp.verify(otp_id: otp.id, code: code.chomp)
  break puts("Welcome!") if result.valid?

  abort "Not valid: #{result.reason}" unless result.reason == "incorrect"
  puts "Wrong code, #{result.attempts_remaining} attempts remain."
end
