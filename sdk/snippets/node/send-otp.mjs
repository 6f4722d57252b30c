const otp = await client.otp.send({
  to: '+32470123456',
  channels: ['whatsapp', 'sms'],
  expiresIn: 300,
  purpose: 'login',
});
console.log(otp.id, otp.status, otp.expiresAt);
