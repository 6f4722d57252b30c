for price in client.balance.prices():
    print(price.channel, price.prefix, price.credits, "credits a", price.unit)
