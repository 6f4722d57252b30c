carrier = client.carriers.resume("smsc-1")
print(carrier.name, carrier.state)
