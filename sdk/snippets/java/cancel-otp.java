OtpDetails otp = client.otp().cancel(otpId);
System.out.println(otp.status()); // canceled
