for carrier in client.carriers.list():
    print(carrier.name, carrier.kind, carrier.state)
