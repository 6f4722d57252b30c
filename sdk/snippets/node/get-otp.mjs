const otp = await client.otp.get(otpId);
console.log(otp.status, otp.channel, otp.attemptsRemaining);
for (const attempt of otp.attempts) {
  console.log(attempt.channel, attempt.status, attempt.reason);
}
