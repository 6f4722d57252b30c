otp = client.otp.resend(otp_id, channel: "sms")
puts otp.channel, otp.status, otp.expires_at
