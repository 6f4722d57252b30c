carrier = client.carriers.pause("smsc-1")
print(carrier.name, carrier.state)
