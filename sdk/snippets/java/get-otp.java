OtpDetails otp = client.otp().get(otpId);
System.out.println(otp.status() + " " + otp.channel() + " " + otp.attemptsRemaining());
for (Attempt attempt : otp.attempts()) {
    System.out.println(attempt.channel() + " " + attempt.status() + " " + attempt.reason().orElse(""));
}
