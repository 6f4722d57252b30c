for await (const message of client.messages.list({ status: 'failed', country: 'US', limit: 20 })) {
  console.log(message.id, message.channel, message.reason);
}
