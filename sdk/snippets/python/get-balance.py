balance = client.balance.get()
print(balance.credits, balance.held)
