number = client.lookup("+32470123456")
print(number.valid, number.country, number.type)
