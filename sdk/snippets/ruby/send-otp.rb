otp = client.otp.send(
  to: "+32470123456",
  channels: %w[whatsapp sms],
  expires_in: 300,
  purpose: "login"
)
puts otp.id, otp.status, otp.expires_at
