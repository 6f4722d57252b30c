SentOtp otp = client.otp().resend(otpId, OtpResendParams.builder().channel(Channel.SMS).build());
System.out.println(otp.channel() + " " + otp.status() + " " + otp.expiresAt());
