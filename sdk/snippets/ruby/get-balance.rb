balance = client.balance.get
puts balance.credits, balance.held
