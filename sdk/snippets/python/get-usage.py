usage = client.usage.get(group_by=["day", "country"])
for line in usage.data:
    print(line.day, line.country, line.messages, line.credits)
print(usage.total.messages, usage.total.credits)
