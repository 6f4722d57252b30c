account = client.account.get()
print(account.id, account.name, account.default_locale)
