balance = client.accounts.add_credits(account_id, credits=1000)
print(balance.credits, "credits")
