const result = await client.otp.verify({ otpId, code: '000000' });
if (result.valid) {
  console.log('Welcome');
} else {
  console.log(result.reason, result.attemptsRemaining);
}
