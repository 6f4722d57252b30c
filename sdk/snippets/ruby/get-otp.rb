otp = client.otp.get(otp_id)
puts otp.status, otp.channel, otp.attempts_remaining
otp.attempts.each { |attempt| puts "#{attempt.channel} #{attempt.status} #{attempt.reason}" }
