otp = client.otp.get(otp_id)
print(otp.status, otp.channel, otp.attempts_remaining)
for attempt in otp.attempts:
    print(attempt.channel, attempt.status, attempt.reason)
