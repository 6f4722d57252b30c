for await (const otp of client.otp.list({ status: 'verified', limit: 20 })) {
  console.log(otp.id, otp.channel, otp.verifiedAt);
}
