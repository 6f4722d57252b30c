for await (const message of client.sandbox.messages({ to: '+32470123456' })) {
  console.log(message.at, message.channel, message.body);
}
