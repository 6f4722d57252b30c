for otp in client.otp.list(status="verified", limit=20):
    print(otp.id, otp.channel, otp.verified_at)
