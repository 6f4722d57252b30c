const message = await client.messages.get(messageId);
console.log(message.status, message.deliveredAt, message.reason);
