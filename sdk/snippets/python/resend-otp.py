otp = client.otp.resend(otp_id, channel="sms")
print(otp.channel, otp.status, otp.expires_at)
