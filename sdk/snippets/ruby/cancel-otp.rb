otp = client.otp.cancel(otp_id)
puts otp.status # canceled
