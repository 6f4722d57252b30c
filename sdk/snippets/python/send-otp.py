otp = client.otp.send(
    to="+32470123456",
    channels=["whatsapp", "sms"],
    expires_in=300,
    purpose="login",
)
print(otp.id, otp.status, otp.expires_at)
