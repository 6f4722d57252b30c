# frozen_string_literal: true

# Sends one text to many numbers, which it reads from standard input, a few at a time. To run it again with the same
# campaign within 24 hours sends nothing twice.
#
#   SYSSECURE_API_KEY=… SYSSECURE_BASE_URL=… ruby bulk_sms.rb CAMPAIGN TEXT < numbers.txt

require "syssecure"

WORKERS = 8
campaign, text = ARGV
abort "usage: ruby bulk_sms.rb CAMPAIGN TEXT < numbers.txt" if text.nil?

# All threads share the client. A limit that was reached is waited for.
client = SysSecure::Client.new(max_retries: 5, max_retry_after: 60)
numbers = Queue.new
$stdin.each_line(chomp: true) { |number| numbers << number unless number.empty? }
numbers.close

failures = Queue.new
sent = Array.new(WORKERS) do
  Thread.new do
    count = 0
    while (number = numbers.pop)
      begin
        client.sms.send(to: number, body: text, idempotency_key: "#{campaign}-#{number}")
        count += 1
      rescue SysSecure::AuthenticationError, SysSecure::InsufficientCreditsError => e
        # Every other send would fail, too.
        numbers.clear
        failures << "#{number}: #{e.message}"
      rescue SysSecure::Error => e
        failures << "#{number}: #{e.message}"
      end
    end
    count
  end
end.sum(&:value)

puts "sent #{sent}, failed #{failures.length}"
puts failures.pop until failures.empty?
