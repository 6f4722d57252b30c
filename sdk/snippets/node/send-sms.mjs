const sms = await client.sms.send({
  to: '+32470123456',
  body: 'Your parcel is on its way.',
  from: 'Acme',
});
console.log(sms.id, sms.segments, sms.credits);
