result = client.otp.verify(otp_id=otp_id, code="000000")
if result.valid:
    print("Welcome")
else:
    print(result.reason, result.attempts_remaining)
