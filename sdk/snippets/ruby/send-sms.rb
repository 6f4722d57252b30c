sms = client.sms.send(
  to: "+32470123456",
  body: "Your parcel is on its way.",
  from: "Acme"
)
puts sms.id, sms.segments, sms.credits
