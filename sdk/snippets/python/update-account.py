account = client.account.update(from_="Acme", credits_low=1000)
print(account.from_, account.credits_low)
