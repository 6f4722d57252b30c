const otp = await client.otp.resend(otpId, { channel: 'sms' });
console.log(otp.channel, otp.status, otp.expiresAt);
