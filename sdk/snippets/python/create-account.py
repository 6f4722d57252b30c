account = client.accounts.create(name="Acme", credits=1000)
secret = account.callback_secret  # keep it: it is not shown again
print(account.id, account.credits)
