const otp = await client.otp.cancel(otpId);
console.log(otp.status); // canceled
