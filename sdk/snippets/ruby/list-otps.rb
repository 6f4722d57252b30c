client.otp.list(status: "verified", limit: 20).each do |otp|
  puts "#{otp.id} #{otp.channel} #{otp.verified_at}"
end
