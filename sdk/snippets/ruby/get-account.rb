account = client.account.get
puts account.id, account.name, account.default_locale
