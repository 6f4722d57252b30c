for account in client.accounts.list(limit=20):
    print(account.id, account.name, account.credits)
