const message = await client.messages.cancel(messageId);
console.log(message.status); // canceled
