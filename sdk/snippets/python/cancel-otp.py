otp = client.otp.cancel(otp_id)
print(otp.status)  # canceled
