for await (const message of client.inbound.list({ limit: 20 })) {
  console.log(message.receivedAt, message.channel, message.body);
}
