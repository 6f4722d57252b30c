sms = client.sms.send(
    to="+32470123456",
    body="Your parcel is on its way.",
    from_="Acme",
)
print(sms.id, sms.segments, sms.credits)
