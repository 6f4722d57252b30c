for message in client.sandbox.messages(to="+32470123456"):
    print(message.at, message.channel, message.body)
