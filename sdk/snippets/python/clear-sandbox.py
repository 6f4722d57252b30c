inbox = client.sandbox.clear(to="+32470123456")
print(inbox.cleared, "messages were removed")
