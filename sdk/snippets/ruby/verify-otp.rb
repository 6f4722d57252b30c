result = client.otp.verify(otp_id: otp_id, code: "000000")
if result.valid?
  puts "Welcome"
else
  puts result.reason, result.attempts_remaining
end
