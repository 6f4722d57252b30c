number = client.lookup("+32470123456")
puts number.valid?, number.country, number.type
