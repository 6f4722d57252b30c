account = client.account.update(from: "Acme", credits_low: 1000)
puts account.from, account.credits_low
